/* test_jwt_payload.c -- the quick reader of our own payloads: it reads what we write, and never
 * anything that JSON reads otherwise. */
#include "auth/jwt_claims.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "a secret of thirty-two bytes ...."
#define NOW INT64_C(1795167000)
#define PARTIES ",\"iss\":\"daybook\",\"aud\":\"daybook\""
#define MUTATIONS 20000

static struct jwt_keys *keys;

static int make_keys(void **state)
{
	(void)state;
	keys = jwt_keys_new("daybook", "daybook");
	jwt_keys_add(keys, "main", SECRET, strlen(SECRET));
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	jwt_keys_free(keys);
	return 0;
}

/* The answer to a token with this payload, signed rightly. */
static enum err verify(const char *payload, size_t len, enum jwt_type type, struct jwt_claims *out)
{
	static const char header[] = "{\"alg\":\"HS256\"}";
	char token[JWT_MAX_BYTES];
	uint8_t mac[SHA256_BYTES];
	char *end = token;

	end += base64url_encode(header, sizeof header - 1, end);
	*end++ = '.';
	end += base64url_encode(payload, len, end);
	hmac_sha256(SECRET, strlen(SECRET), token, (size_t)(end - token), mac);
	*end++ = '.';
	end += base64url_encode(mac, sizeof mac, end);
	return jwt_err(jwt_verify(keys, token, (size_t)(end - token), type, NOW, out));
}

static void assert_same_claims(const struct jwt_claims *a, const struct jwt_claims *b)
{
	assert_true(uuid_equal(&a->user, &b->user) && uuid_equal(&a->session, &b->session));
	assert_string_equal(a->email, b->email);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->issued_s, b->issued_s);
	assert_int_equal(a->expires_s, b->expires_s);
	assert_int_equal(a->counter, b->counter);
}

/* A space in front is nothing to JSON, and too much for the quick reader. Returns the answer. */
static enum err assert_same_answer(const char *payload, size_t len)
{
	char spaced[JWT_MAX_BYTES] = " ";
	enum err err = OK;

	memcpy(spaced + 1, payload, len);
	for (enum jwt_type type = JWT_ACCESS; type <= JWT_REFRESH; type++) {
		struct jwt_claims quick = { 0 };
		struct jwt_claims general = { 0 };
		enum err answer = verify(payload, len, type, &quick);

		if (answer != verify(spaced, len + 1, type, &general))
			fail_msg("not the same: %.*s", (int)len, payload);
		assert_same_claims(&quick, &general);
		if (type == JWT_ACCESS)
			err = answer;
	}
	return err;
}

static struct jwt_claims make_claims(const char *email)
{
	struct jwt_claims claims = {
		.user = uuid_v7(), .session = uuid_v7(), .issued_s = NOW, .expires_s = NOW + 900
	};

	strcpy(claims.email, email);
	return claims;
}

static void test_what_we_write(void **state)
{
	static const struct {
		const char *email;
		bool quick;
	} emails[] = {
		{ "ann@example.org", true },	     { "o'hara+day/book~{}@[127.0.0.1]", true },
		{ "\"o'hara\"@example.org", false }, { "back\\slash@example.org", false },
		{ "<x>@example.org", false },	     { "\x7f@example.org", false },
		{ "ann@ex\xc3\xa4mple.org", false }, { "tab\t@example.org", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof emails / sizeof *emails; i++) {
		struct jwt_claims claims = make_claims(emails[i].email);
		struct jwt_claims out;
		struct buf payload = { 0 };

		jwt_put_own(&payload, &claims, PARTIES);
		assert_int_equal(jwt_scan_own(payload.data, payload.len, PARTIES, &out),
				 emails[i].quick);
		if (emails[i].quick)
			assert_same_claims(&out, &claims);
		assert_int_equal(assert_same_answer(payload.data, payload.len), OK);
		buf_free(&payload);
	}
}

/* Every shorter text, and one with something behind it, is not ours. */
static void test_length(void **state)
{
	struct jwt_claims claims = make_claims("ann@example.org");
	struct jwt_claims out;
	struct buf payload = { 0 };

	(void)state;
	jwt_put_own(&payload, &claims, PARTIES);
	for (size_t len = 0; len < payload.len; len++) {
		char *exactly = malloc(len + 1); /* so that a sanitizer sees what is read beyond */

		memcpy(exactly + 1, payload.data, len);
		assert_false(jwt_scan_own(exactly + 1, len, PARTIES, &out));
		free(exactly);
	}
	buf_putc(&payload, ' ');
	assert_false(jwt_scan_own(payload.data, payload.len, PARTIES, &out));
	assert_int_equal(assert_same_answer(payload.data, payload.len), OK);
	buf_free(&payload);
}

static void test_email_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 300; len++) {
		char email[512];
		struct jwt_claims claims = make_claims("?");
		struct jwt_claims out;
		struct buf payload = { 0 };
		char *at;

		jwt_put_own(&payload, &claims, PARTIES);
		buf_putc(&payload, '\0');
		at = strchr(payload.data, '?');
		memset(email, 'e', len);
		snprintf(email + len, sizeof email - len, "%s", at + 1);
		payload.len = (size_t)(at - payload.data);
		buf_puts(&payload, email);
		assert_int_equal(jwt_scan_own(payload.data, payload.len, PARTIES, &out),
				 len > 0 && len < JWT_EMAIL_BYTES);
		assert_same_answer(payload.data, payload.len);
		buf_free(&payload);
	}
}

static void test_times(void **state)
{
	static const int64_t times[] = { 0,
					 1,
					 999999999,
					 NOW - 931,
					 NOW - 930,
					 NOW,
					 NOW + 30,
					 NOW + 31,
					 9999999999,
					 10000000000,
					 INT64_C(253402300799),
					 INT64_C(253402300800),
					 INT64_MAX,
					 -1 };
	size_t count = sizeof times / sizeof *times;

	(void)state;
	for (size_t i = 0; i < count * count; i++) {
		struct jwt_claims claims = make_claims("ann@example.org");
		struct buf payload = { 0 };

		claims.issued_s = times[i / count];
		claims.expires_s = times[i % count];
		jwt_put_own(&payload, &claims, PARTIES);
		assert_same_answer(payload.data, payload.len);
		buf_free(&payload);
	}
}

/* Changes one place of a payload: another byte, one more, one less, or a piece of it twice. */
static size_t mutate(char *payload, size_t len)
{
	static const char bytes[] = "\"\\{}[]:, 0123456789aAfFzZ-.eE+<\x01\x7f\xc3\xa4\n";
	size_t place = (size_t)rand() % len;
	size_t piece = 1 + (size_t)rand() % 40;

	switch (rand() % 4) {
	case 0:
		payload[place] = bytes[(size_t)rand() % sizeof bytes];
		return len;
	case 1:
		memmove(payload + place + 1, payload + place, len - place);
		payload[place] = bytes[(size_t)rand() % sizeof bytes];
		return len + 1;
	case 2:
		memmove(payload + place, payload + place + 1, len - place - 1);
		return len - 1;
	default:
		piece = piece < len - place ? piece : len - place;
		memmove(payload + place + piece, payload + place, len - place);
		return len + piece;
	}
}

static void test_mutations(void **state)
{
	size_t read = 0;

	(void)state;
	srand(1);
	for (size_t i = 0; i < MUTATIONS; i++) {
		struct jwt_claims claims = make_claims("ann@example.org");
		struct jwt_claims out;
		struct buf made = { 0 };
		char payload[1024];
		size_t len;

		claims.type = i % 8 == 0 ? JWT_REFRESH : JWT_ACCESS;
		jwt_put_own(&made, &claims, PARTIES);
		len = made.len;
		memcpy(payload, made.data, len);
		buf_free(&made);
		for (int changes = 1 + rand() % 3; changes > 0; changes--)
			len = mutate(payload, len);
		read += jwt_scan_own(payload, len, PARTIES, &out);
		assert_same_answer(payload, len);
	}
	/* Most changes of an address, an id or a digit leave the form as it was. */
	assert_in_range(read, MUTATIONS / 100, MUTATIONS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_we_write), cmocka_unit_test(test_length),
		cmocka_unit_test(test_email_length),  cmocka_unit_test(test_times),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}

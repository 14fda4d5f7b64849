/* test_jwt_foreign.c -- tokens of another issuer: what they must say, and that they and ours never
 * pass for each other. */
#include "auth/jwt.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "the secret of another issuer ....."
#define OWN_SECRET "a secret of thirty-two bytes ...."
#define NOW INT64_C(1795167000)

#define USER "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define SUB "\"sub\":\"" USER "\""
#define EMAIL ",\"email\":\"ann@example.org\""
#define EXP ",\"exp\":1795167900"
#define PAYLOAD "{" SUB EMAIL EXP "}"

static struct jwt_keys *keys;

static int make_keys(void **state)
{
	(void)state;
	keys = jwt_keys_new("daybook", "daybook");
	jwt_keys_add(keys, "main", OWN_SECRET, strlen(OWN_SECRET));
	jwt_keys_add_foreign(keys, SECRET, strlen(SECRET));
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	jwt_keys_free(keys);
	return 0;
}

static size_t make_token(const char *header, const char *payload, const char *secret, char *out)
{
	uint8_t mac[SHA256_BYTES];
	char *end = out;

	end += base64url_encode(header, strlen(header), end);
	*end++ = '.';
	end += base64url_encode(payload, strlen(payload), end);
	hmac_sha256(secret, strlen(secret), out, (size_t)(end - out), mac);
	*end++ = '.';
	end += base64url_encode(mac, sizeof mac, end);
	return (size_t)(end - out);
}

/* Verifies, and checks that a failure leaves the result alone. */
static enum err verify(const char *header, const char *payload, const char *secret,
		       struct jwt_claims *out)
{
	char token[2 * JWT_MAX_BYTES];
	size_t len = make_token(header, payload, secret, token);
	struct jwt_claims before;

	memset(&before, 0x5a, sizeof before);
	memcpy(out, &before, sizeof before);
	enum err err = jwt_err(jwt_verify_foreign(keys, token, len, NOW, out));
	if (err != OK)
		assert_memory_equal(out, &before, sizeof before);
	return err;
}

static void test_good(void **state)
{
	static const struct {
		const char *header, *payload;
	} good[] = {
		{ HEADER, PAYLOAD },
		{ "{\"alg\":\"HS256\",\"kid\":\"theirs\"}", PAYLOAD },
		{ HEADER, "{\"user_id\":\"" USER "\"" EMAIL EXP "}" },
		{ HEADER, "{\"sub\":\"auth0|7\",\"user_id\":\"" USER "\"" EMAIL EXP "}" },
		{ HEADER, "{" SUB EMAIL EXP ",\"iss\":\"them\",\"aud\":\"anybody\"}" },
		{ HEADER, "{" SUB EMAIL EXP ",\"iat\":1795167030,\"nbf\":1795167030}" },
		{ HEADER, "{" SUB EMAIL ",\"exp\":1795166971}" },
	};
	struct jwt_claims claims;
	struct uuid user;

	(void)state;
	assert_true(uuid_parse(USER, strlen(USER), &user));
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(verify(good[i].header, good[i].payload, SECRET, &claims), OK);
		assert_true(uuid_equal(&claims.user, &user));
		assert_string_equal(claims.email, "ann@example.org");
		assert_int_equal(claims.type, JWT_ACCESS);
		assert_false(claims.session.set);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *header, *payload, *secret;
		enum err err;
	} bad[] = {
		{ HEADER, PAYLOAD, OWN_SECRET, ERR_UNAUTHORIZED },
		{ "{\"alg\":\"none\"}", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ "{\"alg\":\"HS512\"}", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ "{\"typ\":\"JWT\"}", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ "{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ "[]", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ "{alg:HS256}", PAYLOAD, SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "[]", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EMAIL "}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EXP "}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EXP ",\"email\":\"\"}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EXP ",\"email\":7}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{\"sub\":\"7\"" EMAIL EXP "}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{\"sub\":7,\"user_id\":null" EMAIL EXP "}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EMAIL ",\"exp\":\"1795167900\"}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EMAIL EXP ",\"nbf\":1795167031}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EMAIL EXP ",\"iat\":1795167031}", SECRET, ERR_UNAUTHORIZED },
		{ HEADER, "{" SUB EMAIL ",\"exp\":1795166970}", SECRET, ERR_TOKEN_EXPIRED },
	};
	struct jwt_claims claims;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(verify(bad[i].header, bad[i].payload, bad[i].secret, &claims),
				 bad[i].err);
}

/* A token is one issuer's or the other's. */
static void test_not_each_others(void **state)
{
	struct jwt_claims claims = { .type = JWT_ACCESS, .email = "ann@example.org" };
	struct jwt_claims out;
	char token[2 * JWT_MAX_BYTES];

	(void)state;
	claims.user = uuid_v7();
	claims.session = uuid_v7();
	claims.issued_s = NOW;
	claims.expires_s = NOW + 900;
	size_t len = jwt_sign(keys, &claims, token);
	assert_int_equal(jwt_err(jwt_verify(keys, token, len, JWT_ACCESS, NOW, &out)), OK);
	assert_int_equal(jwt_err(jwt_verify_foreign(keys, token, len, NOW, &out)),
			 ERR_UNAUTHORIZED);
	len = make_token(HEADER, PAYLOAD, SECRET, token);
	assert_int_equal(jwt_err(jwt_verify_foreign(keys, token, len, NOW, &out)), OK);
	assert_int_equal(jwt_err(jwt_verify(keys, token, len, JWT_ACCESS, NOW, &out)),
			 ERR_UNAUTHORIZED);
}

static void test_shapes(void **state)
{
	static const char *const shapes[] = { "", ".", "..", "a.b", "a.b.c", "a.b.c.d" };
	struct jwt_claims out;
	char token[2 * JWT_MAX_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		assert_int_equal(
			jwt_err(jwt_verify_foreign(keys, shapes[i], strlen(shapes[i]), NOW, &out)),
			ERR_UNAUTHORIZED);
	size_t len = make_token(HEADER, PAYLOAD, SECRET, token);
	memset(token + len, 'A', JWT_MAX_BYTES);
	assert_int_equal(jwt_err(jwt_verify_foreign(keys, token, JWT_MAX_BYTES + 1, NOW, &out)),
			 ERR_UNAUTHORIZED);
}

/* Without the other issuer's secret there is no other issuer. */
static void test_no_other_issuer(void **state)
{
	struct jwt_keys *own = jwt_keys_new("daybook", "daybook");
	struct jwt_claims out;
	char token[2 * JWT_MAX_BYTES];
	size_t len = make_token(HEADER, PAYLOAD, OWN_SECRET, token);

	(void)state;
	jwt_keys_add(own, "main", OWN_SECRET, strlen(OWN_SECRET));
	assert_int_equal(jwt_err(jwt_verify_foreign(own, token, len, NOW, &out)), ERR_UNAUTHORIZED);
	jwt_keys_free(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_not_each_others),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_no_other_issuer),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}

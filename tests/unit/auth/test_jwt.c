/* test_jwt.c -- tokens: good ones, and all the ways to forge one that we know of. */
#include "auth/jwt.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "a secret of thirty-two bytes ...."
#define OLD_SECRET "the secret before, just as long .."
#define NOW INT64_C(1795167000)

#define USER "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define SESSION "018f22e2-79b0-7cc3-98c4-dc0c0c07398f"

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"main\"}"
#define IDS "\"sub\":\"" USER "\",\"sid\":\"" SESSION "\""
#define EMAIL ",\"email\":\"ann@example.org\""
#define TYPE ",\"typ\":\"access\""
#define PARTIES ",\"iss\":\"daybook\",\"aud\":\"daybook\""
#define TIMES ",\"iat\":1795167000,\"exp\":1795167900"
#define PAYLOAD "{" IDS EMAIL TYPE PARTIES TIMES "}"
#define REFRESH_PAYLOAD(counter) "{" IDS EMAIL ",\"typ\":\"refresh\"" PARTIES TIMES counter "}"

/* The keys of the tests: `main` signs, `old` still verifies. */
static struct jwt_keys *keys;

static int make_keys(void **state)
{
	(void)state;
	keys = jwt_keys_new("daybook", "daybook");
	jwt_keys_add(keys, "main", SECRET, strlen(SECRET));
	jwt_keys_add(keys, "old", OLD_SECRET, strlen(OLD_SECRET));
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	jwt_keys_free(keys);
	return 0;
}

/* Writes a token of exactly these bytes, with a signature that is right for the secret. */
static size_t make_token(const char *header, const char *payload, size_t payload_len,
			 const char *secret, char *out)
{
	uint8_t mac[SHA256_BYTES];
	char *end = out;

	end += base64url_encode(header, strlen(header), end);
	*end++ = '.';
	end += base64url_encode(payload, payload_len, end);
	hmac_sha256(secret, strlen(secret), out, (size_t)(end - out), mac);
	*end++ = '.';
	end += base64url_encode(mac, sizeof mac, end);
	*end = '\0';
	return (size_t)(end - out);
}

/* Verifies, and checks that a failure leaves the result alone. */
static enum err verify(const char *token, size_t len, enum jwt_type type, int64_t now_s,
		       struct jwt_claims *out)
{
	struct jwt_claims before;
	enum err err;

	memset(&before, 0x5a, sizeof before);
	memcpy(out, &before, sizeof before);
	err = jwt_err(jwt_verify(keys, token, len, type, now_s, out));
	if (err != OK)
		assert_memory_equal(out, &before, sizeof before);
	return err;
}

static enum err verify_made(const char *header, const char *payload, const char *secret)
{
	char token[2 * JWT_MAX_BYTES];
	size_t len = make_token(header, payload, strlen(payload), secret, token);
	struct jwt_claims claims;

	return verify(token, len, JWT_ACCESS, NOW, &claims);
}

static const struct {
	const char *header;
	const char *payload;
	const char *secret;
} good[] = {
	{ HEADER, PAYLOAD, SECRET },
	{ "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"old\"}", PAYLOAD, OLD_SECRET },
	/* headers that others would write */
	{ "{\"alg\":\"HS256\"}", PAYLOAD, SECRET },
	{ "{\"kid\":\"main\",\"typ\":\"at+jwt\",\"alg\":\"HS256\"}", PAYLOAD, SECRET },
	{ " { \"alg\" : \"\\u0048S256\" , \"kid\" : \"ol\\u0064\" } \n", PAYLOAD, OLD_SECRET },
	{ "{\"alg\":\"HS256\",\"typ\":7,\"cty\":null}", PAYLOAD, SECRET },
	/* pointers to other keys lead nowhere */
	{ "{\"alg\":\"HS256\",\"jku\":\"https://evil.example/k\",\"x5u\":\"file:///etc/passwd\","
	  "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"},\"x5c\":[\"MIIB\"]}",
	  PAYLOAD, SECRET },
	/* payloads */
	{ HEADER,
	  "{" IDS EMAIL TYPE TIMES ",\"iss\":\"daybook\",\"aud\":[\"other\",7,\"daybook\"]}",
	  SECRET },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"exp\":1795167900.75,\"iat\":1.795167e9}", SECRET },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"exp\":1795167900}", SECRET },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"nbf\":1795167030,\"jti\":null}", SECRET },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"iat\":1795167030,\"exp\":253402300799}", SECRET },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"iat\":0,\"exp\":1795166970.9,\"exp\":1795166971}",
	  SECRET },
	{ HEADER, "{\"ctr\":\"none\"," IDS EMAIL TYPE PARTIES TIMES ",\"roles\":[{\"a\":[1]}]}",
	  SECRET },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (verify_made(good[i].header, good[i].payload, good[i].secret) != OK)
			fail_msg("%s.%s is refused", good[i].header, good[i].payload);
}

/* All of these carry a signature that is right for their bytes, under the current secret. */
static const struct {
	const char *header;
	const char *payload;
} bad[] = {
	/* another algorithm, or none */
	{ "{\"alg\":\"none\"}", PAYLOAD },
	{ "{\"alg\":\"None\",\"kid\":\"main\"}", PAYLOAD },
	{ "{\"alg\":\"NONE\"}", PAYLOAD },
	{ "{\"alg\":\"nOnE\"}", PAYLOAD },
	{ "{\"alg\":\"\"}", PAYLOAD },
	{ "{\"alg\":\"hs256\"}", PAYLOAD },
	{ "{\"alg\":\"HS256 \"}", PAYLOAD },
	{ "{\"alg\":\"HS256\\u0000\"}", PAYLOAD },
	{ "{\"alg\":\"HS25\"}", PAYLOAD },
	{ "{\"alg\":\"HS384\"}", PAYLOAD },
	{ "{\"alg\":\"HS512\"}", PAYLOAD },
	{ "{\"alg\":\"RS256\",\"kid\":\"main\"}", PAYLOAD },
	{ "{\"alg\":\"ES256\"}", PAYLOAD },
	{ "{\"alg\":\"PS256\"}", PAYLOAD },
	{ "{\"alg\":\"EdDSA\"}", PAYLOAD },
	{ "{\"alg\":null}", PAYLOAD },
	{ "{\"alg\":256}", PAYLOAD },
	{ "{\"alg\":true}", PAYLOAD },
	{ "{\"alg\":[\"HS256\"]}", PAYLOAD },
	{ "{\"alg\":{\"alg\":\"HS256\"}}", PAYLOAD },
	{ "{\"typ\":\"JWT\"}", PAYLOAD },
	{ "{\"ALG\":\"HS256\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"alg\":\"none\"}", PAYLOAD },
	/* a header that is no JSON object */
	{ "", PAYLOAD },
	{ "{}", PAYLOAD },
	{ "[]", PAYLOAD },
	{ "\"HS256\"", PAYLOAD },
	{ "256", PAYLOAD },
	{ "null", PAYLOAD },
	{ "{\"alg\":\"HS256\",}", PAYLOAD },
	{ "{\"alg\":\"HS256\"}{}", PAYLOAD },
	{ "{'alg':'HS256'}", PAYLOAD },
	{ "{\"alg\":\"HS256\"", PAYLOAD },
	{ "\xef\xbb\xbf{\"alg\":\"HS256\"}", PAYLOAD },
	{ "{\"alg\\u0000\":\"none\",\"alg\":\"HS256\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"a\":\"\xff\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"a\":[[[[[[[[[[1]]]]]]]]]]}", PAYLOAD },
	/* critical extensions */
	{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"crit\":[]}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"crit\":null}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false,\"kid\":\"main\"}", PAYLOAD },
	/* keys */
	{ "{\"alg\":\"HS256\",\"kid\":\"other\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"old\"}", PAYLOAD }, /* signed with the current one */
	{ "{\"alg\":\"HS256\",\"kid\":\"\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":null}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":0}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":[\"main\"]}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"MAIN\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"main\\u0000\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"mai\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"../../../dev/null\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"' OR '1'='1\"}", PAYLOAD },
	{ "{\"alg\":\"HS256\",\"kid\":\"https://evil.example/key\"}", PAYLOAD },
	/* a payload that is no JSON object */
	{ HEADER, "" },
	{ HEADER, "[]" },
	{ HEADER, "1" },
	{ HEADER, "null" },
	{ HEADER, "\"" USER "\"" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",}" },
	{ HEADER, PAYLOAD PAYLOAD },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"a\":NaN}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"a\":\"\xc0\x80\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\\u0000\":1}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"a\":[[[[[[[[1]]]]]]]]}" },
	/* the user and the session */
	{ HEADER, "{}" },
	{ HEADER, "{\"sid\":\"" SESSION "\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{\"sub\":\"" USER "\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":null" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":1" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":\"\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":\"1\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":\"" USER "\\u0000\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":\"" USER " \"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sub\":[\"" USER "\"]" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sid\":\"x\"" EMAIL TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS ",\"sid\":{}" EMAIL TYPE PARTIES TIMES "}" },
	/* the address */
	{ HEADER, "{" IDS TYPE PARTIES TIMES "}" },
	{ HEADER, "{" IDS TYPE PARTIES TIMES ",\"email\":\"\"}" },
	{ HEADER, "{" IDS TYPE PARTIES TIMES ",\"email\":null}" },
	{ HEADER, "{" IDS TYPE PARTIES TIMES ",\"email\":[\"ann@example.org\"]}" },
	{ HEADER, "{" IDS TYPE PARTIES TIMES ",\"email\":\"ann@example.org\\u0000.evil\"}" },
	/* the kind of token */
	{ HEADER, "{" IDS EMAIL PARTIES TIMES "}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":\"refresh\",\"ctr\":1}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":\"Access\"}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":\"access \"}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":\"reset\"}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":0}" },
	{ HEADER, "{" IDS EMAIL PARTIES TIMES ",\"typ\":[\"access\"]}" },
	/* issuer and audience */
	{ HEADER, "{" IDS EMAIL TYPE TIMES "}" },
	{ HEADER, "{" IDS EMAIL TYPE TIMES ",\"aud\":\"daybook\"}" },
	{ HEADER, "{" IDS EMAIL TYPE TIMES ",\"iss\":\"daybook\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iss\":\"other\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iss\":\"daybook/\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iss\":[\"daybook\"]}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":\"other\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":\"DAYBOOK\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":[]}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":[\"other\",[\"daybook\"]]}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":{\"daybook\":true}}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"aud\":null}" },
	/* times */
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"iat\":1795167000}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":null}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":\"1795167900\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":true}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":[1795167900]}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":-1}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":1e400}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":253402300800}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"exp\":99999999999999999999}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iat\":1795167031}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iat\":\"now\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"iat\":null}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"nbf\":1795167031}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"nbf\":1795167031.5}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"nbf\":\"1\"}" },
	{ HEADER, "{" IDS EMAIL TYPE PARTIES TIMES ",\"nbf\":-1}" },
	/* expired, but wrong in another way too: that comes first */
	{ HEADER, "{" IDS EMAIL TYPE PARTIES ",\"exp\":1,\"nbf\":1795167031}" },
	{ HEADER, "{" IDS EMAIL PARTIES ",\"exp\":1,\"typ\":\"refresh\"}" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (verify_made(bad[i].header, bad[i].payload, SECRET) != ERR_UNAUTHORIZED)
			fail_msg("%s.%s is not refused", bad[i].header, bad[i].payload);
}

static void test_wrong_secrets(void **state)
{
	static const char *const secrets[] = {
		"",	    "secret",
		OLD_SECRET, "a secret of thirty-two bytes ...",
		SECRET "x", "A secret of thirty-two bytes ....",
	};

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		assert_int_equal(verify_made(HEADER, PAYLOAD, secrets[i]), ERR_UNAUTHORIZED);
	/* without a `kid` only the current key counts */
	assert_int_equal(verify_made("{\"alg\":\"HS256\"}", PAYLOAD, OLD_SECRET), ERR_UNAUTHORIZED);
}

static enum err verify_text(const char *token)
{
	struct jwt_claims claims;

	return verify(token, strlen(token), JWT_ACCESS, NOW, &claims);
}

static void test_parts(void **state)
{
	static const char *const formats[] = {
		"",
		".",
		"..",
		"...",
		"%1$s",
		"%1$s.%2$s",
		"%1$s.%2$s.",
		"%1$.0s.%2$s.%3$s",
		"%1$s.%2$.0s.%3$s",
		"%1$s.%2$s.%3$s.",
		".%1$s.%2$s.%3$s",
		"%1$s.%2$s..%3$s",
		"%1$s.%2$s.%3$s.%3$s",
		"%1$s.%2$s.%3$s=",
		"%1$s.%2$s.%3$s ",
		" %1$s.%2$s.%3$s",
		"%1$s.%2$s.%3$s\n",
		"%1$s.%2$s\n.%3$s",
		"%1$s=.%2$s.%3$s",
		"%1$s.%2$s=.%3$s",
		"%1$s.%2$s.%3$sA",
		"%1$s.%2$s.%3$.42s",
		"%1$s,%2$s,%3$s",
		"%2$s.%1$s.%3$s",
		"Bearer %1$s.%2$s.%3$s",
		"%1$s.%2$s.%2$s",
		"\"%1$s.%2$s.%3$s\"",
		"%1$s.%2$s.%3$s\t",
		"%1$s.%2$s.%3$s;",
		"%1$s %2$s %3$s",
		"%1$s.%2$s.%3$.0s",
		"A%1$.0s.%2$s.%3$s",
		"%1$s.A%2$.0s.%3$s",
		"%1$s.%2$.7s.%3$s",
		"%1$.8s.%2$s.%3$s",
		"%1$s.%2$s.%3$.40s...",
	};
	char token[JWT_MAX_BYTES];
	char made[2 * JWT_MAX_BYTES];
	const char *header = token;
	char *payload;
	char *signature;

	(void)state;
	make_token(HEADER, PAYLOAD, strlen(PAYLOAD), SECRET, token);
	assert_int_equal(verify_text(token), OK);
	payload = strchr(token, '.');
	*payload++ = '\0';
	signature = strchr(payload, '.');
	*signature++ = '\0';
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		snprintf(made, sizeof made, formats[i], header, payload, signature);
		if (verify_text(made) != ERR_UNAUTHORIZED)
			fail_msg("%s is not refused", formats[i]);
	}
}

/* No single character of a token can be any other, the last one of its signature included. */
static void test_every_character(void **state)
{
	static const char tried[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		"=.+/ \n\t\x80\xff";
	char token[JWT_MAX_BYTES];
	size_t len = make_token(HEADER, PAYLOAD, strlen(PAYLOAD), SECRET, token);
	struct jwt_claims claims;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		char right = token[i];

		for (const char *wrong = tried; wrong < tried + sizeof tried; wrong++) {
			token[i] = *wrong;
			if (*wrong != right &&
			    verify(token, len, JWT_ACCESS, NOW, &claims) != ERR_UNAUTHORIZED)
				fail_msg("character %zu may be 0x%02x", i, (unsigned char)*wrong);
		}
		token[i] = right;
	}
	assert_int_equal(verify(token, len, JWT_ACCESS, NOW, &claims), OK);
	assert_int_equal(verify(token, len + 1, JWT_ACCESS, NOW, &claims), ERR_UNAUTHORIZED);
	for (size_t shorter = 0; shorter < len; shorter++)
		assert_int_equal(verify(token, shorter, JWT_ACCESS, NOW, &claims),
				 ERR_UNAUTHORIZED);
}

/* The three other spellings of the last six bits, of which the lowest two say nothing. */
static void test_signature_has_one_spelling(void **state)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char token[JWT_MAX_BYTES];
	size_t len = make_token(HEADER, PAYLOAD, strlen(PAYLOAD), SECRET, token);
	size_t value = (size_t)(strchr(alphabet, token[len - 1]) - alphabet);

	(void)state;
	assert_int_equal(value % 4, 0);
	for (size_t other = 1; other < 4; other++) {
		token[len - 1] = alphabet[value + other];
		assert_int_equal(verify_text(token), ERR_UNAUTHORIZED);
	}
}

/* Parts that are not canonical base64url, under a signature that is right for those bytes. */
static void test_signed_but_not_canonical(void **state)
{
	static const struct {
		const char *header;
		const char *payload;
	} parts[] = {
		{ "eyJhbGciOiJIUzI1NiJ9", "e30=" },  { "eyJhbGciOiJIUzI1NiJ9", "e3 0" },
		{ "eyJhbGciOiJIUzI1NiJ9", "e31" },   { "eyJhbGciOiJIUzI1NiJ9", "e30\n" },
		{ "eyJhbGciOiJIUzI1NiJ9\n", "e30" }, { "eyJhbGciOiJIUzI1NiJ9=", "e30" },
		{ "eyJhbGciOiJIUzI1NiJ", "e30" },    { "{\"alg\":\"HS256\"}", "{}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char token[256];
		uint8_t mac[SHA256_BYTES];
		int len = snprintf(token, sizeof token, "%s.%s", parts[i].header, parts[i].payload);

		hmac_sha256(SECRET, strlen(SECRET), token, (size_t)len, mac);
		token[len++] = '.';
		len += (int)base64url_encode(mac, sizeof mac, token + len);
		token[len] = '\0';
		assert_int_equal(verify_text(token), ERR_UNAUTHORIZED);
	}
}

/* RFC 7515 appendix A.1: its key makes its MAC. The claims are not ours, so it is refused. */
static void test_rfc_7515(void **state)
{
	static const char key_text[] = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
				       "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
	static const char token[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
				    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9le"
				    "GFtcGxlLmNvbS9pc19yb290"
				    "Ijp0cnVlfQ"
				    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	const char *signature = strrchr(token, '.') + 1;
	uint8_t key[64];
	uint8_t mac[SHA256_BYTES];
	size_t key_len;
	char text[BASE64URL_CHARS(SHA256_BYTES) + 1] = "";
	struct jwt_claims claims;
	struct jwt_keys *theirs = jwt_keys_new("joe", "joe");

	(void)state;
	assert_true(base64url_decode(key_text, strlen(key_text), key, &key_len));
	assert_int_equal(key_len, 64);
	hmac_sha256(key, key_len, token, (size_t)(signature - 1 - token), mac);
	base64url_encode(mac, sizeof mac, text);
	assert_string_equal(text, signature);

	jwt_keys_add(theirs, "rfc", (const char *)key, key_len);
	assert_int_equal(
		jwt_err(jwt_verify(theirs, token, strlen(token), JWT_ACCESS, 1300819380, &claims)),
		ERR_UNAUTHORIZED);
	jwt_keys_free(theirs);
}

static void test_leeway(void **state)
{
	static const struct {
		int64_t now_s;
		enum err err;
	} moments[] = {
		{ NOW - 31, ERR_UNAUTHORIZED },
		{ NOW - 30, OK },
		{ NOW, OK },
		{ NOW + 899, OK },
		{ NOW + 900, OK },
		{ NOW + 929, OK },
		{ NOW + 930, ERR_TOKEN_EXPIRED },
		{ NOW + 931, ERR_TOKEN_EXPIRED },
		{ NOW + 1000000, ERR_TOKEN_EXPIRED },
	};
	char token[JWT_MAX_BYTES];
	size_t len = make_token(HEADER, PAYLOAD, strlen(PAYLOAD), SECRET, token);

	(void)state;
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		struct jwt_claims claims;

		assert_int_equal(verify(token, len, JWT_ACCESS, moments[i].now_s, &claims),
				 moments[i].err);
	}
}

static void test_length(void **state)
{
	/* A `kid`-less header of its own, and a payload filled up to the limit and beyond. */
	static const char start[] = "{" IDS EMAIL TYPE PARTIES TIMES ",\"a\":\"";
	char payload[JWT_MAX_BYTES];
	char token[2 * JWT_MAX_BYTES];
	size_t accepted_up_to = 0;

	(void)state;
	for (size_t fill = 2500; fill < 3200; fill++) {
		size_t len = sizeof start - 1;
		struct jwt_claims claims;

		memcpy(payload, start, len);
		memset(payload + len, 'x', fill);
		len += fill;
		memcpy(payload + len, "\"}", 2);
		len = make_token("{\"alg\":\"HS256\"}", payload, len + 2, SECRET, token);
		if (verify(token, len, JWT_ACCESS, NOW, &claims) == OK)
			accepted_up_to = len;
		else
			assert_true(len > JWT_MAX_BYTES);
	}
	assert_in_range(accepted_up_to, JWT_MAX_BYTES - 1, JWT_MAX_BYTES);
}

static void test_email_length(void **state)
{
	char email[300];
	char payload[1024];

	(void)state;
	memset(email, 'e', sizeof email);
	for (int len = 254; len <= 257; len++) {
		snprintf(payload, sizeof payload, "{%s,\"email\":\"%.*s\"%s}", IDS, len, email,
			 TYPE PARTIES TIMES);
		assert_int_equal(verify_made(HEADER, payload, SECRET),
				 len < JWT_EMAIL_BYTES ? OK : ERR_UNAUTHORIZED);
	}
}

static void test_refresh_counter(void **state)
{
	static const struct {
		const char *payload;
		int64_t counter; /* -1: refused */
	} tokens[] = {
		{ REFRESH_PAYLOAD(",\"ctr\":0"), 0 },
		{ REFRESH_PAYLOAD(",\"ctr\":1"), 1 },
		{ REFRESH_PAYLOAD(",\"ctr\":9007199254740993"), 9007199254740993 },
		{ REFRESH_PAYLOAD(""), -1 },
		{ REFRESH_PAYLOAD(",\"ctr\":-1"), -1 },
		{ REFRESH_PAYLOAD(",\"ctr\":1.0"), -1 },
		{ REFRESH_PAYLOAD(",\"ctr\":\"1\""), -1 },
		{ REFRESH_PAYLOAD(",\"ctr\":null"), -1 },
		{ PAYLOAD, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		char token[JWT_MAX_BYTES];
		size_t len = make_token(HEADER, tokens[i].payload, strlen(tokens[i].payload),
					SECRET, token);
		struct jwt_claims claims;
		enum err err = verify(token, len, JWT_REFRESH, NOW, &claims);

		assert_int_equal(err, tokens[i].counter < 0 ? ERR_UNAUTHORIZED : OK);
		if (err == OK)
			assert_int_equal(claims.counter, tokens[i].counter);
		assert_int_equal(verify(token, len, JWT_ACCESS, NOW, &claims),
				 strcmp(tokens[i].payload, PAYLOAD) == 0 ? OK : ERR_UNAUTHORIZED);
	}
}

static void test_claims(void **state)
{
	char token[JWT_MAX_BYTES];
	size_t len = make_token(HEADER, PAYLOAD, strlen(PAYLOAD), SECRET, token);
	struct jwt_claims claims;
	char text[UUID_TEXT_BYTES];

	(void)state;
	assert_int_equal(verify(token, len, JWT_ACCESS, NOW, &claims), OK);
	assert_true(claims.user.set && claims.session.set);
	uuid_format(text, claims.user.bytes);
	assert_string_equal(text, USER);
	uuid_format(text, claims.session.bytes);
	assert_string_equal(text, SESSION);
	assert_string_equal(claims.email, "ann@example.org");
	assert_int_equal(claims.type, JWT_ACCESS);
	assert_int_equal(claims.issued_s, NOW);
	assert_int_equal(claims.expires_s, NOW + 900);
	assert_int_equal(claims.counter, 0);
}

static void sign_and_verify(const struct jwt_keys *signer, const struct jwt_claims *claims)
{
	char token[JWT_MAX_BYTES];
	char again[JWT_MAX_BYTES];
	size_t len = jwt_sign(signer, claims, token);
	struct jwt_claims out;

	assert_int_equal(len, strlen(token));
	assert_true(len < JWT_MAX_BYTES);
	assert_int_equal(jwt_err(jwt_verify(signer, token, len, claims->type, NOW, &out)), OK);
	assert_true(uuid_equal(&out.user, &claims->user));
	assert_true(uuid_equal(&out.session, &claims->session));
	assert_string_equal(out.email, claims->email);
	assert_int_equal(out.type, claims->type);
	assert_int_equal(out.issued_s, claims->issued_s);
	assert_int_equal(out.expires_s, claims->expires_s);
	assert_int_equal(out.counter, claims->counter);
	assert_int_equal(jwt_err(jwt_verify(signer, token, len,
					    claims->type == JWT_ACCESS ? JWT_REFRESH : JWT_ACCESS,
					    NOW, &out)),
			 ERR_UNAUTHORIZED);

	/* The same claims make another token each time, because of `jti`. */
	jwt_sign(signer, claims, again);
	assert_string_not_equal(token, again);
}

static void test_sign(void **state)
{
	struct jwt_claims claims = { .user = uuid_v7(), .session = uuid_v7() };

	(void)state;
	claims.issued_s = NOW;
	claims.expires_s = NOW + 900;
	strcpy(claims.email, "ann@example.org");
	sign_and_verify(keys, &claims);

	claims.type = JWT_REFRESH;
	claims.counter = INT64_MAX;
	sign_and_verify(keys, &claims);

	strcpy(claims.email, "\"o'hara\\<x>\"@ex\xc3\xa4mple.org");
	sign_and_verify(keys, &claims);

	/* The longest: every byte of the address needs an escape of six. */
	memset(claims.email, 1, sizeof claims.email - 1);
	sign_and_verify(keys, &claims);
}

static void test_sign_with_odd_names(void **state)
{
	struct jwt_claims claims = { .user = uuid_v7(),
				     .session = uuid_v7(),
				     .email = "ann@example.org",
				     .issued_s = NOW,
				     .expires_s = NOW + 1 };
	struct jwt_keys *odd = jwt_keys_new("https://\"issuer\"/\xc3\xa9", "a\\b\n<c>");

	(void)state;
	jwt_keys_add(odd, "k\"1\"\n", SECRET, strlen(SECRET));
	sign_and_verify(odd, &claims);
	jwt_keys_free(odd);
}

/* Rotation: what the old key signed is valid for as long as that key is in the table. */
static void test_rotation(void **state)
{
	struct jwt_claims claims = { .user = uuid_v7(),
				     .session = uuid_v7(),
				     .email = "ann@example.org",
				     .issued_s = NOW,
				     .expires_s = NOW + 900 };
	struct jwt_keys *before = jwt_keys_new("daybook", "daybook");
	struct jwt_keys *unrelated = jwt_keys_new("daybook", "daybook");
	char token[JWT_MAX_BYTES];
	size_t len;
	struct jwt_claims out;

	(void)state;
	jwt_keys_add(before, "old", OLD_SECRET, strlen(OLD_SECRET));
	jwt_keys_add(unrelated, "old", SECRET, strlen(SECRET));
	len = jwt_sign(before, &claims, token);
	assert_int_equal(jwt_err(jwt_verify(keys, token, len, JWT_ACCESS, NOW, &out)), OK);
	assert_int_equal(jwt_err(jwt_verify(unrelated, token, len, JWT_ACCESS, NOW, &out)),
			 ERR_UNAUTHORIZED);
	len = jwt_sign(keys, &claims, token);
	assert_int_equal(jwt_err(jwt_verify(before, token, len, JWT_ACCESS, NOW, &out)),
			 ERR_UNAUTHORIZED);
	jwt_keys_free(before);
	jwt_keys_free(unrelated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_wrong_secrets),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_signature_has_one_spelling),
		cmocka_unit_test(test_signed_but_not_canonical),
		cmocka_unit_test(test_rfc_7515),
		cmocka_unit_test(test_leeway),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_email_length),
		cmocka_unit_test(test_refresh_counter),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_sign_with_odd_names),
		cmocka_unit_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}

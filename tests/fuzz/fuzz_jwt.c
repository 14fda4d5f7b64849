/* fuzz_jwt.c -- any bytes as a token, as a payload or header under a right signature, and as a
 * change to a good token: nothing unsigned passes, and what passes keeps the rules. */
#include "auth/jwt.h"

#include "base/crypto.h"
#include "base/encoding.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "a secret of thirty-two bytes ...."
#define HEADER "{\"alg\":\"HS256\"}"
#define MEMBERS                                                                                    \
	"{\"sub\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\","                                       \
	"\"sid\":\"018f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"email\":\"ann@example.org\","          \
	"\"typ\":\"access\",\"iss\":\"daybook\",\"aud\":\"daybook\",\"exp\":1795167900"
#define PAYLOAD MEMBERS "}"
/* A payload as jwt_sign() writes it, up to the address and from there. */
#define WRITTEN_START                                                                              \
	"{\"sub\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\","                                       \
	"\"sid\":\"018f22e2-79b0-7cc3-98c4-dc0c0c07398f\","                                        \
	"\"jti\":\"019f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"email\":\""
#define WRITTEN_END                                                                                \
	"\",\"typ\":\"access\",\"iss\":\"daybook\",\"aud\":\"daybook\",\"iat\":1795167000,"        \
	"\"exp\":1795167900}"
#define NOW INT64_C(1795167000)
#define MAX_PART_BYTES 2048

static struct jwt_keys *keys;

static size_t make_token(const void *header, size_t header_len, const void *payload,
			 size_t payload_len, char *out)
{
	uint8_t mac[SHA256_BYTES];
	char *end = out;

	end += base64url_encode(header, header_len, end);
	*end++ = '.';
	end += base64url_encode(payload, payload_len, end);
	hmac_sha256(SECRET, strlen(SECRET), out, (size_t)(end - out), mac);
	*end++ = '.';
	end += base64url_encode(mac, sizeof mac, end);
	return (size_t)(end - out);
}

/* Verifies, checks what must hold of every answer, and tells whether the token is good. */
static bool passes(const char *token, size_t len, enum jwt_type type)
{
	struct jwt_claims before;
	struct jwt_claims claims;
	enum err err;

	memset(&before, 0x5a, sizeof before);
	memcpy(&claims, &before, sizeof before);
	err = jwt_err(jwt_verify(keys, token, len, type, NOW, &claims));
	if (err != OK) {
		assert(err == ERR_UNAUTHORIZED || err == ERR_TOKEN_EXPIRED);
		assert(memcmp(&claims, &before, sizeof before) == 0);
		return false;
	}
	assert(len <= JWT_MAX_BYTES && claims.type == type);
	assert(claims.user.set && claims.session.set);
	assert(memchr(claims.email, '\0', sizeof claims.email) != NULL && claims.email[0] != '\0');
	assert(claims.expires_s + JWT_LEEWAY_S > NOW && claims.issued_s <= NOW + JWT_LEEWAY_S);
	assert(claims.issued_s >= 0 && claims.counter >= 0);
	return true;
}

/* What was accepted once is accepted again when we sign it ourselves. */
static void check_sign(enum jwt_type type, const char *token, size_t len)
{
	struct jwt_claims claims;
	struct jwt_claims again;
	char signed_token[JWT_MAX_BYTES];

	if (jwt_err(jwt_verify(keys, token, len, type, NOW, &claims)) != OK)
		return;
	len = jwt_sign(keys, &claims, signed_token);
	assert(len < JWT_MAX_BYTES);
	assert(jwt_err(jwt_verify(keys, signed_token, len, type, NOW, &again)) == OK);
	assert(memcmp(again.user.bytes, claims.user.bytes, 16) == 0);
	assert(memcmp(again.session.bytes, claims.session.bytes, 16) == 0);
	assert(strcmp(again.email, claims.email) == 0);
	assert(again.expires_s == claims.expires_s && again.counter == claims.counter);
}

/* The first two bytes choose a place in a good token, the third what stands there. */
static void check_changed(const uint8_t *data, size_t size)
{
	char token[JWT_MAX_BYTES];
	size_t len = make_token(HEADER, strlen(HEADER), PAYLOAD, strlen(PAYLOAD), token);
	size_t place;
	char right;

	if (size < 3)
		return;
	place = (size_t)(data[0] << 8 | data[1]) % len;
	right = token[place];
	token[place] = (char)data[2];
	assert(passes(token, len, JWT_ACCESS) == (token[place] == right));
}

/* A payload that is right in everything but what the bytes say anew: the last member wins. */
static void check_payload(const uint8_t *data, size_t size)
{
	static const char members[] = MEMBERS;
	char payload[sizeof members + MAX_PART_BYTES];
	char token[3 * MAX_PART_BYTES];
	size_t len = sizeof members - 1;

	memcpy(payload, members, len);
	memcpy(payload + len, data, size);
	len = make_token(HEADER, strlen(HEADER), payload, len + size, token);
	for (enum jwt_type type = JWT_ACCESS; type <= JWT_REFRESH; type++)
		if (passes(token, len, type))
			check_sign(type, token, len);
}

/* Any bytes as the address, or written over the rest from a place that the first byte chooses: the
 * quick reader of our own form, and the one that a space in front leads to, say the same. */
static void check_written(const uint8_t *data, size_t size)
{
	char payload[sizeof(WRITTEN_START WRITTEN_END) + MAX_PART_BYTES + 1] = " " WRITTEN_START;
	char token[3 * MAX_PART_BYTES];
	size_t len = strlen(payload);
	struct jwt_claims quick, general;

	memcpy(payload + len, data, size);
	memcpy(payload + len + size, WRITTEN_END, strlen(WRITTEN_END));
	len += size + strlen(WRITTEN_END);
	for (int turn = 0; turn < 2; turn++) {
		size_t token_len = make_token(HEADER, strlen(HEADER), payload, len, token);
		enum err err =
			jwt_err(jwt_verify(keys, token, token_len, JWT_ACCESS, NOW, &general));
		token_len = make_token(HEADER, strlen(HEADER), payload + 1, len - 1, token);
		assert(jwt_err(jwt_verify(keys, token, token_len, JWT_ACCESS, NOW, &quick)) == err);
		assert(err != OK || (strcmp(quick.email, general.email) == 0 &&
				     memcmp(quick.user.bytes, general.user.bytes, 16) == 0 &&
				     quick.issued_s == general.issued_s &&
				     quick.expires_s == general.expires_s));
		if (size == 0 || data[0] + size > len)
			return;
		if (data[0] > 0)
			memcpy(payload + data[0], data + 1, size - 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char token[3 * MAX_PART_BYTES];
	size_t len;

	if (keys == NULL) {
		keys = jwt_keys_new("daybook", "daybook");
		jwt_keys_add(keys, "main", SECRET, strlen(SECRET));
		jwt_keys_add(keys, "old", SECRET "2", strlen(SECRET "2"));
	}
	assert(!passes((const char *)data, size, JWT_ACCESS));
	check_changed(data, size);
	if (size > MAX_PART_BYTES)
		return 0;

	check_payload(data, size);
	check_written(data, size);
	len = make_token(HEADER, strlen(HEADER), data, size, token);
	passes(token, len, JWT_ACCESS);
	len = make_token(data, size, PAYLOAD, strlen(PAYLOAD), token);
	/* The shortest header that says HS256 is ours. */
	assert(!passes(token, len, JWT_ACCESS) || size >= strlen(HEADER));
	return 0;
}

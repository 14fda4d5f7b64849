/* jwt.c -- JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515) and nothing else (RFC 8725). */
#include "auth/jwt.h"

#include "auth/jwt_claims.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/json_tree.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <string.h>

#define SIGNATURE_CHARS BASE64URL_CHARS(SHA256_BYTES)
#define DECODED_BYTES (JWT_MAX_BYTES * 3 / 4)
#define JSON_DEPTH 8

/* The longest header, and issuer with audience, for which a token always fits JWT_MAX_BYTES. */
#define MAX_HEADER_CHARS 512
#define MAX_PARTIES_BYTES 512

struct key {
	struct key *next;
	const char *kid;
	const char *header; /* as it stands in the tokens that we sign */
	size_t header_len;
	struct hmac_key *hmac;
};

struct jwt_keys {
	struct arena *arena;
	const char *issuer;
	const char *audience;
	const char *parties; /* both as members of a payload */
	struct key *first;
	struct key *foreign; /* of another issuer, or NULL */
};

/* A text inside the token. */
struct part {
	const char *text;
	size_t len;
};

struct parts {
	struct part header;
	struct part payload;
	struct part signature;
	struct part signed_text; /* header and payload with their dot */
};

/* What a part spells. */
struct decoded {
	char text[DECODED_BYTES];
	size_t len;
};

struct jwt_keys *jwt_keys_new(const char *issuer, const char *audience)
{
	struct arena *arena = arena_new(1024);
	struct jwt_keys *keys = arena_alloc(arena, sizeof *keys);
	struct buf parties = { 0 };

	buf_puts(&parties, ",\"iss\":");
	json_put_text(&parties, issuer);
	buf_puts(&parties, ",\"aud\":");
	json_put_text(&parties, audience);
	assert(parties.len <= MAX_PARTIES_BYTES);

	keys->arena = arena;
	keys->issuer = arena_copy(arena, issuer, strlen(issuer));
	keys->audience = arena_copy(arena, audience, strlen(audience));
	keys->parties = arena_copy(arena, parties.data, parties.len);
	buf_free(&parties);
	return keys;
}

static void release_hmac(void *hmac)
{
	hmac_key_free(hmac);
}

void jwt_keys_add(struct jwt_keys *keys, const char *kid, const char *secret, size_t secret_len)
{
	struct key *key = arena_alloc(keys->arena, sizeof *key);
	struct key **last = &keys->first;
	struct buf json = { 0 };
	char header[MAX_HEADER_CHARS];

	buf_puts(&json, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":");
	json_put_text(&json, kid);
	buf_putc(&json, '}');
	assert(BASE64URL_CHARS(json.len) <= sizeof header);
	key->header_len = base64url_encode(json.data, json.len, header);
	key->header = arena_copy(keys->arena, header, key->header_len);
	buf_free(&json);

	key->kid = arena_copy(keys->arena, kid, strlen(kid));
	key->hmac = hmac_key_new(secret, secret_len);
	arena_defer(keys->arena, release_hmac, key->hmac);
	while (*last)
		last = &(*last)->next;
	*last = key;
}

void jwt_keys_add_foreign(struct jwt_keys *keys, const char *secret, size_t secret_len)
{
	keys->foreign = arena_alloc(keys->arena, sizeof *keys->foreign);
	keys->foreign->hmac = hmac_key_new(secret, secret_len);
	arena_defer(keys->arena, release_hmac, keys->foreign->hmac);
}

void jwt_keys_free(struct jwt_keys *keys)
{
	arena_free(keys->arena);
}

/* Cuts the token at its dots, of which there must be two. */
static bool split(const char *token, size_t len, struct parts *out)
{
	const char *end = token + len;
	const char *first_dot = memchr(token, '.', len);
	const char *second_dot;

	if (!first_dot)
		return false;
	second_dot = memchr(first_dot + 1, '.', (size_t)(end - first_dot - 1));
	if (!second_dot)
		return false;
	out->header = (struct part){ token, (size_t)(first_dot - token) };
	out->payload = (struct part){ first_dot + 1, (size_t)(second_dot - first_dot - 1) };
	out->signature = (struct part){ second_dot + 1, (size_t)(end - second_dot - 1) };
	out->signed_text = (struct part){ token, (size_t)(second_dot - token) };
	return out->signature.len == SIGNATURE_CHARS;
}

static bool decode(const struct part *part, struct decoded *out)
{
	return base64url_decode(part->text, part->len, out->text, &out->len);
}

/* The JSON object that a text spells, or NULL; to be put by the caller. The scan goes first, so
 * json-c sees nothing but strict JSON. */
static json_object *parse_object(const struct decoded *json)
{
	struct json_fault fault;

	if (!json_scan(json->text, json->len, JSON_DEPTH, &fault))
		return NULL;
	json_object *object = json_tree(json->text, json->len);
	if (json_object_is_type(object, json_type_object))
		return object;
	json_object_put(object);
	return NULL;
}

static json_object *part_object(const struct part *part)
{
	struct decoded json;

	return decode(part, &json) ? parse_object(&json) : NULL;
}

static enum jwt_verdict judge_header(json_object *header)
{
	if (!jwt_is_text(json_object_object_get(header, "alg"), "HS256"))
		return JWT_ALGORITHM;
	return json_object_object_get_ex(header, "crit", NULL) ? JWT_CRIT : JWT_GOOD;
}

/* The key that a header asks for. Members that could lead to other keys (`jku`, `jwk`, `x5u` …)
 * mean nothing here (RFC 8725 section 3.10). */
static enum jwt_verdict key_of_object(const struct jwt_keys *keys, json_object *header,
				      const struct key **out)
{
	const struct key *key = keys->first;
	enum jwt_verdict verdict = judge_header(header);
	json_object *kid;

	if (verdict != JWT_GOOD)
		return verdict;
	if (json_object_object_get_ex(header, "kid", &kid))
		while (key && !jwt_is_text(kid, key->kid))
			key = key->next;
	*out = key;
	return key ? JWT_GOOD : JWT_KID;
}

/* Our own headers are known by their bytes; only those of others are parsed. */
static enum jwt_verdict find_key(const struct jwt_keys *keys, const struct part *header,
				 const struct key **out)
{
	for (const struct key *key = keys->first; key; key = key->next)
		if (key->header_len == header->len &&
		    memcmp(key->header, header->text, header->len) == 0) {
			*out = key;
			return JWT_GOOD;
		}
	json_object *object = part_object(header);
	if (!object)
		return JWT_MALFORMED;
	enum jwt_verdict verdict = key_of_object(keys, object, out);
	json_object_put(object);
	return verdict;
}

static bool signature_matches(const struct key *key, const struct parts *parts)
{
	uint8_t given[SHA256_BYTES];
	uint8_t right[SHA256_BYTES];
	size_t given_len;

	if (!base64url_decode(parts->signature.text, parts->signature.len, given, &given_len))
		return false;
	hmac_key_sign(key->hmac, parts->signed_text.text, parts->signed_text.len, right);
	return CRYPTO_memcmp(given, right, sizeof right) == 0;
}

/* The payload of a token, if the key has signed it. */
static enum jwt_verdict read_payload(const struct key *key, const struct parts *parts,
				     struct decoded *out)
{
	if (!signature_matches(key, parts))
		return JWT_SIGNATURE;
	return decode(&parts->payload, out) ? JWT_GOOD : JWT_MALFORMED;
}

enum jwt_verdict jwt_verify(const struct jwt_keys *keys, const char *token, size_t len,
			    enum jwt_type type, int64_t now_s, struct jwt_claims *out)
{
	const struct key *key = NULL;
	struct parts parts;
	struct decoded json;
	struct jwt_claims claims;

	if (len > JWT_MAX_BYTES || !split(token, len, &parts))
		return JWT_MALFORMED;
	enum jwt_verdict verdict = find_key(keys, &parts.header, &key);
	if (verdict == JWT_GOOD)
		verdict = read_payload(key, &parts, &json);
	if (verdict != JWT_GOOD)
		return verdict;
	if (type == JWT_ACCESS && jwt_scan_own(json.text, json.len, keys->parties, &claims))
		return jwt_check_times(&claims, 0, now_s, out);
	json_object *payload = parse_object(&json);
	if (!payload)
		return JWT_MALFORMED;
	verdict = jwt_read_own(payload, keys->issuer, keys->audience, type, now_s, out);
	json_object_put(payload);
	return verdict;
}

enum jwt_verdict jwt_verify_foreign(const struct jwt_keys *keys, const char *token, size_t len,
				    int64_t now_s, struct jwt_claims *out)
{
	struct parts parts;
	struct decoded json;

	if (len > JWT_MAX_BYTES || !split(token, len, &parts))
		return JWT_MALFORMED;
	if (!keys->foreign)
		return JWT_SIGNATURE;
	json_object *header = part_object(&parts.header);
	enum jwt_verdict verdict = header ? judge_header(header) : JWT_MALFORMED;
	json_object_put(header);
	if (verdict == JWT_GOOD)
		verdict = read_payload(keys->foreign, &parts, &json);
	if (verdict != JWT_GOOD)
		return verdict;
	json_object *payload = parse_object(&json);
	if (!payload)
		return JWT_MALFORMED;
	verdict = jwt_read_foreign(payload, now_s, out);
	json_object_put(payload);
	return verdict;
}

const char *jwt_word(enum jwt_verdict verdict)
{
	static const char *const words[] = {
		[JWT_GOOD] = "good",
		[JWT_MALFORMED] = "malformed",
		[JWT_ALGORITHM] = "algorithm",
		[JWT_CRIT] = "crit",
		[JWT_KID] = "kid",
		[JWT_SIGNATURE] = "signature",
		[JWT_TYPE] = "type",
		[JWT_ISSUER] = "issuer",
		[JWT_AUDIENCE] = "audience",
		[JWT_CLAIMS] = "claims",
		[JWT_NOT_YET] = "not_yet",
		[JWT_EXPIRED] = "expired",
	};

	return words[verdict];
}

enum err jwt_err(enum jwt_verdict verdict)
{
	if (verdict == JWT_GOOD)
		return OK;
	return verdict == JWT_EXPIRED ? ERR_TOKEN_EXPIRED : ERR_UNAUTHORIZED;
}

size_t jwt_sign(const struct jwt_keys *keys, const struct jwt_claims *claims, char *out)
{
	const struct key *key = keys->first;
	struct buf payload = { 0 };
	uint8_t signature[SHA256_BYTES];
	char *end = out;

	assert(key);
	jwt_put_own(&payload, claims, keys->parties);
	memcpy(end, key->header, key->header_len);
	end += key->header_len;
	*end++ = '.';
	end += base64url_encode(payload.data, payload.len, end);
	buf_free(&payload);

	hmac_key_sign(key->hmac, out, (size_t)(end - out), signature);
	*end++ = '.';
	end += base64url_encode(signature, sizeof signature, end);
	*end = '\0';
	return (size_t)(end - out);
}

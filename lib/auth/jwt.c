/* jwt.c -- JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515) and nothing else (RFC 8725). */
#include "auth/jwt.h"

#include "auth/jwt_claims.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/json_scan.h"

#include <assert.h>
#include <json-c/json.h>
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
	struct jwt_keys *keys = arena_alloc(arena, sizeof(*keys));
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
	struct key *key = arena_alloc(keys->arena, sizeof(*key));
	struct key **last = &keys->first;
	struct buf json = { 0 };
	char header[MAX_HEADER_CHARS];

	buf_puts(&json, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":");
	json_put_text(&json, kid);
	buf_putc(&json, '}');
	assert(BASE64URL_CHARS(json.len) <= sizeof(header));
	key->header_len = base64url_encode(json.data, json.len, header);
	key->header = arena_copy(keys->arena, header, key->header_len);
	buf_free(&json);

	key->kid = arena_copy(keys->arena, kid, strlen(kid));
	key->hmac = hmac_key_new(secret, secret_len);
	arena_defer(keys->arena, release_hmac, key->hmac);
	while (*last != NULL)
		last = &(*last)->next;
	*last = key;
}

void jwt_keys_add_foreign(struct jwt_keys *keys, const char *secret, size_t secret_len)
{
	keys->foreign = arena_alloc(keys->arena, sizeof(*keys->foreign));
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

	if (first_dot == NULL)
		return false;
	second_dot = memchr(first_dot + 1, '.', (size_t)(end - first_dot - 1));
	if (second_dot == NULL)
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
	json_tokener *tokener;
	json_object *object;

	if (!json_scan(json->text, json->len, JSON_DEPTH, &fault))
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH + 1);
	assert(tokener != NULL);
	object = json_tokener_parse_ex(tokener, json->text, (int)json->len);
	json_tokener_free(tokener);
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

static bool is_plain_hs256(json_object *header)
{
	return jwt_is_text(json_object_object_get(header, "alg"), "HS256") &&
	       !json_object_object_get_ex(header, "crit", NULL);
}

/* The key that a header asks for, or NULL if it asks for what we do not do. Members that could
 * lead to other keys (`jku`, `jwk`, `x5u` …) mean nothing here (RFC 8725 section 3.10). */
static const struct key *key_of_object(const struct jwt_keys *keys, json_object *header)
{
	const struct key *key = keys->first;
	json_object *kid;

	if (!is_plain_hs256(header))
		return NULL;
	if (json_object_object_get_ex(header, "kid", &kid))
		while (key != NULL && !jwt_is_text(kid, key->kid))
			key = key->next;
	return key;
}

/* Our own headers are known by their bytes; only those of others are parsed. */
static const struct key *find_key(const struct jwt_keys *keys, const struct part *header)
{
	const struct key *key;
	json_object *object;

	for (key = keys->first; key != NULL; key = key->next)
		if (key->header_len == header->len &&
		    memcmp(key->header, header->text, header->len) == 0)
			return key;
	object = part_object(header);
	if (object == NULL)
		return NULL;
	key = key_of_object(keys, object);
	json_object_put(object);
	return key;
}

static bool signature_matches(const struct key *key, const struct parts *parts)
{
	uint8_t given[SHA256_BYTES];
	uint8_t right[SHA256_BYTES];
	size_t given_len;

	if (!base64url_decode(parts->signature.text, parts->signature.len, given, &given_len))
		return false;
	hmac_key_sign(key->hmac, parts->signed_text.text, parts->signed_text.len, right);
	return CRYPTO_memcmp(given, right, sizeof(right)) == 0;
}

/* The payload of a token that the key has signed. */
static bool signed_payload(const struct key *key, const struct parts *parts, struct decoded *out)
{
	return key != NULL && signature_matches(key, parts) && decode(&parts->payload, out);
}

enum err jwt_verify(const struct jwt_keys *keys, const char *token, size_t len, enum jwt_type type,
		    int64_t now_s, struct jwt_claims *out)
{
	struct parts parts;
	struct decoded json;
	struct jwt_claims claims;

	if (len > JWT_MAX_BYTES || !split(token, len, &parts) ||
	    !signed_payload(find_key(keys, &parts.header), &parts, &json))
		return ERR_UNAUTHORIZED;
	if (type == JWT_ACCESS && jwt_scan_own(json.text, json.len, keys->parties, &claims))
		return jwt_check_times(&claims, 0, now_s, out);
	json_object *payload = parse_object(&json);
	if (payload == NULL)
		return ERR_UNAUTHORIZED;
	enum err err = jwt_read_own(payload, keys->issuer, keys->audience, type, now_s, out);
	json_object_put(payload);
	return err;
}

enum err jwt_verify_foreign(const struct jwt_keys *keys, const char *token, size_t len,
			    int64_t now_s, struct jwt_claims *out)
{
	struct parts parts;
	struct decoded json;

	if (keys->foreign == NULL || len > JWT_MAX_BYTES || !split(token, len, &parts))
		return ERR_UNAUTHORIZED;
	json_object *header = part_object(&parts.header);
	bool plain = header != NULL && is_plain_hs256(header);
	json_object_put(header);
	json_object *payload =
		plain && signed_payload(keys->foreign, &parts, &json) ? parse_object(&json) : NULL;
	if (payload == NULL)
		return ERR_UNAUTHORIZED;
	enum err err = jwt_read_foreign(payload, now_s, out);
	json_object_put(payload);
	return err;
}

size_t jwt_sign(const struct jwt_keys *keys, const struct jwt_claims *claims, char *out)
{
	const struct key *key = keys->first;
	struct buf payload = { 0 };
	uint8_t signature[SHA256_BYTES];
	char *end = out;

	assert(key != NULL);
	jwt_put_own(&payload, claims, keys->parties);
	memcpy(end, key->header, key->header_len);
	end += key->header_len;
	*end++ = '.';
	end += base64url_encode(payload.data, payload.len, end);
	buf_free(&payload);

	hmac_key_sign(key->hmac, out, (size_t)(end - out), signature);
	*end++ = '.';
	end += base64url_encode(signature, sizeof(signature), end);
	*end = '\0';
	return (size_t)(end - out);
}

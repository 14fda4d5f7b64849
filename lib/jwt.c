/* jwt.c -- JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515) and nothing else (RFC 8725). */
#include "jwt.h"

#include "arena.h"
#include "buf.h"
#include "crypto.h"
#include "encoding.h"
#include "json_scan.h"
#include "uuid.h"

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

/* 9999-12-31T23:59:59Z */
#define MAX_DATE_S INT64_C(253402300799)

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

static const char *const type_words[] = { [JWT_ACCESS] = "access", [JWT_REFRESH] = "refresh" };

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

/* The JSON object that a part spells, or NULL; to be put by the caller. The scan goes first, so
 * json-c sees nothing but strict JSON. */
static json_object *part_object(const struct part *part)
{
	char text[DECODED_BYTES];
	size_t len;
	struct json_fault fault;
	json_tokener *tokener;
	json_object *object;

	if (!base64url_decode(part->text, part->len, text, &len) ||
	    !json_scan(text, len, JSON_DEPTH, &fault))
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH + 1);
	assert(tokener != NULL);
	object = json_tokener_parse_ex(tokener, text, (int)len);
	json_tokener_free(tokener);
	if (json_object_is_type(object, json_type_object))
		return object;
	json_object_put(object);
	return NULL;
}

static bool is_text(json_object *value, const char *text)
{
	size_t len = strlen(text);

	return json_object_is_type(value, json_type_string) &&
	       (size_t)json_object_get_string_len(value) == len &&
	       memcmp(json_object_get_string(value), text, len) == 0;
}

/* The key that a header asks for, or NULL if it asks for what we do not do. Members that could
 * lead to other keys (`jku`, `jwk`, `x5u` …) mean nothing here (RFC 8725 section 3.10). */
static const struct key *key_of_object(const struct jwt_keys *keys, json_object *header)
{
	const struct key *key = keys->first;
	json_object *kid;

	if (!is_text(json_object_object_get(header, "alg"), "HS256") ||
	    json_object_object_get_ex(header, "crit", NULL))
		return NULL;
	if (json_object_object_get_ex(header, "kid", &kid))
		while (key != NULL && !is_text(kid, key->kid))
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

static bool get_uuid(json_object *payload, const char *name, struct uuid *out)
{
	json_object *value = json_object_object_get(payload, name);

	return json_object_is_type(value, json_type_string) &&
	       uuid_parse(json_object_get_string(value), (size_t)json_object_get_string_len(value),
			  out);
}

/* A NumericDate (RFC 7519 section 2), rounded down to the second. */
static bool get_date(json_object *payload, const char *name, int64_t *out)
{
	json_object *value = json_object_object_get(payload, name);
	double seconds = json_object_get_double(value);

	if ((!json_object_is_type(value, json_type_int) &&
	     !json_object_is_type(value, json_type_double)) ||
	    !(seconds >= 0 && seconds <= (double)MAX_DATE_S))
		return false;
	*out = (int64_t)seconds;
	return true;
}

/* As get_date(), but the claim may be absent and is 0 then. */
static bool get_optional_date(json_object *payload, const char *name, int64_t *out)
{
	*out = 0;
	return !json_object_object_get_ex(payload, name, NULL) || get_date(payload, name, out);
}

static bool get_email(json_object *payload, char out[JWT_EMAIL_BYTES])
{
	json_object *value = json_object_object_get(payload, "email");
	size_t len = (size_t)json_object_get_string_len(value);
	const char *text;

	if (!json_object_is_type(value, json_type_string) || len == 0 || len >= JWT_EMAIL_BYTES)
		return false;
	text = json_object_get_string(value);
	memcpy(out, text, len + 1);
	return strlen(text) == len;
}

/* `aud` is one text or an array of them (RFC 7519 section 4.1.3). */
static bool is_for(json_object *payload, const char *audience)
{
	json_object *aud = json_object_object_get(payload, "aud");

	if (!json_object_is_type(aud, json_type_array))
		return is_text(aud, audience);
	for (size_t i = 0; i < json_object_array_length(aud); i++)
		if (is_text(json_object_array_get_idx(aud, i), audience))
			return true;
	return false;
}

/* Refresh tokens count, as an integer from 0. */
static bool get_counter(json_object *payload, struct jwt_claims *claims)
{
	json_object *value = json_object_object_get(payload, "ctr");

	if (claims->type == JWT_ACCESS)
		return true;
	claims->counter = json_object_get_int64(value);
	return json_object_is_type(value, json_type_int) && claims->counter >= 0;
}

static enum err read_claims(const struct jwt_keys *keys, json_object *payload, enum jwt_type type,
			    int64_t now_s, struct jwt_claims *out)
{
	struct jwt_claims claims = { .type = type };
	int64_t not_before_s;

	if (!is_text(json_object_object_get(payload, "typ"), type_words[type]) ||
	    !is_text(json_object_object_get(payload, "iss"), keys->issuer) ||
	    !is_for(payload, keys->audience) || !get_uuid(payload, "sub", &claims.user) ||
	    !get_uuid(payload, "sid", &claims.session) || !get_email(payload, claims.email) ||
	    !get_counter(payload, &claims) || !get_date(payload, "exp", &claims.expires_s) ||
	    !get_optional_date(payload, "iat", &claims.issued_s) ||
	    !get_optional_date(payload, "nbf", &not_before_s))
		return ERR_UNAUTHORIZED;
	if (claims.issued_s > now_s + JWT_LEEWAY_S || not_before_s > now_s + JWT_LEEWAY_S)
		return ERR_UNAUTHORIZED;
	if (now_s >= claims.expires_s + JWT_LEEWAY_S)
		return ERR_TOKEN_EXPIRED;
	*out = claims;
	return OK;
}

enum err jwt_verify(const struct jwt_keys *keys, const char *token, size_t len, enum jwt_type type,
		    int64_t now_s, struct jwt_claims *out)
{
	struct parts parts;
	const struct key *key;
	json_object *payload;
	enum err err;

	if (len > JWT_MAX_BYTES || !split(token, len, &parts))
		return ERR_UNAUTHORIZED;
	key = find_key(keys, &parts.header);
	if (key == NULL || !signature_matches(key, &parts))
		return ERR_UNAUTHORIZED;
	payload = part_object(&parts.payload);
	if (payload == NULL)
		return ERR_UNAUTHORIZED;
	err = read_claims(keys, payload, type, now_s, out);
	json_object_put(payload);
	return err;
}

static void put_uuid(struct buf *payload, const char *name, const struct uuid *uuid)
{
	char text[UUID_TEXT_BYTES];

	uuid_format(text, uuid->bytes);
	buf_printf(payload, "%s:\"%s\"", name, text);
}

static void put_claims(struct buf *payload, const struct jwt_claims *claims, const char *parties)
{
	struct uuid id = uuid_v7();

	put_uuid(payload, "{\"sub\"", &claims->user);
	put_uuid(payload, ",\"sid\"", &claims->session);
	put_uuid(payload, ",\"jti\"", &id);
	buf_puts(payload, ",\"email\":");
	json_put_text(payload, claims->email);
	buf_printf(payload, ",\"typ\":\"%s\"%s,\"iat\":%lld,\"exp\":%lld", type_words[claims->type],
		   parties, (long long)claims->issued_s, (long long)claims->expires_s);
	if (claims->type == JWT_REFRESH)
		buf_printf(payload, ",\"ctr\":%lld", (long long)claims->counter);
	buf_putc(payload, '}');
}

size_t jwt_sign(const struct jwt_keys *keys, const struct jwt_claims *claims, char *out)
{
	const struct key *key = keys->first;
	struct buf payload = { 0 };
	uint8_t signature[SHA256_BYTES];
	char *end = out;

	assert(key != NULL);
	put_claims(&payload, claims, keys->parties);
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

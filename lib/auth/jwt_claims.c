/* jwt_claims.c -- what a payload must say to be a token of ours, or of the other issuer. */
#include "auth/jwt_claims.h"

#include <string.h>

#include "base/uuid.h"

/* 9999-12-31T23:59:59Z */
#define MAX_DATE_S INT64_C(253402300799)

const char *const jwt_type_words[] = { [JWT_ACCESS] = "access", [JWT_REFRESH] = "refresh" };

bool jwt_is_text(json_object *value, const char *text)
{
	size_t len = strlen(text);

	return json_object_is_type(value, json_type_string) &&
	       (size_t)json_object_get_string_len(value) == len &&
	       memcmp(json_object_get_string(value), text, len) == 0;
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
		return jwt_is_text(aud, audience);
	for (size_t i = 0; i < json_object_array_length(aud); i++)
		if (jwt_is_text(json_object_array_get_idx(aud, i), audience))
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

enum jwt_verdict jwt_check_times(const struct jwt_claims *claims, int64_t not_before_s,
				 int64_t now_s, struct jwt_claims *out)
{
	if (claims->issued_s > now_s + JWT_LEEWAY_S || not_before_s > now_s + JWT_LEEWAY_S)
		return JWT_NOT_YET;
	if (now_s >= claims->expires_s + JWT_LEEWAY_S)
		return JWT_EXPIRED;
	*out = *claims;
	return JWT_GOOD;
}

/* The times of a token, ours or not; they are the last of what is read. */
static enum jwt_verdict read_times(json_object *payload, int64_t now_s, struct jwt_claims *claims,
				   struct jwt_claims *out)
{
	int64_t not_before_s;

	if (!get_date(payload, "exp", &claims->expires_s) ||
	    !get_optional_date(payload, "iat", &claims->issued_s) ||
	    !get_optional_date(payload, "nbf", &not_before_s))
		return JWT_CLAIMS;
	return jwt_check_times(claims, not_before_s, now_s, out);
}

enum jwt_verdict jwt_read_own(json_object *payload, const char *issuer, const char *audience,
			      enum jwt_type type, int64_t now_s, struct jwt_claims *out)
{
	struct jwt_claims claims = { .type = type };

	if (!jwt_is_text(json_object_object_get(payload, "typ"), jwt_type_words[type]))
		return JWT_TYPE;
	if (!jwt_is_text(json_object_object_get(payload, "iss"), issuer))
		return JWT_ISSUER;
	if (!is_for(payload, audience))
		return JWT_AUDIENCE;
	if (!get_uuid(payload, "sub", &claims.user) || !get_uuid(payload, "sid", &claims.session) ||
	    !get_email(payload, claims.email) || !get_counter(payload, &claims))
		return JWT_CLAIMS;
	return read_times(payload, now_s, &claims, out);
}

enum jwt_verdict jwt_read_foreign(json_object *payload, int64_t now_s, struct jwt_claims *out)
{
	struct jwt_claims claims = { .type = JWT_ACCESS };

	if ((!get_uuid(payload, "sub", &claims.user) &&
	     !get_uuid(payload, "user_id", &claims.user)) ||
	    !get_email(payload, claims.email))
		return JWT_CLAIMS;
	return read_times(payload, now_s, &claims, out);
}

/* jwt_payload.c -- the payload of our own tokens: how it is written, and a quick way to read what
 * was written so. */
#include "auth/jwt_claims.h"

#include <string.h>

#include "base/json.h"
#include "base/uuid.h"

/* What is still to be read. */
struct rest {
	const char *at, *end;
};

static void put_uuid(struct buf *payload, const char *name, const struct uuid *uuid)
{
	char text[UUID_TEXT_BYTES];

	uuid_format(text, uuid->bytes);
	buf_printf(payload, "%s:\"%s\"", name, text);
}

void jwt_put_own(struct buf *payload, const struct jwt_claims *claims, const char *parties)
{
	struct uuid id = uuid_v7();

	put_uuid(payload, "{\"sub\"", &claims->user);
	put_uuid(payload, ",\"sid\"", &claims->session);
	put_uuid(payload, ",\"jti\"", &id);
	buf_puts(payload, ",\"email\":");
	json_put_text(payload, claims->email);
	buf_printf(payload, ",\"typ\":\"%s\"%s,\"iat\":%lld,\"exp\":%lld",
		   jwt_type_words[claims->type], parties, (long long)claims->issued_s,
		   (long long)claims->expires_s);
	if (claims->type == JWT_REFRESH)
		buf_printf(payload, ",\"ctr\":%lld", (long long)claims->counter);
	buf_putc(payload, '}');
}

static bool take(struct rest *rest, const char *expected)
{
	size_t len = strlen(expected);

	if ((size_t)(rest->end - rest->at) < len || memcmp(rest->at, expected, len) != 0)
		return false;
	rest->at += len;
	return true;
}

static bool take_uuid(struct rest *rest, struct uuid *out)
{
	size_t len = UUID_TEXT_BYTES - 1;

	if ((size_t)(rest->end - rest->at) < len || !uuid_parse(rest->at, len, out))
		return false;
	rest->at += len;
	return true;
}

/* Up to the closing quote; only of characters that stand for themselves in JSON and UTF-8. */
static bool take_email(struct rest *rest, char out[JWT_EMAIL_BYTES])
{
	const char *start = rest->at;
	size_t len;

	while (rest->at < rest->end && *rest->at >= ' ' && *rest->at <= '~' && *rest->at != '"' &&
	       *rest->at != '\\')
		rest->at++;
	len = (size_t)(rest->at - start);
	if (len == 0 || len >= JWT_EMAIL_BYTES)
		return false;
	memcpy(out, start, len);
	out[len] = '\0';
	return true;
}

/* A date of our days, of ten digits. */
static bool take_date(struct rest *rest, int64_t *out)
{
	enum { DIGITS = 10 };

	if (rest->end - rest->at < DIGITS || *rest->at == '0')
		return false;
	*out = 0;
	for (const char *end = rest->at + DIGITS; rest->at < end; rest->at++) {
		if (*rest->at < '0' || *rest->at > '9')
			return false;
		*out = 10 * *out + (*rest->at - '0');
	}
	return true;
}

bool jwt_scan_own(const char *payload, size_t len, const char *parties, struct jwt_claims *out)
{
	struct rest rest = { payload, payload + len };
	struct jwt_claims claims = { .type = JWT_ACCESS };
	struct uuid id;

	if (!take(&rest, "{\"sub\":\"") || !take_uuid(&rest, &claims.user) ||
	    !take(&rest, "\",\"sid\":\"") || !take_uuid(&rest, &claims.session) ||
	    !take(&rest, "\",\"jti\":\"") || !take_uuid(&rest, &id) ||
	    !take(&rest, "\",\"email\":\"") || !take_email(&rest, claims.email) ||
	    !take(&rest, "\",\"typ\":\"access\"") || !take(&rest, parties) ||
	    !take(&rest, ",\"iat\":") || !take_date(&rest, &claims.issued_s) ||
	    !take(&rest, ",\"exp\":") || !take_date(&rest, &claims.expires_s) ||
	    !take(&rest, "}") || rest.at != rest.end)
		return false;
	*out = claims;
	return true;
}

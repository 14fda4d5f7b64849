#include "auth/link_token.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"

/* What a token is, as bytes. */
struct token {
	uint8_t user[16], mac[SHA256_BYTES];
};

_Static_assert(BASE64URL_CHARS(sizeof(struct token)) == LINK_TOKEN_CHARS, "no bits are left over");

void link_token_key(const void *secret, size_t len, uint8_t key[SHA256_BYTES])
{
	derive_key(secret, len, "daybook links", key);
}

/* No purpose has a space in it, so no two pairs make the same text. */
void link_token_make(const uint8_t key[SHA256_BYTES], const struct uuid *user, const char *purpose,
		     const char *subject, char out[LINK_TOKEN_CHARS + 1])
{
	struct token token;
	char text[128];
	int len = snprintf(text, sizeof text, "%s %s", purpose, subject);

	memcpy(token.user, user->bytes, sizeof token.user);
	hmac_sha256(key, SHA256_BYTES, text, (size_t)len, token.mac);
	out[base64url_encode(&token, sizeof token, out)] = '\0';
}

bool link_token_read(const char *text, struct uuid *user, char hash[LINK_TOKEN_HASH_CHARS + 1])
{
	struct token token;
	uint8_t digest[SHA256_BYTES];
	size_t len = strlen(text);

	if (len != LINK_TOKEN_CHARS || !base64url_decode(text, len, &token, &len))
		return false;
	sha256(&token, sizeof token, digest);
	hex_encode(digest, sizeof digest, hash);
	memcpy(user->bytes, token.user, sizeof token.user);
	user->set = true;
	return true;
}

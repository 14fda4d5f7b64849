/* link_token.h -- the tokens in the links of mails: opaque, 256 bits, and bound to a user.
 *
 * Who sends mails derives a token from a key, so that a repeated mail has the same one, and nobody
 * stores it. Who is given one only hashes it and looks that up. */
#ifndef LINK_TOKEN_H
#define LINK_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/types.h"

enum {
	LINK_TOKEN_CHARS = 64, /* of a token, without its NUL */
	LINK_TOKEN_HASH_CHARS = 2 * SHA256_BYTES,
};

/* A key for tokens from a secret of any form (HKDF, RFC 5869). */
void link_token_key(const void *secret, size_t len, uint8_t key[SHA256_BYTES]);

/* The token of a user for a purpose, and what tells it from others of that purpose. */
void link_token_make(const uint8_t key[SHA256_BYTES], const struct uuid *user, const char *purpose,
		     const char *subject, char out[LINK_TOKEN_CHARS + 1]);

/* Reads a token: whose it is, and the hash under which it is known, in hexadecimal. False, with
 * both untouched, for what cannot be one. */
bool link_token_read(const char *text, struct uuid *user, char hash[LINK_TOKEN_HASH_CHARS + 1])
	__attribute__((warn_unused_result));

#endif

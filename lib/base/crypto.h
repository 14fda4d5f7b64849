/* crypto.h -- random bytes, SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) from the kernel and
 * OpenSSL. Nothing here can fail: what should not happen ends the process. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

/* Fills `out` from the kernel's generator (getrandom(2)). */
void random_bytes(void *out, size_t len);

void sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES]);
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 uint8_t out[SHA256_BYTES]);

/* A key that is set up once and used many times, which is several times as fast as
 * hmac_sha256(). The key itself is not kept. The caller frees it. */
struct hmac_key;

struct hmac_key *hmac_key_new(const void *key, size_t key_len);
void hmac_key_sign(const struct hmac_key *key, const void *data, size_t len,
		   uint8_t out[SHA256_BYTES]);
void hmac_key_free(struct hmac_key *key);

#endif

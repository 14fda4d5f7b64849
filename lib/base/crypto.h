/* crypto.h -- random bytes, SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104), derived keys and sealed
 * data, from the kernel and OpenSSL. Nothing here can fail: what should not happen ends the
 * process. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

/* Fills `out` from the kernel's generator (getrandom(2)). */
void random_bytes(void *out, size_t len);

void sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES]);
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 uint8_t out[SHA256_BYTES]);

/* Derives a key for one purpose from a secret (HKDF-SHA-256 without salt, RFC 5869). */
void derive_key(const void *secret, size_t secret_len, const char *purpose,
		uint8_t out[SHA256_BYTES]);

/* How much longer than the data its sealed form is: a random nonce and the tag. */
enum { SEAL_BYTES = 12 + 16, SEAL_KEY_BYTES = 32 };

/* Encrypts data with AES-256-GCM (NIST SP 800-38D) into `out`, of len + SEAL_BYTES bytes. It can
 * only be unsealed under the same key and with the same `about`, which is not kept. */
void seal(const uint8_t key[SEAL_KEY_BYTES], const void *about, size_t about_len, const void *data,
	  size_t len, uint8_t *out);

/* Decrypts what seal() made of `len` bytes into `out`. False, with `out` undefined, for anything
 * else. */
bool unseal(const uint8_t key[SEAL_KEY_BYTES], const void *about, size_t about_len,
	    const uint8_t *sealed, size_t len, void *out) __attribute__((warn_unused_result));

/* A key that is set up once and used many times, which is several times as fast as
 * hmac_sha256(). The key itself is not kept. The caller frees it. */
struct hmac_key;

struct hmac_key *hmac_key_new(const void *key, size_t key_len);
void hmac_key_sign(const struct hmac_key *key, const void *data, size_t len,
		   uint8_t out[SHA256_BYTES]);
void hmac_key_free(struct hmac_key *key);

#endif

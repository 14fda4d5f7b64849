/* crypto.c -- random bytes, SHA-256 and HMAC-SHA-256 from the kernel and OpenSSL. */
#include "base/crypto.h"

#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

/* Each signature starts the context anew with the key that it has, which costs less than a copy. */
struct hmac_key {
	EVP_MAC_CTX *keyed;
};

void random_bytes(void *out, size_t len)
{
	uint8_t *at = out;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		assert(got > 0);
		at += got;
		len -= (size_t)got;
	}
}

void sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES])
{
	const uint8_t *done = SHA256(data, len, out);

	assert(done);
}

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 uint8_t out[SHA256_BYTES])
{
	struct hmac_key *once = hmac_key_new(key, key_len);

	hmac_key_sign(once, data, len, out);
	hmac_key_free(once);
}

struct hmac_key *hmac_key_new(const void *key, size_t key_len)
{
	struct hmac_key *made = malloc(sizeof *made);
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	int done;

	assert(made && mac);
	made->keyed = EVP_MAC_CTX_new(mac);
	assert(made->keyed);
	done = EVP_MAC_init(made->keyed, key, key_len, params);
	assert(done == 1);
	EVP_MAC_free(mac);
	return made;
}

void hmac_key_sign(const struct hmac_key *key, const void *data, size_t len,
		   uint8_t out[SHA256_BYTES])
{
	size_t written = 0;
	bool done = EVP_MAC_init(key->keyed, NULL, 0, NULL) == 1 &&
		    EVP_MAC_update(key->keyed, data, len) == 1 &&
		    EVP_MAC_final(key->keyed, out, &written, SHA256_BYTES) == 1;

	assert(done && written == SHA256_BYTES);
}

void hmac_key_free(struct hmac_key *key)
{
	EVP_MAC_CTX_free(key->keyed);
	free(key);
}

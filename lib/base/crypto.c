/* crypto.c -- what OpenSSL and the kernel do, in the few forms that are needed here. */
#include "base/crypto.h"

#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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

void derive_key(const void *secret, size_t secret_len, const char *purpose,
		uint8_t out[SHA256_BYTES])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)purpose,
						  strlen(purpose)),
		OSSL_PARAM_construct_end(),
	};
	int done = EVP_KDF_derive(context, out, SHA256_BYTES, params);

	assert(done == 1);
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

enum { NONCE_BYTES = 12, TAG_BYTES = SEAL_BYTES - NONCE_BYTES };

/* Fetched once: that takes longer than to encrypt a short text. */
static const EVP_CIPHER *sealing_cipher(void)
{
	static EVP_CIPHER *cipher;

	if (!cipher)
		cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	assert(cipher);
	return cipher;
}

/* Begins to encrypt (1) or to decrypt (0), and reads `about`. */
static EVP_CIPHER_CTX *begin_cipher(int encrypt, const uint8_t *key, const uint8_t *nonce,
				    const void *about, size_t about_len)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int len;
	bool done = EVP_CipherInit_ex2(cipher, sealing_cipher(), key, nonce, encrypt, NULL) == 1 &&
		    EVP_CipherUpdate(cipher, NULL, &len, about, (int)about_len) == 1;

	assert(done);
	return cipher;
}

void seal(const uint8_t key[SEAL_KEY_BYTES], const void *about, size_t about_len, const void *data,
	  size_t len, uint8_t *out)
{
	uint8_t *text = out + NONCE_BYTES;
	int put;

	random_bytes(out, NONCE_BYTES);
	EVP_CIPHER_CTX *cipher = begin_cipher(1, key, out, about, about_len);
	bool done = EVP_CipherUpdate(cipher, text, &put, data, (int)len) == 1 &&
		    EVP_CipherFinal_ex(cipher, text + len, &put) == 1 &&
		    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, text + len) == 1;

	assert(done);
	EVP_CIPHER_CTX_free(cipher);
}

bool unseal(const uint8_t key[SEAL_KEY_BYTES], const void *about, size_t about_len,
	    const uint8_t *sealed, size_t len, void *out)
{
	const uint8_t *text = sealed + NONCE_BYTES;
	uint8_t tag[TAG_BYTES], *at = out;
	int put;

	memcpy(tag, text + len, TAG_BYTES);
	EVP_CIPHER_CTX *cipher = begin_cipher(0, key, sealed, about, about_len);
	bool done = EVP_CipherUpdate(cipher, at, &put, text, (int)len) == 1 &&
		    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
		    EVP_CipherFinal_ex(cipher, at + len, &put) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return done;
}

/* test_crypto.c -- SHA-256 and HMAC against published vectors, and the random generator. */
#include "base/crypto.h"
#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_sha256(void **state)
{
	/* FIPS 180-2 appendix B, and the empty message */
	static const struct {
		const char *message;
		const char *digest;
	} vectors[] = {
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		uint8_t digest[SHA256_BYTES];
		char text[2 * SHA256_BYTES + 1];

		sha256(vectors[i].message, strlen(vectors[i].message), digest);
		hex_encode(digest, sizeof digest, text);
		assert_string_equal(text, vectors[i].digest);
	}
}

static void test_hmac_sha256(void **state)
{
	/* RFC 4231 sections 4.2, 4.3 and 4.7 (a key that is longer than a block) */
	char long_key[131];
	const struct {
		const char *key;
		size_t key_len;
		const char *data;
		const char *mac;
	} vectors[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		  "\x0b",
		  20, "Hi There",
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 4, "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ long_key, sizeof long_key,
		  "Test Using Larger Than Block-Size Key - Hash Key First",
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ "", 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
	};

	(void)state;
	memset(long_key, 0xaa, sizeof long_key);
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct hmac_key *key = hmac_key_new(vectors[i].key, vectors[i].key_len);
		uint8_t mac[SHA256_BYTES];
		char text[2 * SHA256_BYTES + 1];

		hmac_sha256(vectors[i].key, vectors[i].key_len, vectors[i].data,
			    strlen(vectors[i].data), mac);
		hex_encode(mac, sizeof mac, text);
		assert_string_equal(text, vectors[i].mac);

		for (int again = 0; again < 3; again++) {
			memset(mac, 0, sizeof mac);
			hmac_key_sign(key, vectors[i].data, strlen(vectors[i].data), mac);
			hex_encode(mac, sizeof mac, text);
			assert_string_equal(text, vectors[i].mac);
		}
		hmac_key_free(key);
	}
}

static void test_random_bytes(void **state)
{
	static uint8_t first[4096];
	static uint8_t second[4096];
	unsigned seen[256] = { 0 };

	(void)state;
	random_bytes(first, sizeof first);
	random_bytes(second, sizeof second);
	assert_memory_not_equal(first, second, sizeof first);
	for (size_t i = 0; i < sizeof first; i++)
		seen[first[i]]++;
	for (size_t value = 0; value < 256; value++)
		assert_in_range(seen[value], 0, 64);
	random_bytes(first, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_hmac_sha256),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

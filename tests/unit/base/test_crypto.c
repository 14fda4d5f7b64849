/* test_crypto.c -- digests, keys and sealed data against published vectors, and the random
 * generator. */
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

static void test_derived_keys(void **state)
{
	uint8_t one[SHA256_BYTES], other[SHA256_BYTES], step[SHA256_BYTES];
	static const uint8_t salt[SHA256_BYTES] = { 0 };

	(void)state;
	/* RFC 5869 sections 2.2 and 2.3, for one block and without salt */
	hmac_sha256(salt, sizeof salt, "secret", 6, step);
	hmac_sha256(step, sizeof step, "purpose\x01", 8, other);
	derive_key("secret", 6, "purpose", one);
	assert_memory_equal(one, other, sizeof one);
	derive_key("secret", 6, "another", other);
	assert_memory_not_equal(one, other, sizeof one);
	derive_key("secreT", 6, "purpose", other);
	assert_memory_not_equal(one, other, sizeof one);
}

static void test_sealed_data(void **state)
{
	/* "The Galois/Counter Mode of Operation" (McGrew and Viega), appendix B, test case 16 */
	static const uint8_t key[SEAL_KEY_BYTES] =
		"\xfe\xff\xe9\x92\x86\x65\x73\x1c\x6d\x6a\x8f\x94\x67\x30\x83\x08"
		"\xfe\xff\xe9\x92\x86\x65\x73\x1c\x6d\x6a\x8f\x94\x67\x30\x83\x08";
	static const char about[] = "\xfe\xed\xfa\xce\xde\xad\xbe\xef\xfe\xed\xfa\xce\xde"
				    "\xad\xbe\xef\xab\xad\xda\xd2";
	static const char plain[] =
		"\xd9\x31\x32\x25\xf8\x84\x06\xe5\xa5\x59\x09\xc5\xaf\xf5\x26\x9a"
		"\x86\xa7\xa9\x53\x15\x34\xf7\xda\x2e\x4c\x30\x3d\x8a\x31\x8a\x72"
		"\x1c\x3c\x0c\x95\x95\x68\x09\x53\x2f\xcf\x0e\x24\x49\xa6\xb5\x25"
		"\xb1\x6a\xed\xf5\xaa\x0d\xe6\x57\xba\x63\x7b\x39";
	static const uint8_t sealed[60 + SEAL_BYTES] =
		"\xca\xfe\xba\xbe\xfa\xce\xdb\xad\xde\xca\xf8\x88"
		"\x52\x2d\xc1\xf0\x99\x56\x7d\x07\xf4\x7f\x37\xa3\x2a\x84\x42\x7d"
		"\x64\x3a\x8c\xdc\xbf\xe5\xc0\xc9\x75\x98\xa2\xbd\x25\x55\xd1\xaa"
		"\x8c\xb0\x8e\x48\x59\x0d\xbb\x3d\xa7\xb0\x8b\x10\x56\x82\x88\x38"
		"\xc5\xf6\x1e\x63\x93\xba\x7a\x0a\xbc\xc9\xf6\x62"
		"\x76\xfc\x6e\xce\x0f\x4e\x17\x68\xcd\xdf\x88\x53\xbb\x2d\x55\x1b";
	uint8_t made[sizeof sealed], again[sizeof sealed], out[60];

	(void)state;
	assert_true(unseal(key, about, 20, sealed, 60, out));
	assert_memory_equal(out, plain, 60);
	seal(key, about, 20, plain, 60, made);
	seal(key, about, 20, plain, 60, again);
	assert_memory_not_equal(made, again, 12);
	assert_true(unseal(key, about, 20, made, 60, out));
	assert_memory_equal(out, plain, 60);
	for (size_t at = 0; at < sizeof made; at++) {
		made[at] ^= 1;
		assert_false(unseal(key, about, 20, made, 60, out));
		made[at] ^= 1;
	}
	assert_false(unseal(key, about, 19, made, 60, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),	     cmocka_unit_test(test_hmac_sha256),
		cmocka_unit_test(test_random_bytes), cmocka_unit_test(test_derived_keys),
		cmocka_unit_test(test_sealed_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

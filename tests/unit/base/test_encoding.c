/* test_encoding.c -- base64url against RFC 4648 and RFC 7515, and hexadecimal. */
#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} vectors[] = {
	/* RFC 4648 section 10, without padding */
	{ "", 0, "" },
	{ "f", 1, "Zg" },
	{ "fo", 2, "Zm8" },
	{ "foo", 3, "Zm9v" },
	{ "foob", 4, "Zm9vYg" },
	{ "fooba", 5, "Zm9vYmE" },
	{ "foobar", 6, "Zm9vYmFy" },
	/* RFC 7515 appendix C */
	{ "\x03\xec\xff\xe0\xc1", 5, "A-z_4ME" },
	/* RFC 7515 appendix A.1.1: the protected header */
	{ "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", 30,
	  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" },
	{ "\xff\xff\xff", 3, "____" },
	{ "\xfb\xef\xbe", 3, "----" },
	{ "\0", 1, "AA" },
	{ "\0\0\0", 3, "AAAA" },
};

static void test_base64url_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		char text[64];
		char bytes[64];
		size_t len = base64url_encode(vectors[i].bytes, vectors[i].len, text);
		size_t decoded_len;

		assert_int_equal(len, strlen(vectors[i].text));
		assert_int_equal(len, BASE64URL_CHARS(vectors[i].len));
		assert_memory_equal(text, vectors[i].text, len);
		assert_true(base64url_decode(text, len, bytes, &decoded_len));
		assert_int_equal(decoded_len, vectors[i].len);
		assert_memory_equal(bytes, vectors[i].bytes, decoded_len);
	}
}

static void test_base64url_round_trip(void **state)
{
	uint8_t bytes[256];
	uint8_t back[256];
	char text[BASE64URL_CHARS(256)];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		size_t chars = base64url_encode(bytes, len, text);
		size_t back_len;

		assert_true(base64url_decode(text, chars, back, &back_len));
		assert_int_equal(back_len, len);
		assert_memory_equal(back, bytes, len);
	}
}

static void test_base64url_refusals(void **state)
{
	static const char *const refused[] = {
		"A",	"AAAAA", "Zg==", "Zg=",	 "Zm8=", " Zg",	   "Zg ",      "Z g",
		"Zg\n", "Zm9\n", "Zm+v", "Zm/v", "Zm.v", "Zm9v.",  "Zm9\x80",  "Zm9\xff",
		"Zh",	"Zi",	 "Zk",	 "Zx",	 "Zm9",	 "Zm-",	   "A-z_4MF",  "A-z_4MG",
		"QR",	"QX",	 "AB",	 "AAB",	 "====", "Zm9v\t", "Zm9vYmF*", "Zm9vYm=y",
	};
	char bytes[16];
	size_t len = 77;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_false(base64url_decode(refused[i], strlen(refused[i]), bytes, &len));
	assert_false(base64url_decode("Zm9\0", 4, bytes, &len));
	assert_int_equal(len, 77);
}

/* Of all two-character texts only those with four zero bits at the end are canonical. */
static void test_base64url_one_spelling(void **state)
{
	unsigned accepted = 0;

	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		char text[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		char byte[1];
		size_t len;

		accepted += base64url_decode(text, 2, byte, &len);
	}
	assert_int_equal(accepted, 256);
}

static void test_hex(void **state)
{
	char text[17];

	(void)state;
	hex_encode("\x00\x01\x7f\x80\xab\xcd\xef\xff", 8, text);
	assert_string_equal(text, "00017f80abcdefff");
	hex_encode("", 0, text);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64url_vectors),
		cmocka_unit_test(test_base64url_round_trip),
		cmocka_unit_test(test_base64url_refusals),
		cmocka_unit_test(test_base64url_one_spelling),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

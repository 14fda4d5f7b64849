/* test_utf8.c -- UTF-8 (RFC 3629 section 4). */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_valid(void **state)
{
	static const char *const valid[] = {
		"",
		"a",
		"abcdefgh",
		"abcdefghi",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"\n\t\x01\x7f",
		"0123456\xc3\xa9",
		"01234567\xc3\xa9"
		"0123456789",
		"\xef\xbb\xbf"
		"bom",
	};
	static const char *const invalid[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2\x41",
		"\xe0\x9f\xbf",
		"\xe0\xa0",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xef\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf0\x90\x80",
		"\xf1\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe",
		"01234567\x80",
		"0123456\xc3",
		"01234567"
		"01234567\xe9",
		"\xe2\x82\x28",
		"\xf0\x9f\x94\x28",
		"\xc3\xa9\xa9",
	};

	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		if (!utf8_valid(valid[i], strlen(valid[i])))
			fail_msg("valid text %zu is refused", i);
	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
		if (utf8_valid(invalid[i], strlen(invalid[i])))
			fail_msg("invalid text %zu is accepted", i);
	assert_true(utf8_valid("a\0b", 3));
	assert_false(utf8_valid("a\0\x80", 3));
}

/* Counts all code points: exactly those of RFC 3629 are valid, in exactly one spelling. */
static void test_every_short_sequence(void **state)
{
	unsigned two = 0;
	unsigned three = 0;

	(void)state;
	for (unsigned bits = 0; bits < 0x1000000; bits++) {
		char text[3] = { (char)(bits >> 16), (char)(bits >> 8), (char)bits };
		bool is_lead_two = (bits >> 21) == 6 && bits % 256 == 0;

		if (is_lead_two)
			two += utf8_valid(text, 2);
		if (bits >> 20 == 0xe)
			three += utf8_valid(text, 3);
	}
	assert_int_equal(two, 0x800 - 0x80);
	assert_int_equal(three, 0x10000 - 0x800 - 0x800);
}

/* Every character is read as it was written, and valid unless it is a surrogate. */
static void test_there_and_back(void **state)
{
	(void)state;
	for (uint32_t character = 1; character < 0x110000; character++) {
		char text[5] = "";
		const char *end = utf8_encode(text, character), *at = text;
		bool surrogate = character >= 0xd800 && character < 0xe000;

		assert_int_equal(utf8_valid(text, (size_t)(end - text)), !surrogate);
		assert_int_equal(utf8_decode(&at), character);
		assert_ptr_equal(at, end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_every_short_sequence),
		cmocka_unit_test(test_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

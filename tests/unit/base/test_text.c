/* test_text.c -- the length of texts in code points, and which of them are blank. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_length(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("caf\xc3\xa9"), 4);
	assert_int_equal(text_length("cafe\xcc\x81"), 5); /* e and a combining acute */
	assert_int_equal(text_length("\xe2\x82\xac"), 1);
	assert_int_equal(text_length("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), 2);
}

/* Every code point with the property White_Space, by itself and beside others (PropList.txt). */
static void test_blank(void **state)
{
	static const char *const blank[] = {
		"",	    " ",      "\t",	"\n",	  "\v",	    "\f",	  "\r",
		"\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002",	  "\u2003",
		"\u2004",   "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",	  "\u200a",
		"\u2028",   "\u2029", "\u202f", "\u205f", "\u3000", " \u3000\n ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++)
		assert_true(text_is_blank(blank[i]));
}

/* What looks like space but is none: controls, zero width, fillers, the byte order mark. */
static void test_not_blank(void **state)
{
	static const char *const full[] = {
		"a",	  " a ",    "\x01",   "\x1c",	"\x1f",	  "\x7f",   "\u180e", "\u200b",
		"\u200c", "\u200d", "\u2060", "\u2800", "\u3164", "\ufeff", "\u00ad", "  .",
	};

	(void)state;
	for (size_t i = 0; i < sizeof full / sizeof full[0]; i++)
		assert_false(text_is_blank(full[i]));
}

static void test_trim(void **state)
{
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{ "", "" },
		{ " \t\n", "" },
		{ "a", "a" },
		{ " a b ", "a b" },
		{ "\u3000a\u00A0\u2003", "a" },
		{ "\xC2\x85x\xC2\x85", "x" },
		{ " \u200Bx\u200B ", "\u200Bx\u200B" }, /* of no width, but no White_Space */
		{ "\u00e0", "\u00e0" },
	};
	struct arena *arena = arena_new(64);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(text_trim(arena, rows[i].text), rows[i].trimmed);
	arena_free(arena);
}

static void test_any_bytes(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91", "\u00e4\u20ac\U0001F511" },
		{ "\xff", "\uFFFD" },
		{ "a\xe4z", "a\uFFFDz" },
		{ "\xff\xfe", "\uFFFD\uFFFD" },
		{ "\xe2\x82", "\uFFFD\uFFFD" },
		{ "\xe2\x82x", "\uFFFD\uFFFDx" },
		{ "\xc0\x80\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD" },
		{ "x\xf4\x90\x80\x80y", "x\uFFFD\uFFFD\uFFFD\uFFFDy" },
	};
	struct arena *arena = arena_new(64);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(text_from_bytes(arena, rows[i].bytes), rows[i].text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),	  cmocka_unit_test(test_blank),
		cmocka_unit_test(test_not_blank), cmocka_unit_test(test_trim),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_json_scan.c -- every rule of the grammar (RFC 8259). */
#include "base/json_scan.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEPTH 32

static const char *const accepted[] = {
	/* each kind of value as the root, and white space around it */
	"{}",
	"[]",
	"\"\"",
	"0",
	"true",
	"false",
	"null",
	" \t\r\n{ } \t\r\n",
	"\n[\r]\t",
	" 1 ",
	/* structure */
	"[1]",
	"[1,2]",
	"[ 1 , 2 ]",
	"[[],[]]",
	"[{},{}]",
	"[null,true,false]",
	"{\"a\":1}",
	"{ \"a\" : 1 , \"b\" : [ ] }",
	"{\"a\":{\"b\":{\"c\":[[{}]]}}}",
	"{\"\":0}",
	"{\"a\":1,\"a\":2}",
	"[[],{},\"\",0,null]",
	"{\"a\":[],\"b\":{}}",
	/* numbers */
	"-0",
	"1",
	"-1",
	"10",
	"1234567890",
	"0.0",
	"-0.0",
	"0.5",
	"10.25",
	"1e0",
	"1E0",
	"1e+1",
	"1e-1",
	"1E+1",
	"1E-1",
	"0e0",
	"0e+00",
	"-0.0e-0",
	"1.5e300",
	"1e400",
	"-1e400",
	"1e-400",
	"123456789012345678901234567890",
	"-99999999999999999999999",
	"0.00000000000000000000000000000000000000001",
	"[0,-0,0.1]",
	"[1e1]",
	"1e00000000000000001",
	/* strings: escapes and plain bytes */
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"\\u0000\"",
	"\"\\u001f\\u0020\\uFFFF\\uabcd\\uABCD\"",
	"\"\\ud800\\udc00\"",
	"\"\\uDBFF\\uDFFF\"",
	"\"\\uD83D\\uDE00 and \\uD83D\\uDE00\"",
	"\"\\ud7ff\\ue000\"",
	"\"\\\\u0000\"",
	"\"\\\\ud800\"",
	"\"\x7f\"",
	"\"'\"",
	"\"/* // */\"",
	"\"<script>\"",
	"\"a\\u00e9b\"",
	"\"eight by\"",
	"\"sixteen bytes of\"",
	"\"8 bytes\\n\"",
	"{\"\\u0001\":1}",
	"{\"\\\\u0000\":1}",
	"{\"a\\u00e9\\n\":1}",
	"{\"a\":\"\\u0000\"}",
	/* strings: UTF-8 of each length, at its ends */
	"\"\xc2\x80\xdf\xbf\"",
	"\"\xe0\xa0\x80\xe0\xbf\xbf\"",
	"\"\xe1\x80\x80\xec\xbf\xbf\"",
	"\"\xed\x80\x80\xed\x9f\xbf\"",
	"\"\xee\x80\x80\xef\xbf\xbf\"",
	"\"\xef\xbb\xbf\"",
	"\"\xf0\x90\x80\x80\xf0\xbf\xbf\xbf\"",
	"\"\xf1\x80\x80\x80\xf3\xbf\xbf\xbf\"",
	"\"\xf4\x80\x80\x80\xf4\x8f\xbf\xbf\"",
	"{\"\xc3\xa9\":\"\xf0\x9f\x94\x91\"}",
};

static const struct {
	const char *text;
	const char *reason;
	size_t offset;
} refused[] = {
	/* nothing, or not all of it */
	{ "", "the text is empty", 0 },
	{ " \t\r\n", "the text is empty", 4 },
	{ "[", "the text ends too early", 1 },
	{ "{", "the text ends too early", 1 },
	{ "[1", "the text ends too early", 2 },
	{ "[1,", "the text ends too early", 3 },
	{ "[[1]", "the text ends too early", 4 },
	{ "{\"a\":1", "the text ends too early", 6 },
	{ "{\"a\":1,", "the text ends too early", 7 },
	{ "{\"a\":", "the text ends too early", 5 },
	{ "{\"a\": ", "the text ends too early", 6 },
	{ "{\"a\"", "a colon is missing", 4 },
	{ "{\"a\" ", "a colon is missing", 5 },
	{ "\"", "the text ends in a string", 1 },
	{ "\"abc", "the text ends in a string", 4 },
	{ "\"eight by", "the text ends in a string", 9 },
	{ "\"\\", "the text ends in a string", 1 },
	{ "{\"a", "the text ends in a string", 3 },
	{ "\"\\u", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u00", "\\u needs four hexadecimal digits", 1 },
	/* text after the end */
	{ "{}{}", "there is text after the end", 2 },
	{ "{} x", "there is text after the end", 3 },
	{ "1 2", "there is text after the end", 2 },
	{ "[]]", "there is text after the end", 2 },
	{ "{}}", "there is text after the end", 2 },
	{ "{},", "there is text after the end", 2 },
	{ "nullx", "there is text after the end", 4 },
	{ "\"a\"\"b\"", "there is text after the end", 3 },
	{ "{}//", "there is text after the end", 2 },
	{ "{}\xef\xbb\xbf", "there is text after the end", 2 },
	/* commas, colons and brackets */
	{ "[1,]", "a trailing comma", 3 },
	{ "[1, ]", "a trailing comma", 4 },
	{ "{\"a\":1,}", "a trailing comma", 7 },
	{ "{\"a\":[],}", "a trailing comma", 8 },
	{ "[,]", "a value is missing or malformed", 1 },
	{ "[,1]", "a value is missing or malformed", 1 },
	{ "[1,,2]", "a value is missing or malformed", 3 },
	{ "{\"a\":}", "a value is missing or malformed", 5 },
	{ "{\"a\":]", "a value is missing or malformed", 5 },
	{ "{\"a\":,}", "a value is missing or malformed", 5 },
	{ "{\"a\"::1}", "a value is missing or malformed", 5 },
	{ "]", "a value is missing or malformed", 0 },
	{ "}", "a value is missing or malformed", 0 },
	{ ",", "a value is missing or malformed", 0 },
	{ ":", "a value is missing or malformed", 0 },
	{ "[}", "a value is missing or malformed", 1 },
	{ "{]", "a member name in double quotes is missing", 1 },
	{ "{,}", "a member name in double quotes is missing", 1 },
	{ "{\"a\":1,,}", "a member name in double quotes is missing", 7 },
	{ "{1:1}", "a member name in double quotes is missing", 1 },
	{ "{a:1}", "a member name in double quotes is missing", 1 },
	{ "{'a':1}", "a member name in double quotes is missing", 1 },
	{ "{null:1}", "a member name in double quotes is missing", 1 },
	{ "{[]:1}", "a member name in double quotes is missing", 1 },
	{ "{\"a\" 1}", "a colon is missing", 5 },
	{ "{\"a\",1}", "a colon is missing", 4 },
	{ "{\"a\"}", "a colon is missing", 4 },
	{ "{\"a\"=1}", "a colon is missing", 4 },
	{ "[1 2]", "a comma or closing bracket is missing", 3 },
	{ "[1;2]", "a comma or closing bracket is missing", 2 },
	{ "[1}", "a comma or closing bracket is missing", 2 },
	{ "[1:2]", "a comma or closing bracket is missing", 2 },
	{ "{\"a\":1]", "a comma or closing bracket is missing", 6 },
	{ "{\"a\":1 \"b\":2}", "a comma or closing bracket is missing", 7 },
	{ "{\"a\":1:2}", "a comma or closing bracket is missing", 6 },
	{ "[[1},1]", "a comma or closing bracket is missing", 3 },
	{ "[\"a\"\"b\"]", "a comma or closing bracket is missing", 4 },
	{ "[truefalse]", "a comma or closing bracket is missing", 5 },
	/* words */
	{ "NaN", "a value is missing or malformed", 0 },
	{ "[NaN]", "a value is missing or malformed", 1 },
	{ "nan", "a value is missing or malformed", 0 },
	{ "Infinity", "a value is missing or malformed", 0 },
	{ "-Infinity", "a number lacks a digit", 1 },
	{ "-NaN", "a number lacks a digit", 1 },
	{ "True", "a value is missing or malformed", 0 },
	{ "TRUE", "a value is missing or malformed", 0 },
	{ "Null", "a value is missing or malformed", 0 },
	{ "tru", "a value is missing or malformed", 0 },
	{ "fals", "a value is missing or malformed", 0 },
	{ "nul", "a value is missing or malformed", 0 },
	{ "undefined", "a value is missing or malformed", 0 },
	{ "[tru]", "a value is missing or malformed", 1 },
	{ "'a'", "a value is missing or malformed", 0 },
	{ "`a`", "a value is missing or malformed", 0 },
	{ "a", "a value is missing or malformed", 0 },
	/* comments and white space of other languages */
	{ "/* */ 1", "a value is missing or malformed", 0 },
	{ "// 1\n1", "a value is missing or malformed", 0 },
	{ "# 1\n1", "a value is missing or malformed", 0 },
	{ "[1/**/]", "a comma or closing bracket is missing", 2 },
	{ "{/**/}", "a member name in double quotes is missing", 1 },
	{ "\v1", "a value is missing or malformed", 0 },
	{ "\f1", "a value is missing or malformed", 0 },
	{ "\xc2\xa0"
	  "1",
	  "a value is missing or malformed", 0 },
	{ "[\xe2\x80\xa8]", "a value is missing or malformed", 1 },
	{ "\xef\xbb\xbf{}", "a byte order mark", 0 },
	{ "\xef\xbb\xbf", "a byte order mark", 0 },
	{ "\xef\xbb", "a value is missing or malformed", 0 },
	{ " \xef\xbb\xbf{}", "a value is missing or malformed", 1 },
	{ "\xfe\xff", "a value is missing or malformed", 0 },
	/* numbers */
	{ "+1", "a value is missing or malformed", 0 },
	{ ".5", "a value is missing or malformed", 0 },
	{ "-", "a number lacks a digit", 1 },
	{ "--1", "a number lacks a digit", 1 },
	{ "-+1", "a number lacks a digit", 1 },
	{ "-.5", "a number lacks a digit", 1 },
	{ "-a", "a number lacks a digit", 1 },
	{ "1.", "a number lacks a digit", 2 },
	{ "[1.]", "a number lacks a digit", 3 },
	{ "1.e1", "a number lacks a digit", 2 },
	{ "1.-1", "a number lacks a digit", 2 },
	{ "1e", "a number lacks a digit", 2 },
	{ "1E", "a number lacks a digit", 2 },
	{ "1e+", "a number lacks a digit", 3 },
	{ "1e-", "a number lacks a digit", 3 },
	{ "1e+-1", "a number lacks a digit", 3 },
	{ "1e1.5", "there is text after the end", 3 },
	{ "1ee1", "a number lacks a digit", 2 },
	{ "01", "a number has a leading zero", 1 },
	{ "00", "a number has a leading zero", 1 },
	{ "-01", "a number has a leading zero", 2 },
	{ "-00.5", "a number has a leading zero", 2 },
	{ "[012]", "a number has a leading zero", 2 },
	{ "0x10", "there is text after the end", 1 },
	{ "1_000", "there is text after the end", 1 },
	{ "1a", "there is text after the end", 1 },
	{ "1.5.5", "there is text after the end", 3 },
	{ "1,5", "there is text after the end", 1 },
	{ "\xd9\xa1", "a value is missing or malformed", 0 },
	{ "1\xef\xbc\x91", "there is text after the end", 1 },
	/* strings */
	{ "\"\n\"", "a control character in a string", 1 },
	{ "\"\t\"", "a control character in a string", 1 },
	{ "\"\x01\"", "a control character in a string", 1 },
	{ "\"\x1f\"", "a control character in a string", 1 },
	{ "\"0123456\x1f"
	  "89abcdef\"",
	  "a control character in a string", 8 },
	{ "\"01234567\n9abcdef\"", "a control character in a string", 9 },
	{ "\"\\a\"", "an unknown escape", 1 },
	{ "\"\\'\"", "an unknown escape", 1 },
	{ "\"\\0\"", "an unknown escape", 1 },
	{ "\"\\x41\"", "an unknown escape", 1 },
	{ "\"\\N\"", "an unknown escape", 1 },
	{ "\"\\U0041\"", "an unknown escape", 1 },
	{ "\"\\\n\"", "an unknown escape", 1 },
	{ "\"\\\xc3\xa9\"", "an unknown escape", 1 },
	{ "\"\\u\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u123\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u123g\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u-123\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u 123\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u{41}\"", "\\u needs four hexadecimal digits", 1 },
	{ "\"\\u12\\u0034\"", "\\u needs four hexadecimal digits", 1 },
	{ "{\"\\u0000\":1}", "a member name contains U+0000", 2 },
	{ "{\"a\\u0000b\":1}", "a member name contains U+0000", 3 },
	{ "[{\"a\":{\"b\\u0000\":1}}]", "a member name contains U+0000", 9 },
	{ "{\"a\\u0000\":1,\"\\u0000\":2}", "a member name contains U+0000", 3 },
	{ "{\"a\\u0000\":1,}", "a trailing comma", 13 },
	{ "{\"a\\u0000\":1", "the text ends too early", 12 },
	/* surrogates */
	{ "\"\\ud800\"", "a lone surrogate", 1 },
	{ "\"\\udbff\"", "a lone surrogate", 1 },
	{ "\"\\udc00\"", "a lone surrogate", 1 },
	{ "\"\\udfff\"", "a lone surrogate", 1 },
	{ "\"a\\uD800b\"", "a lone surrogate", 2 },
	{ "\"\\ud800\\ud800\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\u0041\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\n12345\"", "a lone surrogate", 1 },
	{ "\"\\ud800xudc00\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\xdc00\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\udc0\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\udc0g\"", "a lone surrogate", 1 },
	{ "\"\\udc00\\ud800\"", "a lone surrogate", 1 },
	{ "\"\\ud800\\udc00\\udc00\"", "a lone surrogate", 13 },
	{ "{\"\\ud800\":1}", "a lone surrogate", 2 },
	/* UTF-8: surrogates, overlong forms, too high, cut short, out of place */
	{ "\"\xed\xa0\x80\"", "invalid UTF-8", 1 },
	{ "\"\xed\xbf\xbf\"", "invalid UTF-8", 1 },
	{ "\"\xed\xa0\x80\xed\xb0\x80\"", "invalid UTF-8", 1 },
	{ "\"\xc0\x80\"", "invalid UTF-8", 1 },
	{ "\"\xc0\xaf\"", "invalid UTF-8", 1 },
	{ "\"\xc1\xbf\"", "invalid UTF-8", 1 },
	{ "\"\xe0\x80\xaf\"", "invalid UTF-8", 1 },
	{ "\"\xe0\x9f\xbf\"", "invalid UTF-8", 1 },
	{ "\"\xf0\x80\x80\xaf\"", "invalid UTF-8", 1 },
	{ "\"\xf0\x8f\xbf\xbf\"", "invalid UTF-8", 1 },
	{ "\"\xf4\x90\x80\x80\"", "invalid UTF-8", 1 },
	{ "\"\xf5\x80\x80\x80\"", "invalid UTF-8", 1 },
	{ "\"\xf8\x88\x80\x80\x80\"", "invalid UTF-8", 1 },
	{ "\"\xfc\x84\x80\x80\x80\x80\"", "invalid UTF-8", 1 },
	{ "\"\xfe\"", "invalid UTF-8", 1 },
	{ "\"\xff\"", "invalid UTF-8", 1 },
	{ "\"\x80\"", "invalid UTF-8", 1 },
	{ "\"\xbf\"", "invalid UTF-8", 1 },
	{ "\"\xc3\"", "invalid UTF-8", 1 },
	{ "\"\xc3", "invalid UTF-8", 1 },
	{ "\"\xe2\x82\"", "invalid UTF-8", 1 },
	{ "\"\xe2\x82", "invalid UTF-8", 1 },
	{ "\"\xe2\x28\xa1\"", "invalid UTF-8", 1 },
	{ "\"\xf0\x9f\x94\"", "invalid UTF-8", 1 },
	{ "\"\xf0\x9f\x28\x91\"", "invalid UTF-8", 1 },
	{ "\"\xf0\x9f\x94", "invalid UTF-8", 1 },
	{ "\"\xc3\xa9\xa9\"", "invalid UTF-8", 3 },
	{ "\"caf\xe9\"", "invalid UTF-8", 4 },
	{ "\"0123456\xe9"
	  "89abcdef\"",
	  "invalid UTF-8", 8 },
	{ "{\"\xff\":1}", "invalid UTF-8", 2 },
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
		struct json_fault fault = { "untouched", 42 };

		if (!json_scan(accepted[i], strlen(accepted[i]), DEPTH, &fault))
			fail_msg("%s: %s at %zu", accepted[i], fault.reason, fault.offset);
		assert_string_equal(fault.reason, "untouched");
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct json_fault fault;

		if (json_scan(refused[i].text, strlen(refused[i].text), DEPTH, &fault))
			fail_msg("%s is accepted", refused[i].text);
		if (strcmp(fault.reason, refused[i].reason) != 0 ||
		    fault.offset != refused[i].offset)
			fail_msg("%s: %s at %zu", refused[i].text, fault.reason, fault.offset);
	}
}

static void test_nul(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		size_t offset;
	} texts[] = {
		{ "\0", 1, 0 },
		{ "{}\0", 3, 2 },
		{ "{}\0{}", 5, 2 },
		{ "\0{}", 3, 0 },
		{ "\"a\0b\"", 5, 2 },
		{ "[1\0]", 4, 2 },
		{ "12\0"
		  "3",
		  4, 2 },
		{ "{\"a\0\":1}", 8, 3 },
		{ "\"\\\0\"", 4, 1 },
		{ "\"\\u00\0\"", 7, 1 },
		{ "nul\0", 4, 0 },
		{ "\"1234567\0abcdefgh\"", 18, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct json_fault fault;

		assert_false(json_scan(texts[i].text, texts[i].len, DEPTH, &fault));
		assert_int_equal(fault.offset, texts[i].offset);
	}
}

/* What is accepted as a whole is refused when any byte at its end is missing. */
static void test_prefixes(void **state)
{
	static const char text[] =
		"{\"a\\u00e9\":[1.5e-3,true,\"\xc3\xa9\\ud83d\\ude00\"],\"b\":{}}";
	struct json_fault fault;

	(void)state;
	assert_true(json_scan(text, sizeof text - 1, DEPTH, &fault));
	for (size_t len = 0; len < sizeof text - 1; len++)
		assert_false(json_scan(text, len, DEPTH, &fault));
}

static void nest(char *text, const char *open, const char *close, unsigned depth)
{
	*text = '\0';
	for (unsigned i = 0; i < depth; i++)
		strcat(text, open);
	strcat(text, "1");
	for (unsigned i = 0; i < depth; i++)
		strcat(text, close);
}

static void test_depth(void **state)
{
	char text[1024];
	struct json_fault fault;

	(void)state;
	for (unsigned depth = 1; depth <= JSON_SCAN_MAX_DEPTH; depth++) {
		nest(text, "[", "]", depth);
		assert_true(json_scan(text, strlen(text), depth, &fault));
		nest(text, "{\"a\":", "}", depth);
		assert_true(json_scan(text, strlen(text), depth, &fault));
		nest(text, "[", "]", depth + 1);
		assert_false(json_scan(text, strlen(text), depth, &fault));
		assert_string_equal(fault.reason, "nested too deeply");
		assert_int_equal(fault.offset, depth);
	}
	/* The stack knows which brackets are open at each level. */
	assert_true(json_scan("[{\"a\":[{\"b\":[]},[]]},{}]", 24, 5, &fault));
	assert_false(json_scan("[{\"a\":[{\"b\":[]},[]}},{}]", 24, 5, &fault));
	/* Depth is about levels, not about their number. */
	assert_true(json_scan("[[],[],[],[]]", 13, 2, &fault));
	assert_true(json_scan("1", 1, 1, &fault));
}

static void test_number_of_values(void **state)
{
	static char text[2 * JSON_SCAN_MAX_VALUES + 8];
	struct json_fault fault;
	size_t len = 2 * (JSON_SCAN_MAX_VALUES - 1) + 1;

	(void)state;
	memset(text, ',', sizeof text);
	for (size_t i = 1; i < sizeof text; i += 2)
		text[i] = '1';
	text[0] = '[';
	text[len - 1] = ']';
	assert_true(json_scan(text, len, 1, &fault));
	text[len - 1] = ',';
	text[len + 1] = ']';
	assert_false(json_scan(text, len + 2, 1, &fault));
	assert_string_equal(fault.reason, "too many values");
	assert_int_equal(fault.offset, len);
}

/* `[{},{},…]`: an object counts as several values. */
static void test_number_of_objects(void **state)
{
	enum { MOST = (JSON_SCAN_MAX_VALUES - 1) / JSON_SCAN_OBJECT_VALUES };
	static char text[3 * MOST + 8] = "[";
	struct json_fault fault;

	(void)state;
	for (size_t i = 0; i <= MOST; i++)
		memcpy(text + 1 + 3 * i, "{},", 3);
	text[3 * MOST] = ']';
	assert_true(json_scan(text, 3 * MOST + 1, 2, &fault));
	text[3 * MOST] = ',';
	text[3 * MOST + 3] = ']';
	assert_false(json_scan(text, 3 * MOST + 4, 2, &fault));
	assert_string_equal(fault.reason, "too many values");
}

/* Each byte at each place of a word of eight, so that the fast way agrees with the slow one. */
static void test_every_byte_at_every_place(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		for (size_t place = 0; place < 16; place++) {
			char text[19] = "\"0123456789abcdef\"";
			struct json_fault fault;
			bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
			/* a quote ends it early; a backslash may begin an escape with `b` or `f` */
			bool escape = byte == '\\' && (text[place + 2] == 'b' ||
						       text[place + 2] == 'f' || place == 15);

			text[place + 1] = (char)byte;
			if (byte == '"' || escape)
				continue;
			assert_int_equal(json_scan(text, 18, 1, &fault), plain);
			assert_int_equal(utf8_valid(text, 18), byte < 0x80);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_number_of_values),
		cmocka_unit_test(test_number_of_objects),
		cmocka_unit_test(test_every_byte_at_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

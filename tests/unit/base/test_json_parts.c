/* test_json_parts.c -- a text that is read part by part, wherever the windows end. */
#include "base/json_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_PART = 200000 };

/* A source that gives no more than `step` bytes at once. */
static const char *source_text;
static size_t source_len, step;

static size_t read_source(const void *source, size_t offset, char *out, size_t room)
{
	size_t left = offset < source_len ? source_len - offset : 0;
	size_t len = left < room ? left : room;

	assert_null(source);
	len = len < step ? len : step;
	if (len > 0)
		memcpy(out, source_text + offset, len);
	return len;
}

static struct json_parts open_text(const char *text, size_t step_bytes)
{
	source_text = text;
	source_len = strlen(text);
	step = step_bytes;
	return (struct json_parts){ .read = read_source,
				    .max_part_bytes = MAX_PART,
				    .max_depth = 4 };
}

/* Walks through lists within one object and appends what it finds: `name=value,value;`. */
static void walk(struct json_parts *parts, struct buf *found)
{
	const char *text;
	size_t len;

	if (!json_parts_enter(parts, '{'))
		return;
	while (json_parts_more(parts, '}')) {
		if (!json_parts_name(parts, &text, &len))
			return;
		buf_put(found, text, len);
		buf_putc(found, '=');
		if (json_parts_peek(parts) != '[') {
			if (!json_parts_value(parts, &text, &len))
				return;
			buf_put(found, text, len);
		} else if (json_parts_enter(parts, '[')) {
			while (json_parts_more(parts, ']') &&
			       json_parts_value(parts, &text, &len)) {
				buf_put(found, text, len);
				buf_putc(found, ',');
			}
		}
		buf_putc(found, ';');
	}
	if (!parts->fault.reason && !json_parts_end(parts))
		assert_non_null(parts->fault.reason);
}

static void check(const char *text, size_t step_bytes, const char *expected, const char *reason)
{
	struct json_parts parts = open_text(text, step_bytes);
	struct buf found = { 0 };

	walk(&parts, &found);
	buf_putc(&found, '\0');
	if (reason) {
		assert_non_null(parts.fault.reason);
		assert_string_equal(parts.fault.reason, reason);
	} else {
		assert_null(parts.fault.reason);
		assert_string_equal(found.data, expected);
	}
	buf_free(&found);
	json_parts_free(&parts);
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "{}", "" },
		{ " { } \n", "" },
		{ "{\"a\":1}", "\"a\"=1;" },
		{ "{\"a\" : [] , \"b\":[ 1 , \"x,]\\\"}\" ]}", "\"a\"=;\"b\"=1,\"x,]\\\"}\",;" },
		{ "{\"a\":[{\"b\":[1,{}]},{}],\"c\":null}",
		  "\"a\"={\"b\":[1,{}]},{},;\"c\"=null;" },
		{ "{\"\\u0061:\"\t:\r\n-1.5e3}", "\"\\u0061:\"=-1.5e3;" },
		{ "{\"a\":[\"\\\\\",\"\\\\\\\"\"]}", "\"a\"=\"\\\\\",\"\\\\\\\"\",;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t bytes = 1; bytes < 8; bytes++)
			check(rows[i].text, bytes, rows[i].expected, NULL);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{ "", "an object or a list is missing" },
		{ "{", "a member name in double quotes is missing" },
		{ "{\"a\"", "a colon is missing" },
		{ "{\"a\":", "the text ends too early" },
		{ "{\"a\":1", "the text ends too early" },
		{ "{\"a\":1,}", "a trailing comma" },
		{ "{,\"a\":1}", "a member name in double quotes is missing" },
		{ "{\"a\":[1,]}", "a trailing comma" },
		{ "{\"a\":[,1]}", "a value is missing or malformed" },
		{ "{\"a\":[1 2]}", "a comma or closing bracket is missing" },
		{ "{\"a\":[1}", "a comma or closing bracket is missing" },
		{ "{\"a\":[{]}", "a member name in double quotes is missing" },
		{ "{\"a\":tru}", "a value is missing or malformed" },
		{ "{\"a\":\"x}", "the text ends in a string" },
		{ "{\"a\":1}{", "there is text after the end" },
		{ "{\"a\" 1}", "a colon is missing" },
		{ "{\"a\":[[[[[[1]]]]]]}", "nested too deeply" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t bytes = 1; bytes < 8; bytes++)
			check(rows[i].text, bytes, NULL, rows[i].reason);
}

static void test_a_place_is_found_again(void **state)
{
	struct json_parts parts = open_text("{\"a\":[1,2],\"b\":[3]}", 3);
	struct buf found = { 0 };
	const char *text;
	size_t len;

	(void)state;
	walk(&parts, &found);
	parts.at = 5;
	assert_true(json_parts_enter(&parts, '['));
	assert_true(json_parts_more(&parts, ']') && json_parts_value(&parts, &text, &len));
	assert_true(len == 1 && *text == '1');
	assert_true(json_parts_more(&parts, ']') && json_parts_value(&parts, &text, &len));
	assert_true(len == 1 && *text == '2');
	assert_false(json_parts_more(&parts, ']'));
	assert_null(parts.fault.reason);
	buf_free(&found);
	json_parts_free(&parts);
}

/* However large the text is, memory is that of a part. */
static void test_memory(void **state)
{
	struct buf text = { 0 };
	const char *value;
	size_t len, count = 0;

	(void)state;
	buf_putc(&text, '[');
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "%s{\"number\":%d,\"text\":\"some more of it\"}", i ? "," : "",
			   i);
	buf_put(&text, "]", 2);
	struct json_parts parts = open_text(text.data, SIZE_MAX);
	assert_true(json_parts_enter(&parts, '['));
	while (json_parts_more(&parts, ']')) {
		assert_true(json_parts_value(&parts, &value, &len));
		count++;
	}
	assert_true(json_parts_end(&parts));
	assert_int_equal(count, 100000);
	assert_true(parts.window.cap < 1 << 18);
	json_parts_free(&parts);
	buf_free(&text);
}

static void test_a_part_that_is_too_long(void **state)
{
	static char text[MAX_PART + 3];
	struct json_parts parts;
	const char *value;
	size_t len;

	(void)state;
	for (size_t length = MAX_PART; length <= MAX_PART + 1; length++) {
		memset(text, 'x', length);
		text[0] = text[length - 1] = '"';
		text[length] = '\0';
		parts = open_text(text, SIZE_MAX);
		assert_int_equal(json_parts_value(&parts, &value, &len), length == MAX_PART);
		if (length > MAX_PART)
			assert_string_equal(parts.fault.reason, "a value is too long");
		json_parts_free(&parts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_a_place_is_found_again),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_a_part_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

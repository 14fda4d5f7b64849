/* test_json_tree.c -- strict JSON as a tree of json-c, without what is longer than any field takes.
 */
#include "base/json_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json_scan.h"
#include "base/text.h"

/* The tree of a text that is JSON, written again. */
static void assert_tree(const char *text, const char *expected)
{
	struct json_fault fault;

	assert_true(json_scan(text, strlen(text), 8, &fault));
	struct json_object *tree = json_tree(text, strlen(text));
	assert_string_equal(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN), expected);
	json_object_put(tree);
}

static void test_small_texts(void **state)
{
	(void)state;
	assert_tree("null", "null");
	assert_tree("17", "17");
	assert_tree(" \"a\\\"\\u00e9\" ", "\"a\\\"\xc3\xa9\"");
	assert_tree("{\"a\":[1,{},[]],\"b\":\"\"}", "{\"a\":[1,{},[]],\"b\":\"\"}");
}

/* `{"…":"…","last":[1]}`: a name and a text of so many of these characters. */
static struct json_object *tree_of(const char *character, size_t count)
{
	struct buf json = { 0 };
	struct json_fault fault;

	for (int part = 0; part < 2; part++) {
		buf_puts(&json, part == 0 ? "{\"" : "\":\"");
		for (size_t i = 0; i < count; i++)
			buf_puts(&json, character);
	}
	buf_puts(&json, "\",\"last\":[1]}");
	assert_true(json_scan(json.data, json.len, 8, &fault));
	buf_putc(&json, '\0');
	struct json_object *tree = json_tree(json.data, json.len - 1);
	assert_int_equal(json_object_object_length(tree), 2);
	assert_string_equal(json_object_to_json_string_ext(json_object_object_get(tree, "last"),
							   JSON_C_TO_STRING_PLAIN),
			    "[1]");
	buf_free(&json);
	return tree;
}

static void test_long_texts_are_cut(void **state)
{
	static const char *const characters[] = { "x",	     "\xc3\xa9",       "\xf0\x9f\x98\x80",
						  "\\u0001", "\\uD83d\\udE00", "\\\\",
						  "\\\"",    "\\ud7ff",	       "\\u00DC" };
	static const size_t lengths[] = { 0,
					  7,
					  JSON_TREE_TEXT_CHARS - 1,
					  JSON_TREE_TEXT_CHARS,
					  JSON_TREE_TEXT_CHARS + 1,
					  JSON_TREE_TEXT_CHARS + 70000 };

	(void)state;
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
		for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
			size_t kept = lengths[j] < JSON_TREE_TEXT_CHARS ? lengths[j]
									: JSON_TREE_TEXT_CHARS;
			struct json_object *tree = tree_of(characters[i], lengths[j]);
			struct json_object_iterator first = json_object_iter_begin(tree);
			struct json_object *text = json_object_iter_peek_value(&first);
			assert_int_equal(text_length(json_object_get_string(text)), kept);
			assert_int_equal(text_length(json_object_iter_peek_name(&first)), kept);
			json_object_put(tree);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_texts),
		cmocka_unit_test(test_long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

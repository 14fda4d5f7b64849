/* test_field.c -- what each kind of field takes from JSON and from query strings, and how it is
 * written down again. */
#include "field/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))
#define ID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static const struct words colours = WORDS("Colours", "RED", "GREEN");
static const struct words orders = WORDS("Orders", "name", "due_date");

static const char *fault_of_code(const char *value)
{
	return value[0] == 'X' ? NULL : "must start with X";
}

static const struct text_format code_format = { .fault = fault_of_code };

struct thing {
	struct boolean done;
	struct integer score, count;
	const char *title, *note, *free, *colour, *order, *code;
	struct uuid id;
	struct instant at;
	struct date day;
	struct moment from;
	struct strings tags, colours;
	struct reference parent;
};

static const struct field fields[] = {
	FIELD(struct thing, done),
	FIELD(struct thing, score, .min = 1, .max = 5),
	FIELD(struct thing, count, .min = 0, .max = INT64_MAX),
	FIELD(struct thing, title, .min = 1, .max = 5),
	FIELD(struct thing, note, .nullable = true, .max = 5),
	FIELD(struct thing, free),
	FIELD(struct thing, colour, .words = &colours),
	FIELD(struct thing, order, .words = &orders),
	FIELD(struct thing, code, .max = 10, .format = &code_format),
	FIELD(struct thing, id),
	FIELD(struct thing, at),
	FIELD(struct thing, day),
	FIELD(struct thing, from),
	FIELD(struct thing, tags, .min = 1, .max = 3, .max_items = 3),
	FIELD(struct thing, colours, .words = &colours, .max_items = 2),
	FIELD(struct thing, parent),
};

static const struct shape shape = SHAPE(struct thing, "Thing", fields);

static int make_arena(void **state)
{
	*state = arena_new(4096);
	return 0;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

/* What stands in the struct after reading, as field_put() writes it; "!" goes before a fault. */
static const char *outcome(struct arena *arena, const struct field *field, const char *fault,
			   const struct thing *in)
{
	struct buf buf = { 0 };

	if (fault)
		return arena_printf(arena, "!%s", fault);
	field_put(&buf, field, in);
	const char *text = arena_copy(arena, buf.data, buf.len);
	buf_free(&buf);
	return text;
}

static const char *by_json(struct arena *arena, const char *name, const char *json)
{
	const struct field *field = field_find(&shape, name);
	struct json_object *value = json_tokener_parse(json);
	struct thing in = { 0 };

	assert_true(value || strcmp(json, "null") == 0);
	const char *fault = field_from_json(arena, field, value, &in);
	const char *text = outcome(arena, field, fault, &in);
	json_object_put(value);
	return text;
}

struct row {
	const char *name, *value, *expected;
};

static const struct row json_rows[] = {
	{ "done", "true", "true" },
	{ "done", "false", "false" },
	{ "done", "1", "!must be true or false" },
	{ "done", "\"true\"", "!must be true or false" },
	{ "done", "null", "!must not be null" },
	{ "score", "1", "1" },
	{ "score", "5", "5" },
	{ "score", "0", "!must be a whole number from 1 to 5" },
	{ "score", "6", "!must be a whole number from 1 to 5" },
	{ "score", "5.0", "5" },
	{ "score", "0.5e1", "5" },
	{ "score", "4.5", "!must be a whole number from 1 to 5" },
	{ "score", "\"4\"", "!must be a whole number from 1 to 5" },
	{ "score", "true", "!must be a whole number from 1 to 5" },
	{ "score", "[4]", "!must be a whole number from 1 to 5" },
	{ "count", "-1", "!must be a whole number of at least 0" },
	{ "count", "9007199254740993", "9007199254740993" },
	{ "count", "9223372036854775807", "9223372036854775807" },
	{ "count", "9223372036854775808", "!must be a whole number of at least 0" },
	{ "count", "1e300", "!must be a whole number of at least 0" },
	{ "count", "99999999999999999999", "!must be a whole number of at least 0" },
	{ "count", "-99999999999999999999", "!must be a whole number of at least 0" },
	{ "title", "\"ab\"", "\"ab\"" },
	{ "title", "\"\"", "!must be 1 to 5 characters" },
	{ "title", "\"abcdef\"", "!must be 1 to 5 characters" },
	{ "title", "\"\u00e9\u00e9\u00e9\u00e9\u00e9\"", "\"\u00e9\u00e9\u00e9\u00e9\u00e9\"" },
	{ "title", "\"   \"", "!must not be blank" },
	{ "title", "\"\\u2003\"", "!must not be blank" },
	{ "title", "\" a \"", "\" a \"" },
	{ "title", "\"a\\u0000\"", "!must not contain the character U+0000" },
	{ "title", "5", "!must be 1 to 5 characters" },
	{ "title", "{}", "!must be 1 to 5 characters" },
	{ "title", "null", "!must not be null" },
	{ "note", "null", "null" },
	{ "note", "\"\"", "\"\"" },
	{ "note", "\"   \"", "\"   \"" },
	{ "note", "\"abcdef\"", "!must be a text of at most 5 characters" },
	{ "free", "\"abcdefghijkl\"", "\"abcdefghijkl\"" },
	{ "free", "1", "!must be a text" },
	{ "colour", "\"RED\"", "\"RED\"" },
	{ "colour", "\"gReEn\"", "\"GREEN\"" },
	{ "colour", "\"BLUE\"", "!must be one of RED, GREEN" },
	{ "colour", "\"\"", "!must be one of RED, GREEN" },
	{ "order", "\"due_date\"", "\"due_date\"" },
	{ "order", "\"NAME\"", "!must be one of name, due_date" },
	{ "code", "\"X1\"", "\"X1\"" },
	{ "code", "\"Y1\"", "!must start with X" },
	{ "id", "\"" ID "\"", "\"" ID "\"" },
	{ "id", "\"017F22E2-79B0-7CC3-98C4-DC0C0C07398F\"", "\"" ID "\"" },
	{ "id", "\"17\"", "!must be a UUID" },
	{ "id", "17", "!must be a UUID" },
	{ "at", "\"2026-11-20T10:30:00+01:00\"", "\"2026-11-20T09:30:00.000000Z\"" },
	{ "at", "\"2026-11-20\"",
	  "!must be a date and time with offset, such as 2026-11-20T09:30:00Z" },
	{ "at", "0", "!must be a date and time with offset, such as 2026-11-20T09:30:00Z" },
	{ "day", "\"2026-11-20\"", "\"2026-11-20\"" },
	{ "day", "\"2026-02-29\"", "!must be a date, such as 2026-11-20" },
	{ "tags", "[]", "[]" },
	{ "tags", "[\"a\",\"bc\"]", "[\"a\",\"bc\"]" },
	{ "tags", "[\"a\",\"b\",\"c\",\"d\"]", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "[\"abcd\"]", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "[\"a\", 1]", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "[null]", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "[\"a\\u0000\"]", "!must not contain the character U+0000" },
	{ "tags", "[\" \"]", "!must not be blank" },
	{ "tags", "\"a\"", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "{}", "!must be at most 3 texts of 1 to 3 characters" },
	{ "colours", "[\"red\",\"Green\"]", "[\"RED\",\"GREEN\"]" },
};

static void test_json(void **state)
{
	for (size_t i = 0; i < COUNT(json_rows); i++) {
		const struct row *row = &json_rows[i];

		assert_string_equal(by_json(*state, row->name, row->value), row->expected);
	}
}

/* `values` are the parameter's values, cut at "|". */
static const char *by_query(struct arena *arena, const char *name, const char *values)
{
	const struct field *field = field_find(&shape, name);
	struct thing in = { 0 };
	const char *list[8];
	size_t count = 0;
	char *rest = arena_copy(arena, values, strlen(values));

	while (rest)
		list[count++] = strsep(&rest, "|");
	return outcome(arena, field, field_from_query(arena, field, list, count, &in), &in);
}

static const struct row query_rows[] = {
	{ "done", "true", "true" },
	{ "done", "false", "false" },
	{ "done", "TRUE", "!must be true or false" },
	{ "done", "1", "!must be true or false" },
	{ "done", "", "!must not be empty" },
	{ "done", "true|true", "!must be given once" },
	{ "score", "3", "3" },
	{ "score", "0", "!must be a whole number from 1 to 5" },
	{ "score", "03", "!must be a whole number from 1 to 5" },
	{ "score", "+3", "!must be a whole number from 1 to 5" },
	{ "score", "-3", "!must be a whole number from 1 to 5" },
	{ "score", " 3", "!must be a whole number from 1 to 5" },
	{ "score", "3.0", "!must be a whole number from 1 to 5" },
	{ "score", "0x3", "!must be a whole number from 1 to 5" },
	{ "count", "999999999999999999", "999999999999999999" },
	{ "count", "99999999999999999999", "!must be a whole number of at least 0" },
	{ "count", "0", "0" },
	{ "title", "ab", "\"ab\"" },
	{ "title", "ab|cd", "!must be given once" },
	{ "title", "abcdef", "!must be 1 to 5 characters" },
	{ "title", "\xe2\x80\x83", "!must not be blank" },
	{ "order", "name", "\"name\"" },
	{ "order", "Name", "!must be one of name, due_date" },
	{ "colour", "red", "\"RED\"" },
	{ "id", ID, "\"" ID "\"" },
	{ "id", "none", "!must be a UUID" },
	{ "parent", ID, "\"" ID "\"" },
	{ "parent", "none", "\"none\"" },
	{ "parent", "None", "!must be a UUID or `none`" },
	{ "day", "2026-11-20", "\"2026-11-20\"" },
	{ "day", "2026-11-20T00:00:00Z", "!must be a date, such as 2026-11-20" },
	{ "from", "2026-11-20", "\"2026-11-20\"" },
	{ "from", "2026-11-20T00:00:00Z", "\"2026-11-20T00:00:00.000000Z\"" },
	{ "from", "tomorrow", "!must be a date, or a date and time with offset" },
	{ "tags", "a", "[\"a\"]" },
	{ "tags", "a,b|c", "[\"a\",\"b\",\"c\"]" },
	{ "tags", "a,b|c,d", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "a,", "!must be at most 3 texts of 1 to 3 characters" },
	{ "tags", "a|", "!must not be empty" },
	{ "colours", "red,GREEN", "[\"RED\",\"GREEN\"]" },
	{ "colours", "blue", "!must be one or more of RED, GREEN" },
};

static void test_query(void **state)
{
	for (size_t i = 0; i < COUNT(query_rows); i++) {
		const struct row *row = &query_rows[i];

		assert_string_equal(by_query(*state, row->name, row->value), row->expected);
	}
}

/* A refused value leaves its place as it was. */
static void test_unset(void **state)
{
	struct thing in;
	const char *bad = "!";

	memset(&in, 0, sizeof in);
	for (const struct field *field = fields; field->name; field++) {
		if (field->kind == KIND_TEXT || field->kind == KIND_STRINGS)
			continue;
		assert_non_null(field_from_query(*state, field, &bad, 1, &in));
		assert_string_equal(outcome(*state, field, NULL, &in), "null");
	}
	assert_string_equal(outcome(*state, field_find(&shape, "title"), NULL, &in), "null");
	assert_string_equal(outcome(*state, field_find(&shape, "tags"), NULL, &in), "null");
}

static void test_find(void **state)
{
	const char *items[] = { "a", "b" };
	struct strings strings = { items, 2, true };

	(void)state;
	assert_ptr_equal(field_find(&shape, "done"), &fields[0]);
	assert_null(field_find(&shape, "Done"));
	assert_null(field_find(&shape, ""));
	assert_int_equal(shape.size, sizeof(struct thing));
	assert_int_equal(shape.count, sizeof fields / sizeof fields[0]);
	assert_true(strings_have(&strings, "b"));
	assert_false(strings_have(&strings, "c"));
	assert_false(strings_have(&(struct strings){ 0 }, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_unset),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}

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

#define COUNT(table) (sizeof table / sizeof(*(table)))
#define ID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static const struct words colours = WORDS("Colours", "RED", "GREEN");
static const struct words orders = WORDS("Orders", "name", "due_date");

static bool starts_with_x(const char *value)
{
	return value[0] == 'X';
}

static bool is_even(const char *value)
{
	return strlen(value) % 2 == 0;
}

static const struct text_rule code_rules[] = {
	{ starts_with_x, { FAULT_FORMAT, "must start with X", .format = "code" } },
	{ is_even, { FAULT_LENGTH, "must have an even length" } },
	{ NULL },
};

static const struct text_format code_format = { .rules = code_rules };

struct thing {
	struct boolean done;
	struct integer score, count;
	const char *title, *note, *free, *colour, *order, *code;
	struct uuid id;
	struct instant at;
	struct date day;
	struct moment from;
	struct strings names;
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
	FIELD(struct thing, names, .max = 9, .max_items = 4, .distinct = true),
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

/* What stands in the struct after reading, as field_put() writes it; or each fault as "!field code:
 * message". */
static const char *outcome(struct arena *arena, const struct field *field,
			   const struct faults *faults, const struct thing *in)
{
	struct buf buf = { 0 };

	for (const struct noted_fault *noted = faults->first; noted; noted = noted->next)
		buf_printf(&buf, "!%s %s: %s", noted->field, fault_word(noted->fault.code),
			   noted->fault.message);
	if (faults->count == 0)
		field_put(&buf, field, in);
	const char *text = arena_copy(arena, buf.data, buf.len);
	buf_free(&buf);
	return text;
}

static const char *by_json(struct arena *arena, const char *name, const char *json)
{
	const struct field *field = field_find(&shape, name);
	struct json_object *value = json_tokener_parse(json);
	struct faults faults = { arena };
	struct thing in = { 0 };

	assert_true(value || strcmp(json, "null") == 0);
	bool right = field_from_json(field, value, &in, &faults);
	assert_int_equal(right, faults.count == 0);
	const char *text = outcome(arena, field, &faults, &in);
	json_object_put(value);
	return text;
}

struct row {
	const char *name, *value, *expected;
};

static const struct row json_rows[] = {
	{ "names", "[]", "[]" },
	{ "names", "[\"a\",\"b\",\"c\"]", "[\"a\",\"b\",\"c\"]" },
	{ "names", "[\"a\",\"b\",\"A\",\"a\"]",
	  "!names[2] repeated: is the same as element 0"
	  "!names[3] repeated: is the same as element 0" },
	{ "names", "[\"a\",\"a\",1]", "!names[2] type: must be a text" },
	{ "done", "true", "true" },
	{ "done", "false", "false" },
	{ "done", "1", "!done type: must be true or false" },
	{ "done", "\"true\"", "!done type: must be true or false" },
	{ "done", "null", "!done null: must not be null" },
	{ "score", "1", "1" },
	{ "score", "5", "5" },
	{ "score", "0", "!score range: must be from 1 to 5" },
	{ "score", "6", "!score range: must be from 1 to 5" },
	{ "score", "5.0", "5" },
	{ "score", "0.5e1", "5" },
	{ "score", "4.5", "!score type: must be a whole number" },
	{ "score", "\"4\"", "!score type: must be a whole number" },
	{ "score", "true", "!score type: must be a whole number" },
	{ "score", "[4]", "!score type: must be a whole number" },
	{ "count", "-1", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "9007199254740993", "9007199254740993" },
	{ "count", "9223372036854775807", "9223372036854775807" },
	{ "count", "9223372036854775808", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "1e300", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "-1e300", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "99999999999999999999", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "-99999999999999999999", "!count range: must be from 0 to 9223372036854775807" },
	{ "title", "\"ab\"", "\"ab\"" },
	{ "title", "\"\"", "!title length: must be 1 to 5 characters" },
	{ "title", "\"abcdef\"", "!title length: must be 1 to 5 characters" },
	{ "title", "\"\u00e9\u00e9\u00e9\u00e9\u00e9\"", "\"\u00e9\u00e9\u00e9\u00e9\u00e9\"" },
	{ "title", "\"   \"", "!title blank: must not be blank" },
	{ "title", "\"\\u2003\"", "!title blank: must not be blank" },
	{ "title", "\" a \"", "\" a \"" },
	{ "title", "\"a\\u0000\"", "!title character: must not contain the character U+0000" },
	{ "title", "5", "!title type: must be a text" },
	{ "title", "{}", "!title type: must be a text" },
	{ "title", "null", "!title null: must not be null" },
	{ "note", "null", "null" },
	{ "note", "\"\"", "\"\"" },
	{ "note", "\"   \"", "\"   \"" },
	{ "note", "\"abcdef\"", "!note length: must be at most 5 characters" },
	{ "free", "\"abcdefghijkl\"", "\"abcdefghijkl\"" },
	{ "free", "1", "!free type: must be a text" },
	{ "colour", "\"RED\"", "\"RED\"" },
	{ "colour", "\"gReEn\"", "\"GREEN\"" },
	{ "colour", "\"BLUE\"", "!colour one_of: must be one of RED, GREEN" },
	{ "colour", "\"\"", "!colour one_of: must be one of RED, GREEN" },
	{ "colour", "1", "!colour type: must be a text" },
	{ "order", "\"due_date\"", "\"due_date\"" },
	{ "order", "\"NAME\"", "!order one_of: must be one of name, due_date" },
	{ "code", "\"X1\"", "\"X1\"" },
	{ "code", "\"Y1\"", "!code format: must start with X" },
	{ "code", "\"Y\"",
	  "!code format: must start with X!code length: must have an even length" },
	{ "id", "\"" ID "\"", "\"" ID "\"" },
	{ "id", "\"017F22E2-79B0-7CC3-98C4-DC0C0C07398F\"", "\"" ID "\"" },
	{ "id", "\"17\"", "!id format: must be a UUID" },
	{ "id", "17", "!id type: must be a text" },
	{ "id", "\"" ID "\\u0000\"", "!id character: must not contain the character U+0000" },
	{ "at", "\"2026-11-20T10:30:00+01:00\"", "\"2026-11-20T09:30:00.000000Z\"" },
	{ "at", "\"2026-11-20\"",
	  "!at format: must be a date and time with offset, such as 2026-11-20T09:30:00Z" },
	{ "at", "0", "!at type: must be a text" },
	{ "day", "\"2026-11-20\"", "\"2026-11-20\"" },
	{ "day", "\"2026-02-29\"", "!day format: must be a date, such as 2026-11-20" },
	{ "tags", "[]", "[]" },
	{ "tags", "[\"a\",\"bc\"]", "[\"a\",\"bc\"]" },
	{ "tags", "[\"a\",\"b\",\"c\",\"d\"]", "!tags items: must have at most 3 elements" },
	{ "tags", "[\"abcd\"]", "!tags[0] length: must be 1 to 3 characters" },
	{ "tags", "[\"a\", 1]", "!tags[1] type: must be a text" },
	{ "tags", "[null, \"a\", \"\"]",
	  "!tags[0] type: must be a text!tags[2] length: must be 1 to 3 characters" },
	{ "tags", "[\"a\\u0000\"]", "!tags[0] character: must not contain the character U+0000" },
	{ "tags", "[\" \"]", "!tags[0] blank: must not be blank" },
	{ "tags", "\"a\"", "!tags type: must be a list of texts" },
	{ "tags", "{}", "!tags type: must be a list of texts" },
	{ "colours", "[\"red\",\"Green\"]", "[\"RED\",\"GREEN\"]" },
	{ "colours", "[\"red\",\"blue\"]", "!colours[1] one_of: must be one of RED, GREEN" },
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
	struct faults faults = { arena };
	struct thing in = { 0 };
	const char *list[8];
	size_t count = 0;
	char *rest = arena_copy(arena, values, strlen(values));

	while (rest)
		list[count++] = strsep(&rest, "|");
	bool right = field_from_query(field, list, count, &in, &faults);
	assert_int_equal(right, faults.count == 0);
	return outcome(arena, field, &faults, &in);
}

static const struct row query_rows[] = {
	{ "done", "true", "true" },
	{ "done", "false", "false" },
	{ "done", "TRUE", "!done type: must be true or false" },
	{ "done", "1", "!done type: must be true or false" },
	{ "done", "", "!done blank: must not be empty" },
	{ "done", "true|true", "!done repeated: must be given once" },
	{ "score", "3", "3" },
	{ "score", "0", "!score range: must be from 1 to 5" },
	{ "score", "-3", "!score range: must be from 1 to 5" },
	{ "score", "03", "!score type: must be a whole number" },
	{ "score", "+3", "!score type: must be a whole number" },
	{ "score", "--3", "!score type: must be a whole number" },
	{ "score", "-", "!score type: must be a whole number" },
	{ "score", "-0", "!score type: must be a whole number" },
	{ "score", " 3", "!score type: must be a whole number" },
	{ "score", "3 ", "!score type: must be a whole number" },
	{ "score", "3.0", "!score type: must be a whole number" },
	{ "score", "0x3", "!score type: must be a whole number" },
	{ "count", "9223372036854775807", "9223372036854775807" },
	{ "count", "9223372036854775808", "!count range: must be from 0 to 9223372036854775807" },
	{ "count", "0", "0" },
	{ "title", "ab", "\"ab\"" },
	{ "title", "ab|cd", "!title repeated: must be given once" },
	{ "title", "abcdef", "!title length: must be 1 to 5 characters" },
	{ "title", "\xe2\x80\x83", "!title blank: must not be blank" },
	{ "order", "name", "\"name\"" },
	{ "order", "Name", "!order one_of: must be one of name, due_date" },
	{ "colour", "red", "\"RED\"" },
	{ "id", ID, "\"" ID "\"" },
	{ "id", "none", "!id format: must be a UUID" },
	{ "parent", ID, "\"" ID "\"" },
	{ "parent", "none", "\"none\"" },
	{ "parent", "None", "!parent format: must be a UUID or none" },
	{ "day", "2026-11-20", "\"2026-11-20\"" },
	{ "day", "2026-11-20T00:00:00Z", "!day format: must be a date, such as 2026-11-20" },
	{ "from", "2026-11-20", "\"2026-11-20\"" },
	{ "from", "2026-11-20T00:00:00Z", "\"2026-11-20T00:00:00.000000Z\"" },
	{ "from", "tomorrow", "!from format: must be a date, or a date and time with offset" },
	{ "tags", "a", "[\"a\"]" },
	{ "tags", "a,b|c", "[\"a\",\"b\",\"c\"]" },
	{ "tags", "a,b|c,d", "!tags items: must have at most 3 elements" },
	{ "tags", "a,", "!tags length: must be 1 to 3 characters" },
	{ "tags", "a|", "!tags blank: must not be empty" },
	{ "colours", "red,GREEN", "[\"RED\",\"GREEN\"]" },
	{ "colours", "blue", "!colours one_of: must be one of RED, GREEN" },
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
	static const char *const empty = "", *const bad = "abcdefghijkl";
	struct thing in = { 0 };

	EACH_FIELD(field, &shape)
	{
		struct faults faults = { *state }, none = { *state };
		assert_false(field_from_query(field, &empty, 1, &in, &faults));
		if (strcmp(field->name, "free") != 0)
			assert_false(field_from_query(field, &bad, 1, &in, &faults));
		assert_string_equal(outcome(*state, field, &none, &in), "null");
	}
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

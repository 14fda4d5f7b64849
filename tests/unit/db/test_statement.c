/* test_statement.c -- which lines a query has, and its parameters in PostgreSQL's binary form. */
#include "db/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/pg_types.h"

static const struct statement list = {
	.name = "list",
	.param_count = 3,
	.param_types = { PG_BOOL, PG_TEXT, PG_TEXT },
	.line_count = 6,
	.lines =
		(const struct sql_line[]){
			{ .text = "SELECT id FROM things WHERE true" },
			{ .text = "AND done = $1", .conditions = { { 1, NULL } } },
			{ .text = "ORDER BY name", .conditions = { { 2, "name" } } },
			{ .text = "ORDER BY id", .conditions = { { 2, "id" } } },
			{ .text = "DESC",
			  .conditions = { { 1, NULL }, { 2, "id" }, { 3, "desc" } } },
			{ .text = "LIMIT 5" },
		},
};

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

static struct query list_query(bool done, const char *order, const char *direction)
{
	return (struct query){ &list,
			       { param_boolean((struct boolean){ done, done }), param_text(order),
				 param_text(direction) } };
}

static void test_lines(void **state)
{
	static const struct {
		bool done;
		const char *order, *direction;
		unsigned variant;
		const char *text;
	} rows[] = {
		{ false, NULL, NULL, 0x21, "SELECT id FROM things WHERE true\nLIMIT 5\n" },
		{ true, NULL, "desc", 0x23,
		  "SELECT id FROM things WHERE true\nAND done = $1\nLIMIT 5\n" },
		{ false, "name", NULL, 0x25,
		  "SELECT id FROM things WHERE true\nORDER BY name\nLIMIT 5\n" },
		{ false, "id", "desc", 0x29,
		  "SELECT id FROM things WHERE true\nORDER BY id\nLIMIT 5\n" },
		{ true, "id", "asc", 0x2b,
		  "SELECT id FROM things WHERE true\nAND done = $1\nORDER BY id\nLIMIT 5\n" },
		{ true, "id", "desc", 0x3b,
		  "SELECT id FROM things WHERE true\nAND done = $1\nORDER BY id\nDESC\nLIMIT 5\n" },
		{ false, "names", NULL, 0x21, "SELECT id FROM things WHERE true\nLIMIT 5\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct query query = list_query(rows[i].done, rows[i].order, rows[i].direction);

		assert_int_equal(statement_variant(&query), rows[i].variant);
		assert_string_equal(statement_text(*state, &query), rows[i].text);
	}
}

/* A value that is given and false is given. */
static void test_false_is_given(void **state)
{
	struct query query = { &list, { param_boolean((struct boolean){ false, true }) } };

	(void)state;
	assert_int_equal(statement_variant(&query), 0x23);
}

/* Encodes one parameter of the type and compares it with the bytes; NULL is SQL's NULL. */
static void assert_encoded(struct arena *arena, uint32_t type, struct param param,
			   const void *bytes, size_t len)
{
	struct statement statement = { .param_count = 1, .param_types = { type } };
	struct query query = { &statement, { param } };
	struct encoded_params out;

	statement_encode(arena, &query, &out);
	assert_int_equal(out.formats[0], 1);
	assert_int_equal(out.lengths[0], len);
	if (bytes)
		assert_memory_equal(out.values[0], bytes, len);
	else
		assert_null(out.values[0]);
}

static void test_null(void **state)
{
	static const uint32_t types[] = { PG_BOOL, PG_INT8,	   PG_TEXT, PG_TEXT_ARRAY,
					  PG_DATE, PG_TIMESTAMPTZ, PG_UUID };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		assert_encoded(*state, types[i], (struct param){ .set = false }, NULL, 0);
	assert_encoded(*state, PG_TEXT, param_text(NULL), NULL, 0);
}

static void test_scalars(void **state)
{
	struct uuid uuid = { .bytes = "0123456789abcde", .set = true };

	assert_encoded(*state, PG_BOOL, param_boolean((struct boolean){ true, true }), "\1", 1);
	assert_encoded(*state, PG_BOOL, param_boolean((struct boolean){ false, true }), "\0", 1);
	assert_encoded(*state, PG_INT8, param_integer((struct integer){ 258, true }),
		       "\0\0\0\0\0\0\1\2", 8);
	assert_encoded(*state, PG_INT8, param_integer((struct integer){ -2, true }),
		       "\xff\xff\xff\xff\xff\xff\xff\xfe", 8);
	assert_encoded(*state, PG_INT8, param_integer((struct integer){ INT64_MIN, true }),
		       "\x80\0\0\0\0\0\0\0", 8);
	assert_encoded(*state, PG_TEXT, param_text(""), "", 0);
	assert_encoded(*state, PG_TEXT, param_text("caf\xc3\xa9"), "caf\xc3\xa9", 5);
	assert_encoded(*state, PG_UUID, param_uuid(uuid), "0123456789abcde", 16);
}

/* PostgreSQL counts from 2000-01-01. */
static void test_times(void **state)
{
	assert_encoded(*state, PG_DATE, param_date((struct date){ 10957, true }), "\0\0\0\0", 4);
	assert_encoded(*state, PG_DATE, param_date((struct date){ 10956, true }),
		       "\xff\xff\xff\xff", 4);
	assert_encoded(*state, PG_DATE, param_date((struct date){ 0, true }), "\xff\xff\xd5\x33",
		       4);
	assert_encoded(*state, PG_TIMESTAMPTZ,
		       param_instant((struct instant){ INT64_C(946684800000001), true }),
		       "\0\0\0\0\0\0\0\1", 8);
	assert_encoded(*state, PG_TIMESTAMPTZ,
		       param_instant((struct instant){ INT64_C(946684799999999), true }),
		       "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

static void test_strings(void **state)
{
	static const char two[] = "\0\0\0\1\0\0\0\0\0\0\0\x19"
				  "\0\0\0\2\0\0\0\1"
				  "\0\0\0\2ab\0\0\0\0";
	static const char none[] = "\0\0\0\0\0\0\0\0\0\0\0\x19";
	const char *items[] = { "ab", "" };

	assert_encoded(*state, PG_TEXT_ARRAY, param_strings((struct strings){ items, 2, true }),
		       two, sizeof two - 1);
	assert_encoded(*state, PG_TEXT_ARRAY, param_strings((struct strings){ NULL, 0, true }),
		       none, sizeof none - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_false_is_given),
		cmocka_unit_test(test_null),  cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_times), cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}

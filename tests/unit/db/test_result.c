/* test_result.c -- rows as PostgreSQL sends them in binary, read as C values and as JSON. */
#include "db/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../rows.h"

enum { AN_ENUM = 16400 };

static void assert_json(const struct value *values, int count, const char *expected)
{
	struct result result = rows_make(values, count, 1);
	struct buf buf = { 0 };

	result_put_row(&buf, &result, 0);
	buf_putc(&buf, '\0');
	assert_string_equal(buf.data, expected);
	buf_free(&buf);
	rows_free(&result);
}

/* Of neighbours with one name the first that has a value. */
static void test_columns_with_one_name(void **state)
{
	struct value row[] = { { "d", PG_DATE, NULL, -1 },
			       { "d", PG_INT4, "\0\0\0\7", 4 },
			       { "d", PG_TEXT, "last", 4 },
			       { "e", PG_TEXT, "x", 1 } };

	(void)state;
	assert_json(row, 4, "{\"d\":7,\"e\":\"x\"}");
	row[1].len = -1;
	assert_json(row, 4, "{\"d\":\"last\",\"e\":\"x\"}");
	row[2].len = -1;
	assert_json(row, 4, "{\"d\":null,\"e\":\"x\"}");
	row[0] = (struct value){ "d", PG_TEXT, "first", 5 };
	assert_json(row, 4, "{\"d\":\"first\",\"e\":\"x\"}");
}

static void test_each_type(void **state)
{
	static const struct {
		struct value value;
		const char *json;
	} rows[] = {
		{ { "v", PG_BOOL, "\1", 1 }, "{\"v\":true}" },
		{ { "v", PG_BOOL, "\0", 1 }, "{\"v\":false}" },
		{ { "v", PG_INT2, "\xff\xfe", 2 }, "{\"v\":-2}" },
		{ { "v", PG_INT4, "\0\0\1\2", 4 }, "{\"v\":258}" },
		{ { "v", PG_INT4, "\x80\0\0\0", 4 }, "{\"v\":-2147483648}" },
		{ { "v", PG_INT8, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8 },
		  "{\"v\":9223372036854775807}" },
		{ { "v", PG_INT8, "\x80\0\0\0\0\0\0\0", 8 }, "{\"v\":-9223372036854775808}" },
		{ { "v", PG_FLOAT8, "\x3f\xf8\0\0\0\0\0\0", 8 }, "{\"v\":1.5}" },
		{ { "v", PG_FLOAT8, "\x3f\xb9\x99\x99\x99\x99\x99\x9a", 8 }, "{\"v\":0.1}" },
		{ { "v", PG_FLOAT8, "\x3f\xd5\x55\x55\x55\x55\x55\x55", 8 },
		  "{\"v\":0.3333333333333333}" },
		{ { "v", PG_FLOAT8, "\0\0\0\0\0\0\0\0", 8 }, "{\"v\":0}" },
		{ { "v", PG_TEXT, "a\"b", 3 }, "{\"v\":\"a\\\"b\"}" },
		{ { "v", PG_TEXT, "", 0 }, "{\"v\":\"\"}" },
		{ { "v", PG_TEXT, "", -1 }, "{\"v\":null}" },
		{ { "v", AN_ENUM, "IN_PROGRESS", 11 }, "{\"v\":\"IN_PROGRESS\"}" },
		{ { "v", PG_JSON, "{\"a\": [1]}", 10 }, "{\"v\":{\"a\": [1]}}" },
		{ { "v", PG_JSONB, "\1[1, 2]", 7 }, "{\"v\":[1, 2]}" },
		{ { "v", PG_UUID,
		    "\x01\x7f\x22\xe2\x79\xb0\x7c\xc3\x98\xc4\xdc\x0c\x0c\x07\x39\x8f", 16 },
		  "{\"v\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"}" },
		{ { "v", PG_TIMESTAMPTZ, "\0\0\0\0\0\0\0\0", 8 },
		  "{\"v\":\"2000-01-01T00:00:00.000000Z\"}" },
		{ { "v", PG_TIMESTAMPTZ, "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
		  "{\"v\":\"1999-12-31T23:59:59.999999Z\"}" },
		{ { "v", PG_DATE, "\0\0\0\x1f", 4 }, "{\"v\":\"2000-02-01\"}" },
		{ { "v", PG_DATE, "\xff\xff\xd5\x33", 4 }, "{\"v\":\"1970-01-01\"}" },
		{ { "v", PG_TEXT_ARRAY, "\0\0\0\0\0\0\0\0\0\0\0\x19", 12 }, "{\"v\":[]}" },
		{ { "v", PG_TEXT_ARRAY,
		    "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\2\0\0\0\1\0\0\0\2ab\0\0\0\1\"", 31 },
		  "{\"v\":[\"ab\",\"\\\"\"]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_json(&rows[i].value, 1, rows[i].json);
}

static void test_rows(void **state)
{
	static const struct value values[] = {
		{ "_key", PG_TEXT, "secret", 6 }, { "id", PG_INT4, "\0\0\0\7", 4 },
		{ "note", PG_TEXT, "", -1 },	  { "_total", PG_INT8, "\0\0\0\0\0\0\0\1", 8 },
		{ "done", PG_BOOL, "\1", 1 },
	};

	(void)state;
	assert_json(values, 5, "{\"id\":7,\"note\":null,\"done\":true}");
}

/* A row without any member to show is an object too. */
static void test_hidden_row(void **state)
{
	static const struct value hidden = { "_key", PG_TEXT, "secret", 6 };

	(void)state;
	assert_json(&hidden, 1, "{}");
}

static void test_values(void **state)
{
	static const struct value values[] = {
		{ "text", PG_TEXT, "abc", 3 },
		{ "no_text", PG_TEXT, "", -1 },
		{ "number", PG_INT2, "\xff\xff", 2 },
		{ "no_number", PG_INT8, "", -1 },
		{ "yes", PG_BOOL, "\1", 1 },
		{ "unknown", PG_BOOL, "", -1 },
		{ "_id", PG_UUID, "0123456789abcdef", 16 },
		{ "no_id", PG_UUID, "", -1 },
		{ "at", PG_TIMESTAMPTZ, "\0\0\0\0\0\0\0\1", 8 },
		{ "never", PG_TIMESTAMPTZ, "", -1 },
	};
	struct result result = rows_make(values, 10, 1);

	(void)state;
	assert_string_equal(result_text(&result, 0, "text"), "abc");
	assert_null(result_text(&result, 0, "no_text"));
	assert_true(result_integer(&result, 0, "number").set);
	assert_int_equal(result_integer(&result, 0, "number").value, -1);
	assert_false(result_integer(&result, 0, "no_number").set);
	assert_true(result_bool(&result, 0, "yes"));
	assert_false(result_bool(&result, 0, "unknown"));
	assert_true(result_uuid(&result, 0, "_id").set);
	assert_memory_equal(result_uuid(&result, 0, "_id").bytes, "0123456789abcdef", 16);
	assert_false(result_uuid(&result, 0, "no_id").set);
	assert_int_equal(result_instant(&result, 0, "at").us, INT64_C(946684800000001));
	assert_false(result_instant(&result, 0, "never").set);
	assert_true(result_has(&result, "_id"));
	assert_false(result_has(&result, "id"));
	rows_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_type), cmocka_unit_test(test_columns_with_one_name),
		cmocka_unit_test(test_rows),	  cmocka_unit_test(test_hidden_row),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

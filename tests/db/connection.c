/* connection.c -- db.h against a real PostgreSQL, at DATABASE_URL: one round trip, one transaction,
 * what is repeated and what is not, and what happens when the server says no or goes away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "db/db.h"
#include "db/pg_types.h"
#include "db/result.h"

#define STATEMENT(sql, ...)                                                                        \
	(const struct statement)                                                                   \
	{                                                                                          \
		.name = "test", .line_count = 1,                                                   \
		.lines = (const struct sql_line[]){ { .text = sql } }, __VA_ARGS__                 \
	}

static const struct statement one = STATEMENT("SELECT 1::bigint AS n", .reads = true);
static const struct statement pid = STATEMENT("SELECT pg_backend_pid() AS n", .reads = true);
static const struct statement sleep_long = STATEMENT("SELECT pg_sleep(5) IS NULL AS n");
static const struct statement sleep_forever = STATEMENT("SELECT pg_sleep(1e9) IS NULL AS n");
static const struct statement no_time_out =
	STATEMENT("SELECT set_config('statement_timeout', '0', true) AS n");
static const struct statement nonsense = STATEMENT("SELEC 1");
static const struct statement division = STATEMENT("SELECT 1 / 0 AS n");
static const struct statement make_table =
	STATEMENT("CREATE TEMP TABLE t (n bigint CONSTRAINT t_n_positive CHECK (n > 0))");
static const struct statement make_sequence = STATEMENT("CREATE TEMP SEQUENCE tries");
static const struct statement empty = STATEMENT("DELETE FROM t");
static const struct statement count_rows = STATEMENT("SELECT count(*) AS n FROM t");
static const struct statement insert =
	STATEMENT("INSERT INTO t VALUES ($1)", .param_count = 1, .param_types = { PG_INT8 });
static const struct statement make_late_table =
	STATEMENT("CREATE TEMP TABLE late (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)");
static const struct statement insert_checked_late =
	STATEMENT("INSERT INTO late VALUES ($1)", .param_count = 1, .param_types = { PG_INT8 });
static const struct statement missing = STATEMENT("SELECT no_such_function()");
static const struct statement twice_refused =
	STATEMENT("DO $$ BEGIN IF nextval('tries') < 3 THEN"
		  " RAISE EXCEPTION USING errcode = 'serialization_failure'; END IF; END $$");
static const struct statement always_refused =
	STATEMENT("DO $$ BEGIN PERFORM nextval('tries');"
		  " RAISE EXCEPTION USING errcode = 'deadlock_detected'; END $$");
static const struct statement tries = STATEMENT("SELECT last_value AS n FROM tries");
static const struct statement suicide =
	STATEMENT("SELECT pg_terminate_backend(pg_backend_pid()) AS n");
static const struct statement suicide_reading =
	STATEMENT("SELECT pg_terminate_backend(pg_backend_pid()) AS n", .reads = true);

static struct db_settings settings = { .connect_timeout_s = 3,
				       .statement_timeout_ms = 500,
				       .lock_timeout_ms = 200,
				       .idle_transaction_timeout_ms = 5000,
				       .tcp_user_timeout_ms = 3000 };
static struct arena *arena;
static struct db *db;

static enum err run_on(struct db *connection, const struct statement *statement)
{
	struct query query = { .statement = statement };
	struct result result;

	return db_run(connection, arena, NULL, &query, 1, &result);
}

static enum err run(const struct statement *statement)
{
	return run_on(db, statement);
}

static int64_t number(const struct statement *statement)
{
	struct query query = { .statement = statement };
	struct result result;

	assert_int_equal(db_run(db, arena, NULL, &query, 1, &result), OK);
	assert_int_equal(result.row_count, 1);
	return result_integer(&result, 0, "n").value;
}

static struct query insertion(int64_t n)
{
	return (struct query){ &insert, { param_integer((struct integer){ n, true }) } };
}

static struct query insert_late(int64_t n)
{
	return (struct query){ &insert_checked_late,
			       { param_integer((struct integer){ n, true }) } };
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(4096);
	db = db_new(&settings);
	return run(&make_table) == OK && run(&make_sequence) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(db);
	arena_free(arena);
	return 0;
}

static void test_results(void **state)
{
	struct query queries[] = { { .statement = &one },
				   insertion(7),
				   { .statement = &count_rows } };
	struct result results[3];

	(void)state;
	assert_int_equal(db_run(db, arena, NULL, queries, 3, results), OK);
	assert_int_equal(result_integer(&results[0], 0, "n").value, 1);
	assert_int_equal(results[1].row_count, 0);
	assert_int_equal(result_integer(&results[2], 0, "n").value, 1);
}

/* Prepared once, and right also the second time. */
static void test_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(number(&one), 1);
		arena_reset(arena);
	}
	assert_int_equal(number(&count_rows), 0);
	assert_int_equal(run(&empty), OK);
}

static void test_one_transaction(void **state)
{
	struct query queries[] = { insertion(1), insertion(-1), insertion(2) };
	struct result results[3];

	(void)state;
	assert_int_equal(db_run(db, arena, NULL, queries, 3, results), ERR_INTERNAL);
	assert_string_equal(db_fault(db)->sqlstate, "23514");
	assert_string_equal(db_fault(db)->constraint, "t_n_positive");
	assert_int_equal(number(&count_rows), 0);
	assert_int_equal(db_run(db, arena, NULL, queries, 1, results), OK);
	assert_int_equal(number(&count_rows), 1);
}

static void test_defects(void **state)
{
	(void)state;
	assert_int_equal(run(&nonsense), ERR_INTERNAL);
	assert_string_equal(db_fault(db)->sqlstate, "42601");
	assert_int_equal(run(&division), ERR_INTERNAL);
	assert_string_equal(db_fault(db)->sqlstate, "22012");
	assert_int_equal(run(&nonsense), ERR_INTERNAL);
	assert_int_equal(number(&one), 1);
}

static void test_time_out(void **state)
{
	int64_t started_us = clock_monotonic_us();

	(void)state;
	assert_int_equal(run(&sleep_long), ERR_TIMEOUT);
	assert_true(clock_monotonic_us() - started_us < 1500000);
	assert_int_equal(number(&one), 1);
}

/* Nothing but the request to give up ends the statement. */
static void test_late_answer(void **state)
{
	struct query queries[] = { { .statement = &no_time_out }, { .statement = &sleep_forever } };
	struct result results[2];
	unsigned generation = db_generation(db);
	int64_t backend = number(&pid);

	(void)state;
	assert_int_equal(db_run(db, arena, NULL, queries, 2, results), ERR_TIMEOUT);
	assert_int_equal(number(&pid), backend);
	assert_int_equal(db_generation(db), generation);
}

/* Nor does it cost the connection when it comes within an explicit transaction. */
static void test_late_answer_in_transaction(void **state)
{
	struct query queries[] = { { .statement = &no_time_out }, { .statement = &sleep_forever } };
	struct db_scope scope = { .user = uuid_v7(), .email = "late@example.org" };
	struct query first = insertion(1);
	struct result results[2];
	int64_t backend = number(&pid);

	(void)state;
	assert_int_equal(db_begin(db, arena, DB_LATEST, &scope, &first, results), OK);
	assert_int_equal(db_run(db, arena, NULL, queries, 2, results), ERR_TIMEOUT);
	db_rollback(db, arena);
	assert_int_equal(number(&pid), backend);
	assert_int_equal(number(&count_rows), 0);
}

static void test_repeated(void **state)
{
	(void)state;
	assert_int_equal(run(&twice_refused), OK);
	assert_int_equal(number(&tries), 3);
	assert_int_equal(run(&always_refused), ERR_UNAVAILABLE);
	assert_int_equal(number(&tries), 7);
	assert_int_equal(number(&one), 1);
}

/* What changes something is not repeated when the connection breaks under it; reads are, once. */
static void test_broken_connection(void **state)
{
	unsigned before = db_generation(db);

	(void)state;
	assert_int_equal(run(&suicide), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(db), -1);
	assert_int_equal(db_generation(db), before);
	assert_int_equal(number(&one), 1);
	assert_int_equal(db_generation(db), before + 1);
	assert_int_equal(run(&suicide_reading), ERR_UNAVAILABLE);
	assert_int_equal(db_generation(db), before + 2);
}

/* What the server says to what callers get, and whether the connection lives on. */
static void test_each_sqlstate(void **state)
{
	static const struct {
		const char *sqlstate;
		enum err err;
		bool kept;
	} rows[] = {
		{ "40001", ERR_UNAVAILABLE, true },	  { "40P01", ERR_UNAVAILABLE, true },
		{ "57014", ERR_TIMEOUT, true },		  { "55P03", ERR_UNAVAILABLE, true },
		{ "53100", ERR_UNAVAILABLE, true },	  { "53200", ERR_UNAVAILABLE, true },
		{ "53300", ERR_UNAVAILABLE, true },	  { "57P01", ERR_UNAVAILABLE, false },
		{ "57P03", ERR_UNAVAILABLE, false },	  { "08006", ERR_UNAVAILABLE, false },
		{ "25006", ERR_UNAVAILABLE, false },	  { "25P03", ERR_UNAVAILABLE, false },
		{ "26000", ERR_UNAVAILABLE, false },	  { "XX001", ERR_UNAVAILABLE, false },
		{ "DB429", ERR_TOO_MANY_REQUESTS, true }, { "42P01", ERR_INTERNAL, true },
		{ "42703", ERR_INTERNAL, true },	  { "42883", ERR_INTERNAL, true },
		{ "42704", ERR_INTERNAL, true },	  { "3F000", ERR_INTERNAL, true },
		{ "23505", ERR_INTERNAL, true },	  { "22003", ERR_INTERNAL, true },
		{ "DB400", ERR_INTERNAL, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *sql = arena_printf(
			arena, "DO $$ BEGIN RAISE EXCEPTION USING errcode = '%s'; END $$",
			rows[i].sqlstate);
		struct sql_line line = { .text = sql };
		struct statement raise = { .name = "raise", .line_count = 1, .lines = &line };
		struct db *other = db_new(&settings);
		assert_int_equal(run_on(other, &one), OK);
		assert_int_equal(run_on(other, &raise), rows[i].err);
		assert_string_equal(db_fault(other)->sqlstate, rows[i].sqlstate);
		assert_int_equal(db_socket(other) >= 0, rows[i].kept);
		assert_int_equal(run_on(other, &one), OK);
		assert_int_equal(db_generation(other), rows[i].kept ? 1 : 2);
		db_free(other);
	}
}

/* A constraint that is checked when the transaction ends fails behind the last statement. */
static void test_failure_at_the_end(void **state)
{
	struct query queries[] = { insert_late(1), insert_late(1) };
	struct result results[2];

	(void)state;
	assert_int_equal(run(&make_late_table), OK);
	assert_int_equal(db_run(db, arena, NULL, queries, 2, results), ERR_INTERNAL);
	assert_string_equal(db_fault(db)->sqlstate, "23505");
	assert_int_equal(number(&one), 1);
	assert_int_equal(db_run(db, arena, NULL, queries, 1, results), OK);
	assert_int_equal(number(&one), 1);
}

/* A schema without the program's change: nothing is served on it, and that is told apart from a
 * server that is away. */
static void test_schema_of_another_program(void **state)
{
	struct db_settings expecting = settings;
	struct db *other = db_new(&expecting);

	(void)state;
	expecting.schema_change = "no such change";
	assert_int_equal(db_state(other, arena), DB_OUTDATED);
	assert_int_equal(run_on(other, &one), ERR_UNAVAILABLE);
	expecting.schema_change = "tasks";
	assert_int_equal(run_on(other, &one), OK);
	assert_int_equal(db_state(other, arena), DB_READY);
	expecting.schema_change = "no such change";
	assert_int_equal(run_on(other, &one), OK); /* asked once a connection … */
	assert_int_equal(run_on(other, &missing), ERR_UNAVAILABLE);
	assert_int_equal(run_on(other, &one), ERR_UNAVAILABLE); /* … or when something is missing */
	assert_int_equal(db_generation(other), 1);
	db_free(other);
}

/* The server ends the connection while nothing runs: by itself, then noticed and not. */
static void test_idle_connection_ends(void **state)
{
	PGconn *other = PQconnectdb(settings.url);
	char command[64];

	(void)state;
	assert_int_equal(PQstatus(other), CONNECTION_OK);
	for (int noticed = 0; noticed <= 1; noticed++) {
		snprintf(command, sizeof command, "SELECT pg_terminate_backend(%lld, 1000)",
			 (long long)number(&pid));
		assert_true(db_socket(db) >= 0);
		PQclear(PQexec(other, command));
		if (noticed) {
			db_check(db);
			db_check(db);
			assert_int_equal(db_socket(db), -1);
		}
		assert_int_equal(number(&one), 1);
	}
	PQfinish(other);
}

/* More variants than are kept: each is right nevertheless. */
static void test_many_variants(void **state)
{
	static const struct sql_line lines[] = {
		{ .text = "SELECT 0::bigint" },
		{ .text = "+ 1", .conditions = { { 1, NULL } } },
		{ .text = "+ 2", .conditions = { { 2, NULL } } },
		{ .text = "+ 4", .conditions = { { 3, NULL } } },
		{ .text = "+ 8", .conditions = { { 4, NULL } } },
		{ .text = "+ 16", .conditions = { { 5, NULL } } },
		{ .text = "+ 32", .conditions = { { 6, NULL } } },
		{ .text = "+ 64", .conditions = { { 7, NULL } } },
		{ .text = "+ 128", .conditions = { { 8, NULL } } },
		{ .text = "+ 256", .conditions = { { 9, NULL } } },
		{ .text = "AS n WHERE row($1, $2, $3, $4, $5, $6, $7, $8, $9) IS DISTINCT FROM "
			  "NULL" },
	};
	static const struct statement sum = {
		.name = "sum",
		.param_count = 9,
		.param_types = { PG_BOOL, PG_BOOL, PG_BOOL, PG_BOOL, PG_BOOL, PG_BOOL, PG_BOOL,
				 PG_BOOL, PG_BOOL },
		.line_count = 11,
		.lines = lines,
	};

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (unsigned bits = 0; bits < 512; bits++) {
			struct query query = { .statement = &sum };
			struct result result;

			for (unsigned i = 0; i < 9; i++)
				query.params[i] =
					param_boolean((struct boolean){ true, bits >> i & 1 });
			assert_int_equal(db_run(db, arena, NULL, &query, 1, &result), OK);
			assert_int_equal(result_integer(&result, 0, "n").value, bits);
			arena_reset(arena);
		}
	}
}

static void test_session_must_live(void **state)
{
	struct db_scope scope = { .user = uuid_v7(), .session = uuid_v7() };
	struct query query = insertion(1);
	struct result result;

	(void)state;
	assert_int_equal(db_run(db, arena, &scope, &query, 1, &result), ERR_SESSION_REVOKED);
}

static void test_unreachable(void **state)
{
	struct db_settings nowhere = settings;
	struct db *other = db_new(&nowhere);
	struct query query = { .statement = &one };
	struct result result;

	(void)state;
	nowhere.url = "postgresql:///daybook?host=/nonexistent";
	assert_int_equal(db_socket(other), -1);
	db_check(other);
	for (int i = 0; i < 50; i++)
		assert_int_equal(db_run(other, arena, NULL, &query, 1, &result), ERR_UNAVAILABLE);
	assert_in_range(db_generation(other), 1, 3); /* not one attempt for each call */
	db_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_results, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_transaction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_defects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_answer_in_transaction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_repeated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_each_sqlstate, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failure_at_the_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_schema_of_another_program, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_broken_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_idle_connection_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_variants, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_session_must_live, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreachable, set_up, tear_down),
	};

	settings.url = getenv("DATABASE_URL");
	log_open("/dev/null", LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

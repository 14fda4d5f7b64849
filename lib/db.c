#include "db.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "crypto.h"
#include "instant.h"
#include "log.h"
#include "metrics.h"
#include "result.h"
#include "sql/requests.h"
#include "statement.h"

enum {
	MAX_TRIES = 4,
	GRACE_MS = 1000,  /* over the server's own statement time-out */
	SLOW_FACTOR = 10, /* how much longer statements marked slow may run */
};

/* What becomes of a transaction that failed. */
enum outcome { DONE, REPEAT, LOST, TIMED_OUT, BUSY, FAILED };

/* SQLSTATE or the beginning of one (PostgreSQL, appendix A) to what it means here. */
static const struct {
	const char *prefix;
	enum outcome outcome;
} outcomes[] = {
	{ "40001", REPEAT },	/* serialization_failure */
	{ "40P01", REPEAT },	/* deadlock_detected */
	{ "57014", TIMED_OUT }, /* query_canceled: statement_timeout */
	{ "55P03", BUSY },	/* lock_not_available: lock_timeout */
	{ "53", BUSY },		/* insufficient resources: disk, memory, connections */
	{ "57P", LOST },	/* the server is shut down or starting */
	{ "08", LOST },		/* connection exception */
	{ "25006", LOST },	/* read only: this server is no primary any more */
	{ "25P03", LOST },	/* idle_in_transaction_session_timeout */
	{ "26000", LOST },	/* a prepared statement is gone: prepare anew */
	{ "XX", LOST },		/* internal error: trust nothing of this connection */
};

/* What is sent for one query, and whether a Parse goes before it. */
struct step {
	struct prepared *prepared;
	bool parse;
};

static bool send_query(struct db *db, struct arena *arena, const struct query *query,
		       struct step *step)
{
	struct encoded_params params;
	const struct statement *statement = query->statement;

	step->prepared = connection_prepared(db, arena, query);
	step->parse = !step->prepared->ready;
	step->prepared->ready = step->prepared->name[0]; /* for what follows in this pipeline */
	if (step->parse &&
	    !PQsendPrepare(db->conn, step->prepared->name, statement_text(arena, query),
			   statement->param_count, statement->param_types))
		return false;
	statement_encode(arena, query, &params);
	return PQsendQueryPrepared(db->conn, step->prepared->name, statement->param_count,
				   params.values, params.lengths, params.formats, 1);
}

static void release_result(void *result)
{
	PQclear(result);
}

static enum outcome outcome_of(struct db *db, const PGresult *result)
{
	connection_remember_fault(db, result);
	if (!result || db->fault.sqlstate[0] == '\0')
		return LOST;
	for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
		if (strncmp(db->fault.sqlstate, outcomes[i].prefix, strlen(outcomes[i].prefix)) ==
		    0)
			return outcomes[i].outcome;
	return FAILED;
}

/* Reads the answer to one message of the pipeline. `*first` keeps the first thing that went
 * wrong; what follows it is only skipped. */
static const PGresult *collect(struct db *db, struct arena *arena, int64_t deadline_us,
			       enum outcome *first)
{
	if (*first == LOST)
		return NULL;
	PGresult *result = connection_next_result(db, deadline_us);
	if (!result) {
		*first = outcome_of(db, NULL);
		return NULL;
	}
	arena_defer(arena, release_result, result);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR && *first == DONE)
		*first = outcome_of(db, result);
	if (status != PGRES_PIPELINE_SYNC)
		PQclear(connection_next_result(db, deadline_us)); /* the NULL that ends it */
	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ? result : NULL;
}

static void collect_step(struct db *db, struct arena *arena, const struct step *step,
			 int64_t deadline_us, enum outcome *first, struct result *out)
{
	struct prepared *prepared = step->prepared;

	if (step->parse && !collect(db, arena, deadline_us, first))
		prepared->ready = false;
	const PGresult *rows = collect(db, arena, deadline_us, first);
	if (!rows)
		return;
	if (!prepared->described && PQnfields(rows) > 0) {
		if (prepared->columns)
			arena_defer(arena, free, prepared->columns);
		prepared->column_count = PQnfields(rows);
		prepared->columns = columns_new(rows);
		prepared->described = true;
		if (!prepared->name[0])
			arena_defer(arena, free, prepared->columns);
	}
	*out = (struct result){ rows, prepared->columns, PQntuples(rows), prepared->column_count };
}

/* What goes out in one flush: the queries, and a command of the transaction on either side. */
struct batch {
	const char *before, *after; /* NULL: none */
	const struct query *queries;
	size_t count;
};

static bool is_slow(const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->queries[i].statement->slow)
			return true;
	return false;
}

/* How long one of its statements may run. */
static int time_limit_ms(const struct db *db, const struct batch *batch)
{
	return db->settings->statement_timeout_ms * (is_slow(batch) ? SLOW_FACTOR : 1);
}

static bool send_command(struct db *db, const char *command)
{
	return !command || PQsendQueryParams(db->conn, command, 0, NULL, NULL, NULL, NULL, 1);
}

/* For the rest of the transaction. */
static bool send_time_limit(struct db *db, int limit_ms)
{
	char command[80];

	snprintf(command, sizeof command, "SELECT set_config('statement_timeout', '%d', true)",
		 limit_ms);
	return send_command(db, command);
}

static bool send_batch(struct db *db, struct arena *arena, const struct batch *batch,
		       struct step *steps)
{
	if (!send_command(db, batch->before) ||
	    (is_slow(batch) && !send_time_limit(db, time_limit_ms(db, batch))))
		return false;
	for (size_t i = 0; i < batch->count; i++)
		if (!send_query(db, arena, &batch->queries[i], &steps[i]))
			return false;
	return send_command(db, batch->after) && PQpipelineSync(db->conn);
}

/* One try: everything out in one flush, everything back in order. */
static enum outcome run_once(struct db *db, struct arena *arena, const struct batch *batch,
			     int64_t deadline_us, struct result *results)
{
	struct step steps[SQL_MAX_QUERIES + 1];
	enum outcome first = DONE, sync = DONE;

	metrics_add(METRIC_DB_ROUND_TRIPS, 1);
	if (!send_batch(db, arena, batch, steps) || !connection_flush(db, deadline_us))
		return outcome_of(db, NULL);
	if (batch->before)
		collect(db, arena, deadline_us, &first);
	if (is_slow(batch))
		collect(db, arena, deadline_us, &first);
	for (size_t i = 0; i < batch->count; i++)
		collect_step(db, arena, &steps[i], deadline_us, &first, &results[i]);
	if (batch->after)
		collect(db, arena, deadline_us, &first);
	collect(db, arena, deadline_us, first == LOST ? &first : &sync);
	return sync == DONE ? first : sync;
}

static bool all_read(const struct query *queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!queries[i].statement->reads)
			return false;
	return true;
}

static void pause_before_retry(void)
{
	uint8_t dice;

	random_bytes(&dice, sizeof dice);
	poll(NULL, 0, 1 + dice / 16);
}

static void drop(struct db *db, int64_t deadline_us)
{
	bool late = monotonic_us() >= deadline_us;

	log_event(LEVEL_WARNING, "database_lost", "%s %s", db->fault.sqlstate,
		  late ? "no answer in time" : db->fault.message);
	connection_close(db);
	if (late)
		connection_pause(db, late);
}

/* When a batch that begins now must have ended. */
static int64_t deadline_from_now(const struct db *db, const struct batch *batch)
{
	return monotonic_us() + INT64_C(1000) * (time_limit_ms(db, batch) + GRACE_MS);
}

/* Tries until it is done, or until trying again is pointless or dangerous. What begins or is inside
 * an explicit transaction has one try only: the whole of it would have to be repeated. */
static enum outcome run_tries(struct db *db, struct arena *arena, const struct batch *batch,
			      struct result *results)
{
	enum outcome outcome = LOST;

	for (int try = 1; try <= MAX_TRIES; try++) {
		int64_t deadline_us = deadline_from_now(db, batch);
		memset(results, 0, batch->count * sizeof *results);
		if (db->in_transaction ? !db->conn : !connection_open(db, deadline_us))
			return BUSY;
		outcome = run_once(db, arena, batch, deadline_us, results);
		if (outcome == LOST)
			drop(db, deadline_us);
		if (outcome == DONE || db->in_transaction || batch->before)
			return outcome;
		if (outcome == REPEAT)
			pause_before_retry();
		else if (outcome != LOST || try > 1 || !all_read(batch->queries, batch->count))
			return outcome;
	}
	return outcome;
}

/* The outcome as callers know it. */
static enum err conclude(enum outcome outcome)
{
	if (outcome == DONE)
		return OK;
	metrics_add(METRIC_DB_ERRORS, 1);
	if (outcome == FAILED)
		return ERR_INTERNAL;
	return outcome == TIMED_OUT ? ERR_TIMEOUT : ERR_UNAVAILABLE;
}

/* Runs the queries with the check of the scope's session in front. */
static enum err run_scoped(struct db *db, struct arena *arena, const struct db_scope *scope,
			   struct batch batch, struct result *results)
{
	struct query all[SQL_MAX_QUERIES + 1];
	struct result answers[SQL_MAX_QUERIES + 1];

	assert(batch.count <= SQL_MAX_QUERIES);
	all[0] = scope->session.set ? sql_request_begin(scope->user, scope->session)
				    : sql_request_begin_foreign(scope->user, scope->email);
	memcpy(all + 1, batch.queries, batch.count * sizeof *all);
	batch.queries = all;
	batch.count++;
	enum outcome outcome = run_tries(db, arena, &batch, answers);
	if (answers[0].rows && !result_bool(&answers[0], 0, "_lives"))
		return scope->session.set ? ERR_SESSION_REVOKED : ERR_UNAUTHORIZED;
	memcpy(results, answers + 1, (batch.count - 1) * sizeof *results);
	return conclude(outcome);
}

enum err db_run(struct db *db, struct arena *arena, const struct db_scope *scope,
		const struct query *queries, size_t count, struct result *results)
{
	struct batch batch = { .queries = queries, .count = count };

	assert(count <= SQL_MAX_QUERIES);
	if (scope && !db->in_transaction)
		return run_scoped(db, arena, scope, batch, results);
	return conclude(run_tries(db, arena, &batch, results));
}

enum err db_begin(struct db *db, struct arena *arena, enum db_view view,
		  const struct db_scope *scope, const struct query *query, struct result *out)
{
	static const char *const begin[] = {
		[DB_LATEST] = "BEGIN", [DB_SNAPSHOT] = "BEGIN ISOLATION LEVEL REPEATABLE READ"
	};
	struct batch batch = { begin[view], "SAVEPOINT work", query, 1 };

	assert(!db->in_transaction);
	enum err err = run_scoped(db, arena, scope, batch, out);
	if (err == OK)
		db->in_transaction = true;
	else
		db_rollback(db, arena);
	return err;
}

enum err db_commit(struct db *db, struct arena *arena, bool undo, const struct query *query)
{
	struct batch batch = { undo ? "ROLLBACK TO work" : NULL, "COMMIT", query, 1 };
	struct result result;

	assert(db->in_transaction);
	enum err err = db->conn ? conclude(run_tries(db, arena, &batch, &result)) : ERR_UNAVAILABLE;
	if (err != OK)
		db_rollback(db, arena);
	db->in_transaction = false;
	return err;
}

void db_rollback(struct db *db, struct arena *arena)
{
	struct batch batch = { .before = "ROLLBACK" };

	db->in_transaction = false;
	int64_t deadline_us = deadline_from_now(db, &batch);
	if (db->conn && run_once(db, arena, &batch, deadline_us, NULL) != DONE)
		drop(db, deadline_us);
}

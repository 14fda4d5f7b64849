#include "db/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/metrics.h"
#include "db/connection.h"
#include "db/result.h"
#include "db/statement.h"

enum {
	GRACE_MS = 1000,  /* over the server's own statement time-out */
	MANY_FACTOR = 10, /* how much longer statements marked `many` may run */
};

/* SQLSTATE or the beginning of one (PostgreSQL, appendix A) to what it means here. */
static const struct {
	const char *prefix;
	enum outcome outcome;
} outcomes[] = {
	{ "40001", BATCH_REPEAT },    /* serialization_failure */
	{ "40P01", BATCH_REPEAT },    /* deadlock_detected */
	{ "57014", BATCH_TIMED_OUT }, /* query_canceled: statement_timeout */
	{ "55P03", BATCH_BUSY },      /* lock_not_available: lock_timeout */
	{ "53", BATCH_BUSY },	      /* insufficient resources: disk, memory, connections */
	{ "57P", BATCH_LOST },	      /* the server is shut down or starting */
	{ "08", BATCH_LOST },	      /* connection exception */
	{ "25006", BATCH_LOST },      /* read only: this server is no primary any more */
	{ "25P03", BATCH_LOST },      /* idle_in_transaction_session_timeout */
	{ "26000", BATCH_LOST },      /* a prepared statement is gone: prepare anew */
	{ "XX", BATCH_LOST },	      /* internal error: trust nothing of this connection */
	{ "DB429", BATCH_CROWDED },   /* take_turn() */
	{ "DB413", BATCH_FULL },      /* count_bytes() */
	{ "42P01", BATCH_OUTDATED },  /* undefined_table */
	{ "42703", BATCH_OUTDATED },  /* undefined_column */
	{ "42883", BATCH_OUTDATED },  /* undefined_function */
	{ "42704", BATCH_OUTDATED },  /* undefined_object */
	{ "3F000", BATCH_OUTDATED },  /* invalid_schema_name */
};

/* What is sent for one query: a time limit and a Parse may go before it. */
struct step {
	struct prepared *prepared;
	bool limit, parse;
};

/* A batch under way. */
struct run {
	struct db *db;
	struct arena *arena;
	const struct batch *batch;
	struct step steps[BATCH_MAX_QUERIES];
	int64_t deadline_us;  /* of the answers that come next */
	enum outcome outcome; /* the first that went wrong; what follows it is only skipped */
};

/* How long a statement may run. */
static int time_limit_ms(const struct db *db, const struct statement *statement)
{
	if (statement->waits)
		return BATCH_PATIENCE_MS + GRACE_MS / 2;
	return db->settings->statement_timeout_ms * (statement->many ? MANY_FACTOR : 1);
}

/* When the answers to these queries must be here: all of them, or up to one that waits. */
static int64_t deadline_of(const struct db *db, const struct query *queries, size_t count)
{
	int limit_ms = db->settings->statement_timeout_ms;

	for (size_t i = 0; i < count; i++) {
		int own_ms = time_limit_ms(db, queries[i].statement);
		if (own_ms > limit_ms)
			limit_ms = own_ms;
		if (queries[i].statement->waits)
			break;
	}
	return clock_monotonic_us() + INT64_C(1000) * (limit_ms + GRACE_MS);
}

int64_t pipeline_deadline(const struct db *db, const struct batch *batch)
{
	return deadline_of(db, batch->queries, batch->count);
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

static bool send_query(struct run *run, const struct query *query, struct step *step)
{
	struct db *db = run->db;
	struct encoded_params params;
	const struct statement *statement = query->statement;

	step->prepared = connection_prepared(db, run->arena, query);
	step->parse = !step->prepared->ready;
	step->prepared->ready = step->prepared->name[0]; /* for what follows in this pipeline */
	if (step->parse &&
	    !PQsendPrepare(db->conn, step->prepared->name, statement_text(run->arena, query),
			   statement->param_count, statement->param_types))
		return false;
	statement_encode(run->arena, query, &params);
	return PQsendQueryPrepared(db->conn, step->prepared->name, statement->param_count,
				   params.values, params.lengths, params.formats, 1);
}

static bool send_queries(struct run *run)
{
	struct db *db = run->db;
	int limit_ms = db->settings->statement_timeout_ms;

	for (size_t i = 0; i < run->batch->count; i++) {
		const struct query *query = &run->batch->queries[i];
		struct step *step = &run->steps[i];
		int own_ms = time_limit_ms(db, query->statement);
		step->limit = own_ms != limit_ms;
		limit_ms = own_ms;
		if (step->limit && !send_time_limit(db, own_ms))
			return false;
		if (!send_query(run, query, step))
			return false;
		/* Its answer tells that the time of what follows begins. */
		if (query->statement->waits && !PQsendFlushRequest(db->conn))
			return false;
	}
	return true;
}

static bool send_batch(struct run *run)
{
	struct db *db = run->db;

	return send_command(db, run->batch->before) && send_queries(run) &&
	       send_command(db, run->batch->after) && PQpipelineSync(db->conn) &&
	       connection_flush(db, run->deadline_us);
}

static void release_result(void *result)
{
	PQclear(result);
}

static enum outcome outcome_of(struct db *db, const PGresult *result)
{
	connection_remember_fault(db, result);
	if (db->fault.sqlstate[0] == '\0')
		return BATCH_LOST;
	for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
		if (strncmp(db->fault.sqlstate, outcomes[i].prefix, strlen(outcomes[i].prefix)) ==
		    0)
			return outcomes[i].outcome;
	return BATCH_FAILED;
}

/* Notes that the connection is of no more use. */
static void lose(struct run *run)
{
	connection_remember_fault(run->db, NULL);
	run->outcome = clock_monotonic_us() < run->deadline_us ? BATCH_LOST : BATCH_LATE;
}

/* The answer to one message of the pipeline, good or bad; NULL when the connection is lost. */
static const PGresult *collect(struct run *run)
{
	struct db *db = run->db;

	if (run->outcome == BATCH_LOST || run->outcome == BATCH_LATE)
		return NULL;
	PGresult *result = connection_next_result(db, run->deadline_us);
	if (!result) {
		lose(run);
		return NULL;
	}
	arena_defer(run->arena, release_result, result);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR && run->outcome == BATCH_DONE)
		run->outcome = outcome_of(db, result);
	if (status != PGRES_PIPELINE_SYNC) /* the NULL that ends it */
		PQclear(connection_next_result(db, run->deadline_us));
	return result;
}

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

static void describe(struct run *run, struct prepared *prepared, const PGresult *rows)
{
	if (prepared->columns)
		arena_defer(run->arena, free, prepared->columns);
	prepared->column_count = PQnfields(rows);
	prepared->columns = columns_new(rows);
	prepared->described = true;
	if (!prepared->name[0])
		arena_defer(run->arena, free, prepared->columns);
}

static void collect_step(struct run *run, const struct step *step, struct result *out)
{
	struct prepared *prepared = step->prepared;

	if (step->limit)
		collect(run);
	if (step->parse && !is_good(collect(run)))
		prepared->ready = false;
	const PGresult *rows = collect(run);
	if (!is_good(rows))
		return;
	if (!prepared->described && PQnfields(rows) > 0)
		describe(run, prepared, rows);
	*out = (struct result){ rows, prepared->columns, PQntuples(rows), prepared->column_count };
}

static void collect_batch(struct run *run, struct result *results)
{
	const struct batch *batch = run->batch;
	const PGresult *end;

	if (batch->before)
		collect(run);
	for (size_t i = 0; i < batch->count; i++) {
		collect_step(run, &run->steps[i], &results[i]);
		if (batch->queries[i].statement->waits)
			run->deadline_us =
				deadline_of(run->db, batch->queries + i + 1, batch->count - i - 1);
	}
	if (batch->after)
		collect(run);
	/* What is checked when the transaction ends may fail before the end is told. */
	do
		end = collect(run);
	while (end && PQresultStatus(end) != PGRES_PIPELINE_SYNC);
}

enum outcome pipeline_run(struct db *db, struct arena *arena, const struct batch *batch,
			  int64_t deadline_us, struct result *results)
{
	struct run run = { .db = db, .arena = arena, .batch = batch, .deadline_us = deadline_us };

	metrics_add(METRIC_DB_ROUND_TRIPS, 1);
	if (send_batch(&run))
		collect_batch(&run, results);
	else
		lose(&run);
	if (!connection_settle(db, run.deadline_us))
		lose(&run);
	return run.outcome;
}

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
	SLOW_FACTOR = 10, /* how much longer statements marked slow may run */
};

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

int64_t pipeline_deadline(const struct db *db, const struct batch *batch)
{
	return clock_monotonic_us() + INT64_C(1000) * (time_limit_ms(db, batch) + GRACE_MS);
}

enum outcome pipeline_run(struct db *db, struct arena *arena, const struct batch *batch,
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

#include "db.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "crypto.h"
#include "instant.h"
#include "log.h"
#include "metrics.h"
#include "result.h"
#include "statement.h"

enum {
	MAX_TRIES = 4,
	GRACE_MS = 1000, /* over the server's own statement time-out */
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

static const struct statement begin_request = {
	.name = "begin_request",
	.reads = true,
	.param_count = 2,
	.param_types = { 2950, 2950 },
	.line_count = 1,
	.lines = (const struct sql_line[]){ { "SELECT begin_request($1, $2)", { { 0 } } } },
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

/* Waits for the socket until the deadline; false when it passes. */
static bool wait_socket(struct db *db, short events, int64_t deadline_us)
{
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = events };
	int64_t left_us = deadline_us - monotonic_us();
	int ready;

	do {
		ready = poll(&fd, 1, left_us > 0 ? (int)(left_us / 1000 + 1) : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

static bool flush(struct db *db, int64_t deadline_us)
{
	int left;

	while ((left = PQflush(db->conn)) > 0) {
		if (!wait_socket(db, POLLIN | POLLOUT, deadline_us) || !PQconsumeInput(db->conn))
			return false;
	}
	return left == 0;
}

/* The next result of the pipeline; NULL also when the server does not answer in time. */
static PGresult *next_result(struct db *db, int64_t deadline_us)
{
	while (PQisBusy(db->conn)) {
		if (!wait_socket(db, POLLIN, deadline_us) || !PQconsumeInput(db->conn))
			return NULL;
	}
	return PQgetResult(db->conn);
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
	PGresult *result = next_result(db, deadline_us);
	if (!result) {
		*first = outcome_of(db, NULL);
		return NULL;
	}
	arena_defer(arena, release_result, result);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR && *first == DONE)
		*first = outcome_of(db, result);
	if (status != PGRES_PIPELINE_SYNC)
		PQclear(next_result(db, deadline_us)); /* the NULL that ends each message */
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
	if (!prepared->columns && PQnfields(rows) > 0) {
		prepared->column_count = PQnfields(rows);
		prepared->columns = columns_new(rows);
		if (!prepared->name[0])
			arena_defer(arena, free, prepared->columns);
	}
	*out = (struct result){ rows, prepared->columns, PQntuples(rows), prepared->column_count };
}

/* One try: everything out in one flush, everything back in order. */
static enum outcome run_once(struct db *db, struct arena *arena, const struct query *queries,
			     size_t count, struct result *results)
{
	struct step steps[SQL_MAX_QUERIES + 1];
	int64_t deadline_us =
		monotonic_us() + INT64_C(1000) * (db->settings->statement_timeout_ms + GRACE_MS);
	enum outcome first = DONE;
	bool sent = true;

	metrics_add(METRIC_DB_ROUND_TRIPS, 1);
	for (size_t i = 0; i < count && sent; i++)
		sent = send_query(db, arena, &queries[i], &steps[i]);
	if (!sent || !PQpipelineSync(db->conn) || !flush(db, deadline_us))
		return outcome_of(db, NULL);
	for (size_t i = 0; i < count; i++)
		collect_step(db, arena, &steps[i], deadline_us, &first, &results[i]);
	enum outcome sync = DONE;
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

/* Tries until it is done, or until trying again is pointless or dangerous. */
static enum outcome run_tries(struct db *db, struct arena *arena, const struct query *queries,
			      size_t count, struct result *results)
{
	enum outcome outcome = LOST;

	for (int try = 1; try <= MAX_TRIES; try++) {
		if (!connection_open(db))
			return BUSY;
		memset(results, 0, count * sizeof *results);
		outcome = run_once(db, arena, queries, count, results);
		if (outcome == LOST) {
			log_event(LEVEL_WARNING, "database_lost", "%s %s", db->fault.sqlstate,
				  db->fault.message);
			connection_close(db);
			if (try > 1 || !all_read(queries, count))
				return LOST;
		} else if (outcome == REPEAT) {
			pause_before_retry();
		} else {
			return outcome;
		}
	}
	return outcome;
}

enum err db_run(struct db *db, struct arena *arena, const struct db_scope *scope,
		const struct query *queries, size_t count, struct result *results)
{
	struct query all[SQL_MAX_QUERIES + 1];
	struct result answers[SQL_MAX_QUERIES + 1] = { 0 };
	size_t scoped = scope ? 1 : 0;

	assert(count <= SQL_MAX_QUERIES);
	if (scope)
		all[0] = (struct query){ &begin_request,
					 { param_uuid(scope->user), param_uuid(scope->session) } };
	memcpy(all + scoped, queries, count * sizeof *queries);
	enum outcome outcome = run_tries(db, arena, all, scoped + count, answers);
	if (scope && answers[0].rows && !result_bool(&answers[0], 0, "begin_request"))
		return ERR_SESSION_REVOKED;
	memcpy(results, answers + scoped, count * sizeof *results);
	if (outcome == DONE)
		return OK;
	metrics_add(METRIC_DB_ERRORS, 1);
	if (outcome == FAILED)
		return ERR_INTERNAL;
	return outcome == TIMED_OUT ? ERR_TIMEOUT : ERR_UNAVAILABLE;
}

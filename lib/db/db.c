#include "db/db.h"

#include <assert.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "db/connection.h"
#include "db/pipeline.h"
#include "db/result.h"
#include "sql/requests.h"

enum { MAX_TRIES = 4 };

/* What an explicit transaction does after its first query can be undone by itself. */
static const char savepoint[] = "SAVEPOINT work", undo_work[] = "ROLLBACK TO work";

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

/* Drops a connection of no more use. A silent server is left alone for a while. */
static void drop(struct db *db, enum outcome outcome)
{
	bool late = outcome == BATCH_LATE;

	log_event(LEVEL_WARNING, "database_lost", "%s %s", db->fault.sqlstate,
		  late ? "no answer in time" : db->fault.message);
	connection_close(db);
	if (late)
		connection_pause(db, late);
}

/* Whether the schema is one for this program: asked once on each connection, and again as long as
 * it is not. A schema that cannot even say so is none. */
static enum outcome check_schema(struct db *db, struct arena *arena, int64_t deadline_us)
{
	const char *change = db->settings->schema_change;
	struct query query = sql_request_schema_has(change);
	struct batch batch = { .queries = &query, .count = 1 };
	struct result rows = { 0 };

	if (db->schema_ok || !change)
		return BATCH_DONE;
	enum outcome outcome = pipeline_run(db, arena, &batch, deadline_us, &rows);
	if (outcome == BATCH_DONE && result_bool(&rows, 0, "_ok")) {
		db->schema_ok = true;
		return BATCH_DONE;
	}
	if (outcome != BATCH_DONE && outcome != BATCH_FAILED && outcome != BATCH_OUTDATED)
		return outcome;
	db->fault = (struct db_fault){ .message = "the schema is older than the program" };
	return BATCH_OUTDATED;
}

/* Runs the batch on a schema that fits. When something in the schema is missing nevertheless, it
 * has changed, or the statement is wrong. */
static enum outcome run_once(struct db *db, struct arena *arena, const struct batch *batch,
			     int64_t deadline_us, struct result *results)
{
	bool alone = !db->in_transaction && !batch->before;
	enum outcome outcome =
		db->in_transaction ? BATCH_DONE : check_schema(db, arena, deadline_us);

	if (outcome != BATCH_DONE)
		return outcome;
	outcome = pipeline_run(db, arena, batch, deadline_us, results);
	if (outcome != BATCH_OUTDATED)
		return outcome;
	db->schema_ok = false;
	if (alone && check_schema(db, arena, deadline_us) == BATCH_DONE)
		return BATCH_FAILED;
	return BATCH_OUTDATED;
}

/* Tries until it is done, or until trying again is pointless or dangerous. What begins or is inside
 * an explicit transaction has one try only: the whole of it would have to be repeated. */
static enum outcome run_tries(struct db *db, struct arena *arena, const struct batch *batch,
			      struct result *results)
{
	enum outcome outcome = BATCH_LOST;

	for (int try = 1; try <= MAX_TRIES; try++) {
		int64_t deadline_us = pipeline_deadline(db, batch);
		memset(results, 0, batch->count * sizeof *results);
		if (db->in_transaction ? !db->conn : !connection_open(db, deadline_us))
			return BATCH_BUSY;
		outcome = run_once(db, arena, batch, deadline_us, results);
		if (outcome == BATCH_LOST || outcome == BATCH_LATE)
			drop(db, outcome);
		if (outcome == BATCH_DONE || db->in_transaction || batch->before)
			return outcome;
		if (outcome == BATCH_REPEAT)
			pause_before_retry();
		else if (outcome != BATCH_LOST || try > 1 ||
			 !all_read(batch->queries, batch->count))
			return outcome;
	}
	return outcome;
}

/* The outcome as callers know it. */
static enum err conclude(enum outcome outcome)
{
	if (outcome == BATCH_DONE)
		return OK;
	metrics_add(METRIC_DB_ERRORS, 1);
	switch (outcome) {
	case BATCH_FAILED:
		return ERR_INTERNAL;
	case BATCH_TIMED_OUT:
		return ERR_TIMEOUT;
	case BATCH_CROWDED:
		return ERR_TOO_MANY_REQUESTS;
	case BATCH_FULL:
		return ERR_QUOTA_EXCEEDED;
	default:
		return ERR_UNAVAILABLE;
	}
}

enum db_state db_state(struct db *db, struct arena *arena)
{
	struct batch nothing = { 0 };
	struct result none;

	db->schema_ok = false;
	switch (run_tries(db, arena, &nothing, &none)) {
	case BATCH_DONE:
		return DB_READY;
	case BATCH_OUTDATED:
		return DB_OUTDATED;
	default:
		return DB_UNREACHABLE;
	}
}

/* Puts down what comes before a scope's queries, and returns how many that are. A row of the first
 * tells that the user's rows may be seen. */
static size_t begin_scope(const struct db_scope *scope, struct query *out)
{
	out[0] = scope->session.set ? sql_request_begin(scope->user, scope->session)
				    : sql_request_begin_foreign(scope->user, scope->email);
	if (!scope->slow)
		return 1;
	out[1] = sql_request_take_turn((struct integer){ BATCH_PATIENCE_MS, true });
	return 2;
}

/* Runs the queries with the check of the scope's session in front. */
static enum err run_scoped(struct db *db, struct arena *arena, const struct db_scope *scope,
			   struct batch batch, struct result *results)
{
	struct query all[BATCH_MAX_QUERIES];
	struct result answers[BATCH_MAX_QUERIES];
	size_t first = begin_scope(scope, all), count = batch.count;

	assert(count <= SQL_MAX_QUERIES);
	memcpy(all + first, batch.queries, count * sizeof *all);
	batch.queries = all;
	batch.count += first;
	enum outcome outcome = run_tries(db, arena, &batch, answers);
	if (answers[0].rows && answers[0].row_count == 0)
		return scope->session.set ? ERR_SESSION_REVOKED : ERR_UNAUTHORIZED;
	memcpy(results, answers + first, count * sizeof *results);
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
	struct batch batch = { begin[view], savepoint, query, 1 };

	assert(!db->in_transaction);
	enum err err = scope ? run_scoped(db, arena, scope, batch, out)
			     : conclude(run_tries(db, arena, &batch, out));
	if (err == OK)
		db->in_transaction = true;
	else
		db_rollback(db, arena);
	return err;
}

bool db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

enum err db_commit(struct db *db, struct arena *arena, bool undo, const struct query *query)
{
	struct batch batch = { undo ? undo_work : NULL, "COMMIT", query, query ? 1 : 0 };
	struct result result;

	assert(db->in_transaction);
	enum err err = db->conn ? conclude(run_tries(db, arena, &batch, &result)) : ERR_UNAVAILABLE;
	if (err != OK)
		db_rollback(db, arena);
	db->in_transaction = false;
	return err;
}

enum err db_undo(struct db *db, struct arena *arena)
{
	struct batch batch = { .before = undo_work };
	struct result none;

	if (!db->in_transaction)
		return OK;
	return conclude(run_tries(db, arena, &batch, &none));
}

void db_rollback(struct db *db, struct arena *arena)
{
	struct batch batch = { .before = "ROLLBACK" };

	db->in_transaction = false;
	if (!db->conn)
		return;
	enum outcome outcome = pipeline_run(db, arena, &batch, pipeline_deadline(db, &batch), NULL);
	if (outcome != BATCH_DONE)
		drop(db, outcome);
}

const char *db_digest(struct arena *arena, const void *data, size_t len)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	sha256(data, len, digest);
	hex_encode(digest, sizeof digest, hex);
	return arena_printf(arena, "\\x%s", hex);
}

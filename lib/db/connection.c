#include "db/connection.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "db/statement.h"

enum {
	CACHE_LIMIT = 384, /* prepared statements; what comes after them is parsed at each use */
	FIRST_PAUSE_US = 50000,
	LAST_PAUSE_US = 500000,
	DELAY_US = 20000,	 /* nearly all answers are there before */
	CANCEL_LEAD_US = 500000, /* before the deadline the server is asked to give up */
	BUSY_US = 500000,	 /* and gets this on top if it has heard that */
};

struct db *db_new(const struct db_settings *settings)
{
	struct db *db = calloc(1, sizeof *db);

	if (!db)
		abort();
	db->settings = settings;
	return db;
}

void db_on_delay(struct db *db, void (*run)(void *context), void *context)
{
	db->on_delay.run = run;
	db->on_delay.context = context;
}

void connection_close(struct db *db)
{
	cancel_abandon(&db->cancel);
	db->schema_ok = false;
	PQfinish(db->conn);
	db->conn = NULL;
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		db->cache[i].ready = db->cache[i].described = false;
}

void db_free(struct db *db)
{
	connection_close(db);
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		free(db->cache[i].columns);
	free(db);
}

const struct db_fault *db_fault(const struct db *db)
{
	return &db->fault;
}

int db_socket(const struct db *db)
{
	return db->conn ? PQsocket(db->conn) : -1;
}

unsigned db_generation(const struct db *db)
{
	return db->generation;
}

void connection_remember_fault(struct db *db, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *constraint =
		result ? PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	db->fault.detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
	if (!message)
		message = db->conn ? PQerrorMessage(db->conn) : "not connected";
	snprintf(db->fault.sqlstate, sizeof db->fault.sqlstate, "%s", state ? state : "");
	snprintf(db->fault.constraint, sizeof db->fault.constraint, "%s",
		 constraint ? constraint : "");
	snprintf(db->fault.message, sizeof db->fault.message, "%.*s", (int)strcspn(message, "\n"),
		 message);
}

/* Waits for the socket until the deadline; false when it passes. */
static bool wait_socket(struct db *db, short events, int64_t deadline_us)
{
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = events };
	int64_t left_us = deadline_us - clock_monotonic_us();
	int ready;

	do {
		ready = poll(&fd, 1, left_us > 0 ? (int)(left_us / 1000 + 1) : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

bool connection_flush(struct db *db, int64_t deadline_us)
{
	int left;

	while ((left = PQflush(db->conn)) > 0) {
		if (!wait_socket(db, POLLIN | POLLOUT, deadline_us) || !PQconsumeInput(db->conn))
			return false;
	}
	return left == 0;
}

/* Waits for the socket, and tells whoever asked for it that this takes longer than usual. */
static bool wait_until(struct db *db, int64_t deadline_us)
{
	int64_t delay_us = clock_monotonic_us() + DELAY_US;

	if (db->on_delay.run && delay_us < deadline_us) {
		if (wait_socket(db, POLLIN, delay_us))
			return true;
		db->on_delay.run(db->on_delay.context);
	}
	return wait_socket(db, POLLIN, deadline_us);
}

static bool wait_answer(struct db *db, int64_t deadline_us)
{
	if (wait_until(db, deadline_us - CANCEL_LEAD_US))
		return true;
	cancel_begin(&db->cancel, db->conn);
	if (wait_socket(db, POLLIN, deadline_us))
		return true;
	return cancel_is_over(&db->cancel, deadline_us) && db->cancel.taken &&
	       wait_socket(db, POLLIN, deadline_us + BUSY_US);
}

PGresult *connection_next_result(struct db *db, int64_t deadline_us)
{
	while (PQisBusy(db->conn)) {
		if (!wait_answer(db, deadline_us) || !PQconsumeInput(db->conn))
			return NULL;
	}
	return PQgetResult(db->conn);
}

bool connection_settle(struct db *db, int64_t deadline_us)
{
	return cancel_is_over(&db->cancel, deadline_us);
}

/* Settings of the session go by set_config(), not by `options=`, which poolers refuse. No statement
 * reads a whole table, however small: an index works out once who the user is, not for each row,
 * and nobody waits for the rows of all. Where there is no index the cost of that would call for
 * JIT. */
static bool configure(struct db *db, int64_t deadline_us)
{
	char statement[16], lock[16], idle[16], quota[24] = "";
	const char *values[] = { statement, lock, idle, quota };

	snprintf(statement, sizeof statement, "%d", db->settings->statement_timeout_ms);
	snprintf(lock, sizeof lock, "%d", db->settings->lock_timeout_ms);
	snprintf(idle, sizeof idle, "%d", db->settings->idle_transaction_timeout_ms);
	if (db->settings->quota_bytes > 0)
		snprintf(quota, sizeof quota, "%" PRId64, db->settings->quota_bytes);
	bool sent =
		PQsetnonblocking(db->conn, 1) == 0 &&
		PQsendQueryParams(db->conn,
				  "SELECT set_config('search_path', 'daybook', false),"
				  " set_config('statement_timeout', $1, false), "
				  "set_config('lock_timeout', $2, false),"
				  " set_config('idle_in_transaction_session_timeout', $3, false),"
				  " set_config('timezone', 'UTC', false), "
				  "set_config('enable_seqscan', 'off', false),"
				  " set_config('jit', 'off', false), "
				  "set_config('app.quota_bytes', $4, false)",
				  4, NULL, values, NULL, NULL, 0) &&
		connection_flush(db, deadline_us);
	PGresult *result = sent ? connection_next_result(db, deadline_us) : NULL;
	bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;
	if (ok)
		PQclear(connection_next_result(db, deadline_us)); /* the NULL that ends it */
	else
		connection_remember_fault(db, result);
	PQclear(result);
	return ok && PQenterPipelineMode(db->conn) == 1;
}

/* libpq would print it to standard error, which is not for lines that are no JSON. */
static void log_notice(void *context, const char *message)
{
	(void)context;
	log_event(LEVEL_INFO, "database_notice", "%.*s", (int)strcspn(message, "\n"), message);
}

static bool open_connection(struct db *db, int64_t deadline_us)
{
	char connect_timeout[16], user_timeout[16];
	const char *names[] = { "dbname",
				"connect_timeout",
				"tcp_user_timeout",
				"keepalives_idle",
				"application_name",
				"client_encoding",
				NULL };
	const char *values[] = { db->settings->url,
				 connect_timeout,
				 user_timeout,
				 "10",
				 db->settings->application_name,
				 "UTF8",
				 NULL };

	snprintf(connect_timeout, sizeof connect_timeout, "%d", db->settings->connect_timeout_s);
	snprintf(user_timeout, sizeof user_timeout, "%d", db->settings->tcp_user_timeout_ms);
	db->conn = PQconnectdbParams(names, values, 1);
	PQsetNoticeProcessor(db->conn, log_notice, NULL);
	if (PQstatus(db->conn) == CONNECTION_OK)
		return configure(db, deadline_us);
	connection_remember_fault(db, NULL);
	return false;
}

void connection_pause(struct db *db, bool late)
{
	uint8_t dice;

	db->pause_us = db->pause_us == 0 ? FIRST_PAUSE_US : 2 * db->pause_us;
	if (late || db->pause_us > LAST_PAUSE_US)
		db->pause_us = LAST_PAUSE_US;
	random_bytes(&dice, sizeof dice);
	db->next_attempt_us =
		clock_monotonic_us() + db->pause_us / 2 + db->pause_us / 2 * dice / 255;
}

bool connection_open(struct db *db, int64_t deadline_us)
{
	if (db->conn)
		return true;
	if (clock_monotonic_us() < db->next_attempt_us)
		return false;
	int64_t began_us = clock_monotonic_us();
	metrics_add(METRIC_DB_CONNECTS, 1);
	db->generation++;
	if (open_connection(db, deadline_us)) {
		db->pause_us = 0;
		return true;
	}
	connection_close(db);
	log_event(LEVEL_ERROR, "database_unreachable", "%s", db->fault.message);
	connection_pause(db, clock_monotonic_us() - began_us > LAST_PAUSE_US);
	return false;
}

void db_check(struct db *db)
{
	if (db->conn && (!PQconsumeInput(db->conn) || PQstatus(db->conn) == CONNECTION_BAD)) {
		connection_remember_fault(db, NULL);
		log_event(LEVEL_WARNING, "database_lost", "%s", db->fault.message);
		connection_close(db);
	}
}

struct prepared *connection_prepared(struct db *db, struct arena *arena, const struct query *query)
{
	uint64_t variant = statement_variant(query);
	uint64_t hash = ((uintptr_t)query->statement >> 4) * UINT64_C(0x9E3779B97F4A7C15) ^
			variant * UINT64_C(0xC2B2AE3D27D4EB4F);
	struct prepared *slot;

	for (size_t i = hash >> 32;; i++) {
		slot = &db->cache[i % CACHE_SLOTS];
		if (!slot->statement)
			break;
		if (slot->statement == query->statement && slot->variant == variant)
			return slot;
	}
	if (db->cached == CACHE_LIMIT)
		slot = arena_alloc(arena, sizeof *slot);
	else
		snprintf(slot->name, sizeof slot->name, "s%u", db->cached++);
	slot->statement = query->statement;
	slot->variant = variant;
	return slot;
}

/* db.h -- PostgreSQL: prepared statements over one connection per process, one round trip a call.
 *
 * db_run() sends any number of queries in one libpq pipeline, which is one
 * transaction. With a scope, one of sql/queries/requests.sql goes first: it checks that the session
 * lives and lets row-level security show that user's rows alone. Without one, nothing of any user
 * is visible.
 *
 * The connection is made when it is first needed and anew when it breaks, with a growing pause. */
#ifndef DB_H
#define DB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/types.h"
#include "db/query.h"
#include "db/result.h"

/* Whose rows a transaction sees: by which session, or, without one, as the user of another issuer
 * with this email, who is made at first sight. */
struct db_scope {
	struct uuid user, session;
	const char *email;
	bool slow; /* each transaction first takes one of the user's turns at what may take long */
};

struct db_settings {
	const char *url; /* a libpq connection string */
	const char *application_name;
	int connect_timeout_s, statement_timeout_ms, lock_timeout_ms;
	int idle_transaction_timeout_ms, tcp_user_timeout_ms;
	int64_t quota_bytes;	   /* that a user may store; 0: any number */
	const char *schema_change; /* that the schema must have; NULL: any will do */
};

/* Why the last db_run() failed: what PostgreSQL said, for the log and the table of constraints. */
struct db_fault {
	char sqlstate[6];
	char constraint[64];
	char message[256];
	const char *detail; /* of SQLSTATEs of our own; lives as long as the call's arena */
};

struct db;

enum db_state { DB_READY, DB_OUTDATED, DB_UNREACHABLE };

/* A connection that is not made yet; `settings` must outlive it. */
struct db *db_new(const struct db_settings *settings);
void db_free(struct db *db);

/* Lets `run(context)` be called whenever the server has not answered within some milliseconds,
 * while it is waited for: so the caller can see to what must not wait, too. It must not use `db`.
 */
void db_on_delay(struct db *db, void (*run)(void *context), void *context);

/* Asks the database how it is. As long as its schema lacks the settings' change, whatever is run
 * fails with ERR_UNAVAILABLE, so that nothing is half served; that is asked once a connection. */
enum db_state db_state(struct db *db, struct arena *arena);

/* Runs `count` queries (at most SQL_MAX_QUERIES) as one transaction in one round trip; the
 * results join the arena. ERR_SESSION_REVOKED: the scope's session has ended; ERR_UNAUTHORIZED: the
 * other issuer's user cannot be made. ERR_UNAVAILABLE,
 * ERR_TIMEOUT: nothing is known to be done, try later. ERR_TOO_MANY_REQUESTS: a slow scope found no
 * turn for two seconds. ERR_QUOTA_EXCEEDED: it adds to what the user has stored, and that is too
 * much. ERR_INTERNAL: see db_fault(). Deadlocks and
 * serialization failures are repeated up to three times, reads once over a broken connection. */
enum err db_run(struct db *db, struct arena *arena, const struct db_scope *scope,
		const struct query *queries, size_t count, struct result *results)
	__attribute__((warn_unused_result));

/* DB_LATEST is READ COMMITTED: each statement sees what is committed when it starts. DB_SNAPSHOT is
 * REPEATABLE READ: all see the moment of the first. */
enum db_view { DB_LATEST, DB_SNAPSHOT };

/* An explicit transaction, for what has to be decided between its statements: db_begin() runs one
 * query in it (without a scope, if that is NULL), db_run() then runs on inside of it, db_commit()
 * runs a last query, unless that is NULL, and ends it. With `undo` all but the first and the last
 * query is taken back; db_rollback() takes everything back. Nothing is repeated by itself. A
 * failure of these three leaves no transaction. */
enum err db_begin(struct db *db, struct arena *arena, enum db_view view,
		  const struct db_scope *scope, const struct query *query, struct result *out)
	__attribute__((warn_unused_result));
enum err db_commit(struct db *db, struct arena *arena, bool undo, const struct query *query)
	__attribute__((warn_unused_result));
void db_rollback(struct db *db, struct arena *arena);
bool db_in_transaction(const struct db *db);

/* Inside an explicit transaction: takes back all but its first query, so that more can be asked
 * after a query has failed. Outside of one there is nothing to take back. */
enum err db_undo(struct db *db, struct arena *arena) __attribute__((warn_unused_result));

const struct db_fault *db_fault(const struct db *db);

/* The SHA-256 of some bytes as the text of a bytea parameter; it joins the arena. */
const char *db_digest(struct arena *arena, const void *data, size_t len);

/* The socket to watch while idle, or -1, and how many connections there were before it; db_check()
 * then notices a server that went away. */
int db_socket(const struct db *db);
unsigned db_generation(const struct db *db);
void db_check(struct db *db);

#endif

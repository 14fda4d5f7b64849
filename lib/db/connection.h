/* connection.h -- the inside of db.h's connection: made, configured, lost and made again, with the
 * statements that the server has prepared on it. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "db/cancel.h"
#include "db/db.h"

enum { CACHE_SLOTS = 512 }; /* a power of two */

/* A statement in one variant, as the server knows it. */
struct prepared {
	const struct statement *statement; /* NULL: a free slot */
	uint64_t variant;
	char name[16];	/* "" is the unnamed statement */
	bool ready;	/* on this connection */
	bool described; /* its columns are those of this connection */
	struct column *columns;
	int column_count;
};

struct db {
	const struct db_settings *settings;
	PGconn *conn;	     /* NULL: not connected */
	bool in_transaction; /* an explicit one: db_begin() */
	bool schema_ok;	     /* it has the change of the settings */
	struct prepared cache[CACHE_SLOTS];
	unsigned cached;
	unsigned generation;
	struct cancel cancel;
	struct {
		void (*run)(void *context); /* or NULL */
		void *context;
	} on_delay;
	int64_t pause_us, next_attempt_us;
	struct db_fault fault;
};

/* Connects unless connected, and configures the session, by the deadline. After a failed attempt it
 * returns false without trying again until the pause is over. */
bool connection_open(struct db *db, int64_t deadline_us) __attribute__((warn_unused_result));

/* Lets no connection be made for a while. The pause grows with each failure, and is jittered so
 * that workers do not come all at once. `late`: the failure took long, and while this worker waited
 * others queued for it; so the longest pause, in which they get their 503. */
void connection_pause(struct db *db, bool late);

/* Sends what libpq has gathered; false when that fails or the deadline passes. */
bool connection_flush(struct db *db, int64_t deadline_us) __attribute__((warn_unused_result));

/* The next result; NULL also when the server does not answer in time. Shortly before the deadline
 * it asks the server to give up, and waits longer for one that has heard that. */
PGresult *connection_next_result(struct db *db, int64_t deadline_us)
	__attribute__((warn_unused_result));

/* Whether no request to give up is under way, which a later query could take for its own. Waits for
 * that until the deadline. */
bool connection_settle(struct db *db, int64_t deadline_us) __attribute__((warn_unused_result));

/* Drops the connection with all that was prepared on it. The columns stay until the statement is
 * described anew: results of the request under way still point to them. */
void connection_close(struct db *db);

/* The slot of a statement in one variant; when the cache is full an unnamed one in the arena. */
struct prepared *connection_prepared(struct db *db, struct arena *arena, const struct query *query);

/* Keeps what the server said in `result`, or what libpq says of the connection without one. */
void connection_remember_fault(struct db *db, const PGresult *result);

#endif

/* pipeline.h -- one round trip of db.c: everything out in one flush, everything back in order. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "db/db.h"

/* What became of a transaction. */
enum outcome {
	BATCH_DONE,
	BATCH_REPEAT, /* another transaction was in the way */
	BATCH_LOST,   /* the connection is of no more use */
	BATCH_LATE,   /* neither is it, because the server is silent */
	BATCH_TIMED_OUT,
	BATCH_BUSY,
	BATCH_CROWDED,	/* too many requests of one user at once */
	BATCH_FULL,	/* the user has stored too much */
	BATCH_OUTDATED, /* the schema lacks something */
	BATCH_FAILED,
};

enum { BATCH_MAX_QUERIES = SQL_MAX_QUERIES + 2 }; /* with those that begin a scope */

/* The queries of one round trip, and a command of the transaction on either side. */
struct batch {
	const char *before, *after; /* NULL: none */
	const struct query *queries;
	size_t count; /* at most BATCH_MAX_QUERIES */
};

/* How long a statement that waits for its turn may do so. */
enum { BATCH_PATIENCE_MS = 2000 };

/* When a batch that begins now must have ended, on clock_monotonic_us()'s clock. */
int64_t pipeline_deadline(const struct db *db, const struct batch *batch);

/* One try over the open connection. `results` has one for each query; their rows join the arena.
 * What went wrong is in db->fault. */
enum outcome pipeline_run(struct db *db, struct arena *arena, const struct batch *batch,
			  int64_t deadline_us, struct result *results)
	__attribute__((warn_unused_result));

#endif

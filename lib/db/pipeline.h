/* pipeline.h -- one round trip of db.c: everything out in one flush, everything back in order. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "base/clock.h"
#include "db/db.h"

/* What became of a transaction. */
enum outcome { DONE, REPEAT, LOST, TIMED_OUT, BUSY, FAILED };

/* The queries of one round trip, and a command of the transaction on either side. */
struct batch {
	const char *before, *after; /* NULL: none */
	const struct query *queries;
	size_t count; /* at most SQL_MAX_QUERIES + 1 */
};

/* When a batch that begins now must have ended, on clock_monotonic_us()'s clock. */
int64_t pipeline_deadline(const struct db *db, const struct batch *batch);

/* One try over the open connection. `results` has one for each query; their rows join the arena.
 * What went wrong is in db->fault; after LOST the connection is of no more use. */
enum outcome pipeline_run(struct db *db, struct arena *arena, const struct batch *batch,
			  int64_t deadline_us, struct result *results)
	__attribute__((warn_unused_result));

#endif

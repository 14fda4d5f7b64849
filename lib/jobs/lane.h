/* lane.h -- jobs, done one after the other by one process over one connection to the database.
 *
 * A job of the clock is one transaction that holds the job's row (sql/queries/jobs.sql), so any
 * number of processes may look for it: one does it, and one that dies leaves it to the next. A job
 * of a queue does one piece of work at a time, and claims it for itself. Whatever fails waits for a
 * while, and stops no other job. */
#ifndef LANE_H
#define LANE_H

#include "base/arena.h"
#include "base/err.h"
#include "daemon/metrics.h"
#include "db/db.h"

/* What a process does its jobs with. */
struct lane {
	struct db *db;
	struct arena *arena; /* ends with the piece of work */
	void *context;	     /* of the program */
};

/* What became of a piece of work. */
struct work {
	bool more;	  /* there may be more of it */
	int wait_ms;	  /* … but not before that */
	const char *made; /* in words: "2 mails"; NULL: nothing */
};

struct job {
	const char *name, *lane;
	int period_s, at_s; /* due at the multiples of the period and `at_s` later; 0: a queue */
	enum metric done, failed;
	/* Does the work within the transaction that holds the job's row, or one piece of a queue's.
	 * After a failure db_fault() tells why. */
	enum err (*run)(struct lane *lane, struct work *work);
};

/* Does the jobs when they are due until a signal comes (signals.h); the piece of work under way is
 * finished. Returns the process's exit status. */
int lane_serve(struct lane *lane, const struct job *const *jobs, size_t count);

/* Does one job now, whether it is due or not, to its end, and prints what it made; false if it
 * failed. */
bool lane_run_once(struct lane *lane, const struct job *job);

#endif

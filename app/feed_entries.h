/* feed_entries.h -- a task as entries of a calendar. */
#ifndef FEED_ENTRIES_H
#define FEED_ENTRIES_H

#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"

struct feed_style {
	bool todo;	       /* VTODO; else VEVENT */
	const char *front_end; /* where tasks are shown, or "" */
	const char *zone;      /* the user's, which the calendar has; NULL: no rule is written */
};

/* Appends the task in a row of feed_tasks. It is one entry, which repeats as the task does. Where a
 * rule does not name the day on which the task is due, RFC 5545 leaves open what it means (section
 * 3.8.5.3): then that day is an entry of its own, and the rule begins with the next one. */
void feed_put_task(struct buf *out, struct arena *arena, const struct feed_style *style,
		   const struct result *rows, int row);

#endif

/* ical.h -- calendars as text (iCalendar, RFC 5545), written by libical, which no other file knows.
 *
 * A calendar is ical_open(), any number of ical_put(), ical_close(): each appends to the buffer, so
 * a caller may take away what is there in between. Lines end in CRLF and are folded at 75 octets.
 * Texts are any UTF-8: a line break of any kind is one within the text, and U+FFFD stands for each
 * other control character but the tab, so that no text ends its line. */
#ifndef ICAL_H
#define ICAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/types.h"

/* What is to be done at a moment, or on a day. */
struct ical_entry {
	bool todo;	 /* a VTODO; else a VEVENT, which every calendar shows */
	const char *uid; /* never changes (section 3.8.4.7) */
	const char *summary;
	const char *description, *category, *url; /* NULL: none */
	struct instant due;
	struct date due_on;	  /* set: a whole day, and `due` is not written */
	const char *zone, *local; /* set, when the rule is one of moments: where, and as a clock
				   * there shows it, 20270401T160000 (section 3.3.5) */
	const char *rule;	  /* by which it repeats (section 3.3.10); NULL: it does not */
	bool started;		  /* of a to-do */
	int priority;		  /* 1 (the highest) to 9 (section 3.8.1.9) */
	int sequence;		  /* how often it was changed */
	struct instant changed;
};

/* Begins a calendar of this name (letters and digits), which clients should read anew every
 * `refresh_h` hours (RFC 7986 section 5.7). False if libical is not there. */
bool ical_open(struct buf *out, const char *name, int refresh_h)
	__attribute__((warn_unused_result));

void ical_put(struct buf *out, const struct ical_entry *entry);
void ical_close(struct buf *out);

#endif

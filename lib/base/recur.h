/* recur.h -- rules by which something repeats: RFC 5545 section 3.3.10, without times of day.
 *
 * Taken are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS,
 * WKST, and COUNT or UNTIL. A rule is expanded in local days; whoever has times adds them.
 *
 * Nothing here takes memory, and a hostile rule costs little: expansion ends after 10 000 steps,
 * after the years in which the calendar repeats itself, or with the year 9999. */
#ifndef RECUR_H
#define RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"

enum { RECUR_MAX_BYTES = 200, RECUR_MAX_NTH = 53, RECUR_MAX_POSITION = 366 };

enum recur_frequency { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY };

/* Which ones of the same weekday in a month or year: bit n of `nth` is the n-th, of `nth_last` the
 * n-th from the end. */
struct recur_ordinals {
	uint64_t nth, nth_last;
};

/* What a part lists is kept as sets, so that a long list costs no more than a short one. */
struct recurrence {
	enum recur_frequency frequency;
	int interval;
	int count;			   /* how often in all; 0: without end */
	struct date until;		   /* the last day anywhere on earth */
	struct instant until_instant;	   /* the last moment, of an UNTIL with a time */
	int week_start;			   /* 0 Monday … 6 Sunday */
	uint32_t months;		   /* bit m: month m; 0: every one */
	uint32_t month_days;		   /* bit d: day d */
	uint32_t last_month_days;	   /* bit d: the d-th day from the end */
	unsigned weekdays;		   /* BYDAY without a number; bit 0: Monday */
	struct recur_ordinals ordinals[7]; /* BYDAY with a number, by weekday */
	bool by_day, by_position;	   /* whether there is a BYDAY, a BYSETPOS */
	bool positions[RECUR_MAX_POSITION + 1];
	bool last_positions[RECUR_MAX_POSITION + 1]; /* from the end */
};

/* Reads a rule, written in any case: `FREQ=WEEKLY;BYDAY=MO,TH`. Returns NULL, or what is wrong as
 * the rest of a sentence, a constant that names the part; `out` is then undefined. */
const char *recur_parse(const char *text, struct recurrence *out)
	__attribute__((warn_unused_result));

/* The value of a part that the rule has, such as `COUNT`; `*len` is how long it is. */
const char *recur_value(const char *text, const char *part, size_t *len);

/* Whether what begins on this day begins with a day that the rule itself names. */
bool recur_matches(const struct recurrence *rule, struct date start);

/* Finds the first day after `after` on which what began on `start` repeats; `start` need not match
 * the rule. `*passed` is how many repetitions there are up to that day, if the rule has a COUNT.
 * COUNT and the day of UNTIL are considered; whoever has times considers its moment. False: none.
 */
bool recur_next(const struct recurrence *rule, struct date start, struct date after,
		struct date *out, int *passed) __attribute__((warn_unused_result));

#endif

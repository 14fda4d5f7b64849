/* calendar.h -- days of the Gregorian calendar, extended to the past, as numbers.
 *
 * A day's number counts from 1970-01-01. Years are 1 to 9999, months 1 to 12, days from 1. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdint.h>

#define CALENDAR_FIRST_DAY (-719162) /* 0001-01-01 */
#define CALENDAR_LAST_DAY 2932896    /* 9999-12-31 */

struct civil {
	int year, month, day;
};

int calendar_month_days(int year, int month);

/* The number of a day that exists. */
int32_t calendar_number(int year, int month, int day);

/* The way back from calendar_number(). */
struct civil calendar_civil(int32_t number);

/* 0 Monday … 6 Sunday. */
int calendar_weekday(int32_t number);

#endif

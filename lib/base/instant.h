/* instant.h -- moments and calendar days as text (RFC 3339).
 *
 * Moments are microseconds, days are days, both since 1970-01-01 UTC in the Gregorian calendar
 * extended to the past. Both lie within the years 0001 to 9999. */
#ifndef INSTANT_H
#define INSTANT_H

#include "base/types.h"

/* The text forms with their NULs. */
#define INSTANT_TEXT_BYTES 28
#define DATE_TEXT_BYTES 11

/* Reads a date-time (RFC 3339 section 5.6) with any offset. Fraction digits after the sixth are
 * cut. Leap seconds (:60), days that do not exist, and what lies outside the years 0001 to 9999,
 * as written or in UTC, are refused: false, with `out` untouched. */
bool instant_parse(const char *text, size_t len, struct instant *out)
	__attribute__((warn_unused_result));

/* Reads a full-date (RFC 3339 section 5.6), exactly YYYY-MM-DD. False, with `out` untouched, for
 * days that do not exist and anything else. */
bool date_parse(const char *text, size_t len, struct date *out) __attribute__((warn_unused_result));

/* Writes `2026-11-20T09:30:00.000000Z` and a NUL; returns the address of the NUL. What lies
 * outside the years 0001 to 9999 is written as the nearest moment inside. */
char *instant_format(char *out, int64_t us);

/* Writes `2026-11-20` and a NUL; returns the address of the NUL. Limits as instant_format(). */
char *date_format(char *out, int32_t days);

#endif

/* zone.h -- time zones of calendars (RFC 5545 section 3.6.5), made from the machine's own time zone
 * data: libical's leave out some changes (Europe's of autumn 2036, Cairo's of autumn 2029). */
#ifndef ZONE_H
#define ZONE_H

#include "base/buf.h"
#include "base/types.h"

enum { ZONE_YEARS = 20 };

/* Appends the VTIMEZONE of an IANA zone: each change of its offset from 1970 until ZONE_YEARS after
 * `now`. Before and after them the first and the last offset hold. The C library's zone is another
 * one meanwhile, which no other thread may ask for. False if the machine does not know the zone. */
bool zone_put(struct buf *out, const char *name, struct instant now)
	__attribute__((warn_unused_result));

#endif

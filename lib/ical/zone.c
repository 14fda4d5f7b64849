#include "ical/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FOLDER "/usr/share/zoneinfo/"

/* No zone goes to another offset and back within a step: the shortest time was a week (Boa Vista,
 * in October 2000). */
enum { DAY_S = 86400, STEP_S = 2 * DAY_S, YEAR_S = 31556952, MAX_CHANGES = 512, MAX_NAME = 64 };

/* What holds in a zone at a moment. */
struct offset {
	long seconds; /* east of UTC */
	bool is_daylight;
	char name[16];
};

/* From a moment on another offset holds. */
struct change {
	time_t at;
	struct offset before, after;
};

static struct offset offset_at(time_t at)
{
	struct offset offset = { 0 };
	struct tm parts;

	localtime_r(&at, &parts);
	offset.seconds = parts.tm_gmtoff;
	offset.is_daylight = parts.tm_isdst > 0;
	strncpy(offset.name, parts.tm_zone, sizeof offset.name - 1);
	return offset;
}

static bool same_offset(const struct offset *a, const struct offset *b)
{
	return a->seconds == b->seconds && a->is_daylight == b->is_daylight &&
	       strcmp(a->name, b->name) == 0;
}

/* The first second after `from` at which what held there no longer holds; by `to` it does not. */
static time_t find_change(time_t from, time_t to)
{
	struct offset before = offset_at(from);

	while (to - from > 1) {
		time_t middle = from + (to - from) / 2;
		struct offset offset = offset_at(middle);
		if (same_offset(&offset, &before))
			from = middle;
		else
			to = middle;
	}
	return to;
}

/* Finds the changes from 1970 to `end`; the first is none, but says what held before. */
static size_t find_changes(time_t end, struct change changes[MAX_CHANGES])
{
	struct offset before = offset_at(0);
	size_t count = 0;

	changes[count++] = (struct change){ 0, before, before };
	for (time_t at = 0; at < end && count < MAX_CHANGES;) {
		time_t next = at + STEP_S;
		struct offset after = offset_at(next);
		if (!same_offset(&before, &after)) {
			next = find_change(at, next);
			after = offset_at(next);
			changes[count++] = (struct change){ next, before, after };
		}
		at = next;
		before = after;
	}
	return count;
}

/* The moment as clocks showed it that still had the offset before. */
static void put_local(struct buf *out, const char *name, time_t at, long offset_s)
{
	char text[32];
	struct tm parts;

	at += offset_s;
	gmtime_r(&at, &parts);
	strftime(text, sizeof text, "%Y%m%dT%H%M%S", &parts);
	buf_printf(out, "%s:%s\r\n", name, text);
}

/* Section 3.3.14: +0100, or +005328 where there are seconds. */
static void put_offset(struct buf *out, const char *name, long seconds)
{
	long size = labs(seconds);

	buf_printf(out, "%s:%c%02ld%02ld", name, seconds < 0 ? '-' : '+', size / 3600,
		   size / 60 % 60);
	if (size % 60 > 0)
		buf_printf(out, "%02ld", size % 60);
	buf_puts(out, "\r\n");
}

static bool same_kind(const struct change *a, const struct change *b)
{
	return same_offset(&a->before, &b->before) && same_offset(&a->after, &b->after);
}

/* Puts the change at `first` and all later ones between the same offsets. */
static void put_kind(struct buf *out, const struct change *changes, size_t first, size_t count)
{
	const struct change *change = &changes[first];
	const char *kind = change->after.is_daylight ? "DAYLIGHT" : "STANDARD";

	buf_printf(out, "BEGIN:%s\r\n", kind);
	put_local(out, "DTSTART", change->at, change->before.seconds);
	for (size_t i = first + 1; i < count; i++)
		if (same_kind(change, &changes[i]))
			put_local(out, "RDATE", changes[i].at, change->before.seconds);
	put_offset(out, "TZOFFSETFROM", change->before.seconds);
	put_offset(out, "TZOFFSETTO", change->after.seconds);
	buf_printf(out, "TZNAME:%s\r\nEND:%s\r\n", change->after.name, kind);
}

/* Whether an earlier change is between the same offsets. */
static bool came_before(const struct change *changes, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (same_kind(&changes[i], &changes[place]))
			return true;
	return false;
}

static void put_zone(struct buf *out, const char *name, time_t end)
{
	struct change changes[MAX_CHANGES];
	size_t count = find_changes(end, changes);

	buf_printf(out, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n", name);
	for (size_t i = 0; i < count; i++)
		if (!came_before(changes, i))
			put_kind(out, changes, i, count);
	buf_puts(out, "END:VTIMEZONE\r\n");
}

/* Makes it the C library's zone; NULL: what it is without a variable. */
static void use_zone(const char *tz)
{
	if (tz)
		setenv("TZ", tz, 1);
	else
		unsetenv("TZ");
	tzset();
}

static bool is_zone(const char *name)
{
	char path[sizeof FOLDER + MAX_NAME];
	struct stat file;

	snprintf(path, sizeof path, FOLDER "%s", name);
	return strlen(name) <= MAX_NAME && !strstr(name, "..") && stat(path, &file) == 0 &&
	       S_ISREG(file.st_mode);
}

bool zone_put(struct buf *out, const char *name, struct instant now)
{
	const char *set = getenv("TZ");
	char *before;

	if (!is_zone(name))
		return false;
	before = set ? strdup(set) : NULL;
	use_zone(name);
	/* The same for a year, so that calendars stay the same. */
	put_zone(out, name, (now.us / 1000000 / YEAR_S + ZONE_YEARS) * YEAR_S);
	use_zone(before);
	free(before);
	return true;
}

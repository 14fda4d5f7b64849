/* recur_parse.c -- the grammar of a rule (RFC 5545 section 3.3.10). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/recur.h"

enum { MAX_INTERVAL = 999, MAX_COUNT = 9999 };

static const char *const frequencies[] = { "DAILY", "WEEKLY", "MONTHLY", "YEARLY", NULL };
static const char *const weekdays[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU", NULL };

static int find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcasecmp(words[i], text) == 0)
			return i;
	return -1;
}

/* Reads a decimal number with at most `digits` digits and from `min` to `max`. */
static bool read_number(const char *text, int digits, int min, int max, int *out)
{
	size_t count = strspn(text, "0123456789");

	if (count == 0 || count > (size_t)digits || text[count] != '\0')
		return false;
	*out = (int)strtol(text, NULL, 10);
	return *out >= min && *out <= max;
}

/* The same with an optional sign: from -max to -1, or from 1 to max. */
static bool read_signed(const char *text, int digits, int max, int *out)
{
	bool minus = *text == '-';

	if (!read_number(text + (minus || *text == '+'), digits, 1, max, out))
		return false;
	*out = minus ? -*out : *out;
	return true;
}

/* Calls `read` for each element of a list. */
static bool read_list(char *text, bool (*read)(const char *item, struct recurrence *out),
		      struct recurrence *out)
{
	char *rest = text;

	while (rest) {
		const char *item = strsep(&rest, ",");
		if (!read(item, out))
			return false;
	}
	return true;
}

static bool read_frequency(char *text, struct recurrence *out)
{
	int found = find_word(frequencies, text);

	out->frequency = (enum recur_frequency)found;
	return found >= 0;
}

static bool read_interval(char *text, struct recurrence *out)
{
	return read_number(text, 3, 1, MAX_INTERVAL, &out->interval);
}

static bool read_count(char *text, struct recurrence *out)
{
	return read_number(text, 4, 1, MAX_COUNT, &out->count);
}

/* Two digits of a date or time. */
static bool read_pair(const char *text, int min, int max, int *out)
{
	char pair[3] = { text[0], text[1], '\0' };

	return strlen(pair) == 2 && read_number(pair, 2, min, max, out);
}

/* `20270401`, or in UTC `20270401T120000Z`: the local day of a moment is at most one later. */
static bool read_until(char *text, struct recurrence *out)
{
	int century, year, month, day, hour = 0, minute = 0, second = 0;
	size_t len = strlen(text);
	bool timed = len == 16;

	if (len != 8 && !(timed && strchr("Tt", text[8]) && strchr("Zz", text[15])))
		return false;
	if (!read_pair(text, 0, 99, &century) || !read_pair(text + 2, 0, 99, &year) ||
	    !read_pair(text + 4, 1, 12, &month) || !read_pair(text + 6, 1, 31, &day))
		return false;
	year += 100 * century;
	if (year < 1 || day > calendar_month_days(year, month))
		return false;
	if (timed && (!read_pair(text + 9, 0, 23, &hour) || !read_pair(text + 11, 0, 59, &minute) ||
		      !read_pair(text + 13, 0, 59, &second)))
		return false;
	int32_t number = calendar_number(year, month, day);
	out->until = (struct date){ number + timed, true };
	out->until_instant.set = timed;
	out->until_instant.us =
		(number * INT64_C(86400) + hour * 3600 + minute * 60 + second) * 1000000;
	return true;
}

static bool read_month(const char *item, struct recurrence *out)
{
	int month;

	if (!read_number(item, 2, 1, 12, &month))
		return false;
	out->months |= 1U << month;
	return true;
}

static bool read_months(char *text, struct recurrence *out)
{
	return read_list(text, read_month, out);
}

static bool read_month_day(const char *item, struct recurrence *out)
{
	int day;

	if (!read_signed(item, 2, 31, &day))
		return false;
	if (day > 0)
		out->month_days |= 1U << day;
	else
		out->last_month_days |= 1U << -day;
	return true;
}

static bool read_month_days(char *text, struct recurrence *out)
{
	return read_list(text, read_month_day, out);
}

/* `MO`, `2MO`, `+2MO`, `-1MO`. */
static bool read_day(const char *item, struct recurrence *out)
{
	size_t len = strlen(item);
	char number[8] = "";
	int ordinal;

	if (len < 2 || len > 5)
		return false;
	int weekday = find_word(weekdays, item + len - 2);
	if (weekday < 0)
		return false;
	out->by_day = true;
	memcpy(number, item, len - 2);
	if (len == 2)
		out->weekdays |= 1U << weekday;
	else if (!read_signed(number, 2, RECUR_MAX_NTH, &ordinal))
		return false;
	else if (ordinal > 0)
		out->ordinals[weekday].nth |= UINT64_C(1) << ordinal;
	else
		out->ordinals[weekday].nth_last |= UINT64_C(1) << -ordinal;
	return true;
}

static bool read_days(char *text, struct recurrence *out)
{
	return read_list(text, read_day, out);
}

static bool read_position(const char *item, struct recurrence *out)
{
	int position;

	if (!read_signed(item, 3, RECUR_MAX_POSITION, &position))
		return false;
	out->by_position = true;
	if (position > 0)
		out->positions[position] = true;
	else
		out->last_positions[-position] = true;
	return true;
}

static bool read_positions(char *text, struct recurrence *out)
{
	return read_list(text, read_position, out);
}

static bool read_week_start(char *text, struct recurrence *out)
{
	out->week_start = find_word(weekdays, text);
	return out->week_start >= 0;
}

/* Each part, how it is read, and what is said of one that cannot be. */
static const struct part {
	const char *name;
	bool (*read)(char *text, struct recurrence *out);
	const char *fault;
} parts[] = {
	{ "FREQ", read_frequency, "has a FREQ that is not DAILY, WEEKLY, MONTHLY or YEARLY" },
	{ "INTERVAL", read_interval, "has an INTERVAL that is not 1 to 999" },
	{ "COUNT", read_count, "has a COUNT that is not 1 to 9999" },
	{ "UNTIL", read_until,
	  "has an UNTIL that is neither a date (20270401) nor UTC "
	  "(20270401T120000Z)" },
	{ "BYMONTH", read_months, "has a BYMONTH that is not 1 to 12" },
	{ "BYMONTHDAY", read_month_days, "has a BYMONTHDAY that is not 1 to 31 or -31 to -1" },
	{ "BYDAY", read_days, "has a BYDAY that is not a list of days such as MO or -1FR" },
	{ "BYSETPOS", read_positions, "has a BYSETPOS that is not 1 to 366 or -366 to -1" },
	{ "WKST", read_week_start, "has a WKST that is not a day such as MO" },
};

enum { PART_COUNT = sizeof parts / sizeof parts[0] };
enum { FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, WKST };

static int find_part(const char *name)
{
	for (int i = 0; i < PART_COUNT; i++)
		if (strcasecmp(parts[i].name, name) == 0)
			return i;
	return -1;
}

/* Reads `NAME=VALUE`; `*seen` has a bit for each part that came. */
static const char *read_part(char *text, unsigned *seen, struct recurrence *out)
{
	char *value = text;
	int found = find_part(strsep(&value, "="));

	if (found < 0 || !value)
		return "has a part that is not one of FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, "
		       "BYMONTHDAY, "
		       "BYDAY, BYSETPOS and WKST, each with a value";
	if (*seen & 1U << found)
		return "has the same part twice";
	*seen |= 1U << found;
	return parts[found].read(value, out) ? NULL : parts[found].fault;
}

static bool has_ordinals(const struct recurrence *rule)
{
	for (int i = 0; i < 7; i++)
		if (rule->ordinals[i].nth | rule->ordinals[i].nth_last)
			return true;
	return false;
}

/* What the parts must not be together. */
static const char *check_together(unsigned seen, const struct recurrence *rule)
{
	if (!(seen & 1U << FREQ))
		return "needs a FREQ";
	if (seen & 1U << COUNT && seen & 1U << UNTIL)
		return "cannot have both COUNT and UNTIL";
	if (seen & 1U << BYMONTHDAY && rule->frequency == RECUR_WEEKLY)
		return "cannot have BYMONTHDAY with FREQ=WEEKLY";
	if (has_ordinals(rule) && rule->frequency < RECUR_MONTHLY)
		return "can have a number in BYDAY with FREQ=MONTHLY and FREQ=YEARLY only";
	if (seen & 1U << BYSETPOS && !(seen & (1U << BYMONTH | 1U << BYMONTHDAY | 1U << BYDAY)))
		return "can have BYSETPOS with BYMONTH, BYMONTHDAY or BYDAY only";
	return NULL;
}

const char *recur_parse(const char *text, struct recurrence *out)
{
	char copy[RECUR_MAX_BYTES + 1], *rest = copy;
	size_t len = strlen(text);
	unsigned seen = 0;

	if (len > RECUR_MAX_BYTES)
		return "must have at most 200 characters";
	memcpy(copy, text, len + 1);
	*out = (struct recurrence){ .interval = 1 };
	while (rest) {
		const char *fault = read_part(strsep(&rest, ";"), &seen, out);
		if (fault)
			return fault;
	}
	return check_together(seen, out);
}

const char *recur_value(const char *text, const char *part, size_t *len)
{
	const char *value = strcasestr(text, part) + strlen(part) + strlen("=");

	*len = strcspn(value, ";");
	return value;
}

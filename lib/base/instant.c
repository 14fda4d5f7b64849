#include "base/instant.h"

#include <string.h>

#include "base/calendar.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

#define FIRST_US (CALENDAR_FIRST_DAY * DAY_US)
#define LAST_US ((CALENDAR_LAST_DAY + 1) * DAY_US - 1)

static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

static char *put_pair(char *out, int value)
{
	memcpy(out, pairs + 2 * value, 2);
	return out + 2;
}

/* Reads exactly `digits` digits; false for anything else or a value outside `min` to `max`. */
static bool get_number(const char *text, int digits, int min, int max, int *out)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*out = value;
	return value >= min && value <= max;
}

static bool get_date(const char *text, int32_t *days)
{
	int year;
	int month;
	int day;

	if (!get_number(text, 4, 1, 9999, &year) || text[4] != '-' ||
	    !get_number(text + 5, 2, 1, 12, &month) || text[7] != '-' ||
	    !get_number(text + 8, 2, 1, calendar_month_days(year, month), &day))
		return false;
	*days = calendar_number(year, month, day);
	return true;
}

/* Reads `hh:mm:ss`. */
static bool get_time(const char *text, int64_t *us)
{
	int hour;
	int minute;
	int second;

	if (!get_number(text, 2, 0, 23, &hour) || text[2] != ':' ||
	    !get_number(text + 3, 2, 0, 59, &minute) || text[5] != ':' ||
	    !get_number(text + 6, 2, 0, 59, &second))
		return false;
	*us = (hour * 3600 + minute * 60 + second) * SECOND_US;
	return true;
}

/* Reads a fraction of a second if there is one, and moves on past it. */
static bool get_fraction(const char **at, const char *end, int64_t *us)
{
	const char *digit = *at;
	int64_t unit = SECOND_US / 10;

	*us = 0;
	if (digit == end || *digit != '.')
		return true;
	for (digit++; digit < end && *digit >= '0' && *digit <= '9'; digit++) {
		*us += (*digit - '0') * unit;
		unit /= 10;
	}
	if (digit == *at + 1)
		return false;
	*at = digit;
	return true;
}

/* Reads `Z` or an offset from UTC, up to the end of the text. */
static bool get_offset(const char *at, const char *end, int64_t *us)
{
	int hours;
	int minutes;

	*us = 0;
	if (end - at == 1)
		return *at == 'Z' || *at == 'z';
	if (end - at != 6 || (*at != '+' && *at != '-') || !get_number(at + 1, 2, 0, 23, &hours) ||
	    at[3] != ':' || !get_number(at + 4, 2, 0, 59, &minutes))
		return false;
	*us = (hours * 60 + minutes) * 60 * SECOND_US;
	if (*at == '-')
		*us = -*us;
	return true;
}

bool instant_parse(const char *text, size_t len, struct instant *out)
{
	const char *at = text + 19;
	const char *end = text + len;
	int32_t days;
	int64_t time_us;
	int64_t fraction_us;
	int64_t offset_us;
	int64_t us;

	if (len < strlen("2026-11-20T09:30:00Z"))
		return false;
	if (!get_date(text, &days) || (text[10] != 'T' && text[10] != 't') ||
	    !get_time(text + 11, &time_us) || !get_fraction(&at, end, &fraction_us) ||
	    !get_offset(at, end, &offset_us))
		return false;
	us = days * DAY_US + time_us + fraction_us - offset_us;
	if (us < FIRST_US || us > LAST_US)
		return false;
	*out = (struct instant){ .us = us, .set = true };
	return true;
}

bool date_parse(const char *text, size_t len, struct date *out)
{
	int32_t days;

	if (len != DATE_TEXT_BYTES - 1 || !get_date(text, &days))
		return false;
	*out = (struct date){ .days = days, .set = true };
	return true;
}

static char *put_date(char *out, int32_t days)
{
	struct civil civil = calendar_civil(days);

	out = put_pair(out, civil.year / 100);
	out = put_pair(out, civil.year % 100);
	*out++ = '-';
	out = put_pair(out, civil.month);
	*out++ = '-';
	return put_pair(out, civil.day);
}

char *instant_format(char *out, int64_t us)
{
	int64_t since_first;
	int64_t us_of_day;
	int second_of_day;
	int fraction;

	us = us < FIRST_US ? FIRST_US : us > LAST_US ? LAST_US : us;
	since_first = us - FIRST_US;
	us_of_day = since_first % DAY_US;
	second_of_day = (int)(us_of_day / SECOND_US);
	fraction = (int)(us_of_day % SECOND_US);

	out = put_date(out, (int32_t)(since_first / DAY_US) + CALENDAR_FIRST_DAY);
	*out++ = 'T';
	out = put_pair(out, second_of_day / 3600);
	*out++ = ':';
	out = put_pair(out, second_of_day / 60 % 60);
	*out++ = ':';
	out = put_pair(out, second_of_day % 60);
	*out++ = '.';
	out = put_pair(out, fraction / 10000);
	out = put_pair(out, fraction / 100 % 100);
	out = put_pair(out, fraction % 100);
	*out++ = 'Z';
	*out = '\0';
	return out;
}

char *date_format(char *out, int32_t days)
{
	out = put_date(out, days < CALENDAR_FIRST_DAY  ? CALENDAR_FIRST_DAY
			    : days > CALENDAR_LAST_DAY ? CALENDAR_LAST_DAY
						       : days);
	*out = '\0';
	return out;
}

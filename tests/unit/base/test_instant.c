/* test_instant.c -- RFC 3339 against vectors computed by Python's datetime, and the clocks. */
#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int32_t days;
} dates[] = {
	{ "0001-01-01", -719162 }, { "0001-02-28", -719104 }, { "0004-02-29", -718008 },
	{ "0100-02-28", -682945 }, { "0100-03-01", -682944 }, { "0400-02-29", -573372 },
	{ "1582-10-04", -141438 }, { "1582-10-05", -141437 }, { "1582-10-14", -141428 },
	{ "1582-10-15", -141427 }, { "1600-02-29", -135081 }, { "1700-02-28", -98557 },
	{ "1899-12-31", -25568 },  { "1900-02-28", -25509 },  { "1900-03-01", -25508 },
	{ "1969-12-31", -1 },	   { "1970-01-01", 0 },	      { "1972-02-29", 789 },
	{ "1999-12-31", 10956 },   { "2000-02-29", 11016 },   { "2000-03-01", 11017 },
	{ "2024-02-29", 19782 },   { "2026-11-20", 20777 },   { "2038-01-19", 24855 },
	{ "2100-02-28", 47540 },   { "2100-03-01", 47541 },   { "2400-02-29", 157113 },
	{ "9999-12-31", 2932896 },
};

static void test_date_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		struct date date = { .set = false };
		char text[DATE_TEXT_BYTES];

		assert_true(date_parse(dates[i].text, 10, &date));
		assert_true(date.set);
		assert_int_equal(date.days, dates[i].days);
		assert_ptr_equal(date_format(text, dates[i].days), text + 10);
		assert_string_equal(text, dates[i].text);
	}
}

/* The calendar of the C library agrees on every one of the 3652059 days. */
static void test_every_date(void **state)
{
	(void)state;
	for (int32_t days = -719162; days <= 2932896; days++) {
		time_t seconds = (time_t)days * 86400;
		char text[DATE_TEXT_BYTES];
		struct date date;
		struct tm tm;

		date_format(text, days);
		gmtime_r(&seconds, &tm);
		if ((text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 +
				    text[3] - '0' !=
			    tm.tm_year + 1900 ||
		    (text[5] - '0') * 10 + text[6] - '0' != tm.tm_mon + 1 ||
		    (text[8] - '0') * 10 + text[9] - '0' != tm.tm_mday ||
		    !date_parse(text, 10, &date) || date.days != days)
			fail_msg("day %d is written %s", days, text);
	}
}

static void test_date_refusals(void **state)
{
	static const char *const refused[] = {
		"",
		"2026-11-2",
		"2026-11-200",
		"2026-1-20",
		"26-11-20",
		"2026/11/20",
		"2026-11/20",
		"20261120",
		"2026-W47-5",
		"2026-324",
		"0000-01-01",
		"0000-12-31",
		"10000-01-01",
		"+2026-11-2",
		"-026-11-20",
		"2026-00-10",
		"2026-13-10",
		"2026-11-00",
		"2026-11-31",
		"2026-01-32",
		"2023-02-29",
		"1900-02-29",
		"2100-02-29",
		"2024-02-30",
		"2026-04-31",
		" 2026-11-20",
		"2026-11-20 ",
		"2026-11-2 ",
		"2026-11-2Z",
		"2O26-11-20",
		"today",
		"infinity",
		"-infinity",
		"tomorrow",
		"2026-1x-20",
		"2026-11- 1",
		"2026-11-+1",
		"2026-11-20T0",
		"2026-11-2\n",
		"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6\xd9\xa1",
	};
	struct date out = { .days = 42 };

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (date_parse(refused[i], strlen(refused[i]), &out))
			fail_msg("%s is accepted", refused[i]);
	assert_false(date_parse("2026-11-2\0", 10, &out));
	assert_false(out.set);
	assert_int_equal(out.days, 42);
}

static const struct {
	const char *text;
	int64_t us;
	const char *utc;
} instants[] = {
	{ "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000Z" },
	{ "1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z" },
	{ "1969-12-31T23:59:59Z", -1000000, "1969-12-31T23:59:59.000000Z" },
	/* RFC 3339 section 5.8 */
	{ "1985-04-12T23:20:50.52Z", 482196050520000, "1985-04-12T23:20:50.520000Z" },
	{ "1996-12-19T16:39:57-08:00", 851042397000000, "1996-12-20T00:39:57.000000Z" },
	{ "1937-01-01T12:00:27.87+00:20", -1041337172130000, "1937-01-01T11:40:27.870000Z" },
	/* offsets */
	{ "2026-11-20T09:30:00+00:00", 1795167000000000, "2026-11-20T09:30:00.000000Z" },
	{ "2026-11-20T09:30:00-00:00", 1795167000000000, "2026-11-20T09:30:00.000000Z" },
	{ "2026-11-20T09:30:00+23:59", 1795080660000000, "2026-11-19T09:31:00.000000Z" },
	{ "2026-11-20T09:30:00-23:59", 1795253340000000, "2026-11-21T09:29:00.000000Z" },
	{ "2024-03-01T00:30:00+01:00", 1709249400000000, "2024-02-29T23:30:00.000000Z" },
	{ "2025-12-31T23:30:00-01:00", 1767227400000000, "2026-01-01T00:30:00.000000Z" },
	{ "1900-03-01T00:00:00-00:01", -2203891140000000, "1900-03-01T00:01:00.000000Z" },
	/* letters, and fractions that are short, long and cut */
	{ "2026-11-20t09:30:00z", 1795167000000000, "2026-11-20T09:30:00.000000Z" },
	{ "2026-11-20T09:30:00.1Z", 1795167000100000, "2026-11-20T09:30:00.100000Z" },
	{ "2026-11-20T09:30:00.000001Z", 1795167000000001, "2026-11-20T09:30:00.000001Z" },
	{ "2026-11-20T09:30:00.1234567Z", 1795167000123456, "2026-11-20T09:30:00.123456Z" },
	{ "2026-11-20T09:30:00.999999999999999999999999Z", 1795167000999999,
	  "2026-11-20T09:30:00.999999Z" },
	{ "2026-11-20T09:30:00.000000000+02:00", 1795159800000000, "2026-11-20T07:30:00.000000Z" },
	/* the calendar and its ends */
	{ "2024-02-29T23:59:59.999999Z", 1709251199999999, "2024-02-29T23:59:59.999999Z" },
	{ "2000-02-29T00:00:00Z", 951782400000000, "2000-02-29T00:00:00.000000Z" },
	{ "1582-10-10T12:00:00Z", -12219681600000000, "1582-10-10T12:00:00.000000Z" },
	{ "0001-01-01T00:00:00Z", -62135596800000000, "0001-01-01T00:00:00.000000Z" },
	{ "0001-01-01T23:59:00+23:59", -62135596800000000, "0001-01-01T00:00:00.000000Z" },
	{ "9999-12-31T23:59:59.999999Z", 253402300799999999, "9999-12-31T23:59:59.999999Z" },
	{ "9999-12-31T00:00:00.999999-23:59", 253402300740999999, "9999-12-31T23:59:00.999999Z" },
	{ "2038-01-19T03:14:08Z", 2147483648000000, "2038-01-19T03:14:08.000000Z" },
	{ "1901-12-13T20:45:51.000001Z", -2147483648999999, "1901-12-13T20:45:51.000001Z" },
};

static void test_instant_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
		struct instant instant = { .set = false };
		char text[INSTANT_TEXT_BYTES];

		if (!instant_parse(instants[i].text, strlen(instants[i].text), &instant))
			fail_msg("%s is refused", instants[i].text);
		assert_true(instant.set);
		assert_int_equal(instant.us, instants[i].us);
		assert_ptr_equal(instant_format(text, instant.us), text + INSTANT_TEXT_BYTES - 1);
		assert_string_equal(text, instants[i].utc);
	}
}

static void test_instant_refusals(void **state)
{
	static const char *const refused[] = {
		"",
		"2026-11-20",
		"2026-11-20T",
		"2026-11-20T09:30Z",
		"2026-11-20T09:30:00",
		"2026-11-20T09:30:00.5",
		"2026-11-20 09:30:00Z",
		"2026-11-20_09:30:00Z",
		"2026-11-20T09:30:00 Z",
		"2026-11-20T09:30:00ZZ",
		"2026-11-20T09:30:00Z ",
		" 2026-11-20T09:30:00Z",
		"2026-11-20T09:30:00.Z",
		"2026-11-20T09:30:00.+01:00",
		"2026-11-20T09:30:00,5Z",
		"2026-11-20T09:30:00.5.5Z",
		"2026-11-20T09:30:00.5aZ",
		"2026-11-20T09:30:00.-5Z",
		"2026-11-20T09:30:00+0100",
		"2026-11-20T09:30:00+01",
		"2026-11-20T09:30:00+1:00",
		"2026-11-20T09:30:00+01:0",
		"2026-11-20T09:30:00+01:000",
		"2026-11-20T09:30:00+01-00",
		"2026-11-20T09:30:00+24:00",
		"2026-11-20T09:30:00-24:00",
		"2026-11-20T09:30:00+23:60",
		"2026-11-20T09:30:00+-1:00",
		"2026-11-20T09:30:00 01:00",
		"2026-11-20T09:30:00\xe2\x88\x92"
		"01:00",
		"2026-11-20T09:30:00Z+01:00",
		"2026-11-20T09:30:00A",
		"2026-11-20T24:00:00Z",
		"2026-11-20T25:00:00Z",
		"2026-11-20T09:60:00Z",
		"2016-12-31T23:59:60Z",
		"2026-11-20T09:30:61Z",
		"2026-11-20T9:30:00Z",
		"2026-11-20T09:3:00Z",
		"2026-11-20T09-30-00Z",
		"2026-11-20T09:30-00Z",
		"2026-11-20T-9:30:00Z",
		"2023-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"0000-01-01T00:00:00Z",
		"0000-12-31T23:59:59-01:00",
		"0001-01-01T00:00:00+00:01",
		"0001-01-01T23:58:59.999999+23:59",
		"9999-12-31T23:59:59.999999-00:01",
		"9999-12-31T00:01:00-23:59",
		"10000-01-01T00:00:00Z",
		"-2026-11-20T09:30:00Z",
		"+2026-11-20T09:30:00Z",
		"20261120T093000Z",
		"2026-W47-5T09:30:00Z",
		"Fri, 20 Nov 2026 09:30:00 GMT",
		"1795167000",
		"now",
		"infinity",
		"-infinity",
	};
	struct instant out = { .us = 42 };

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (instant_parse(refused[i], strlen(refused[i]), &out))
			fail_msg("%s is accepted", refused[i]);
	assert_false(instant_parse("2026-11-20T09:30:00Z\0", 21, &out));
	assert_false(instant_parse("2026-11-20T09:30:00\0", 20, &out));
	assert_false(instant_parse("2026-11-20T09:30:00.5Z", 21, &out));
	assert_false(out.set);
	assert_int_equal(out.us, 42);
}

static void test_format_outside_the_years(void **state)
{
	char text[INSTANT_TEXT_BYTES];

	(void)state;
	instant_format(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	instant_format(text, 253402300800000000);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	instant_format(text, INT64_MIN);
	assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
	instant_format(text, -62135596800000001);
	assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
	date_format(text, INT32_MAX);
	assert_string_equal(text, "9999-12-31");
	date_format(text, INT32_MIN);
	assert_string_equal(text, "0001-01-01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date_vectors),
		cmocka_unit_test(test_every_date),
		cmocka_unit_test(test_date_refusals),
		cmocka_unit_test(test_instant_vectors),
		cmocka_unit_test(test_instant_refusals),
		cmocka_unit_test(test_format_outside_the_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_recur.c -- rules by which something repeats: RFC 5545's examples, what is refused, and what
 * a hostile rule costs. tests/db/test_recurrences.py compares many more with another program. */
#include "base/recur.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/instant.h"

static int day_count;

struct civil __real_calendar_civil(int32_t number);
struct civil __wrap_calendar_civil(int32_t number);

/* Each step of an expansion asks for a day of the calendar. */
struct civil __wrap_calendar_civil(int32_t number)
{
	day_count++;
	return __real_calendar_civil(number);
}

static struct date day(const char *text)
{
	struct date out = { .set = false };

	assert_true(date_parse(text, strlen(text), &out));
	return out;
}

static struct recurrence rule(const char *text)
{
	struct recurrence out;
	const char *fault = recur_parse(text, &out);

	if (fault)
		fail_msg("%s %s", text, fault);
	return out;
}

/* What comes after `start`, separated by spaces; at most `most` days. */
static void check_days(const char *text, const char *start, int most, const char *expected)
{
	const struct recurrence parsed = rule(text);
	char got[256] = "", *end = got;
	struct date after = day(start);

	for (int i = 1, passed;
	     i <= most && recur_next(&parsed, day(start), after, &after, &passed); i++) {
		assert_int_equal(passed, parsed.count > 0 ? i : passed);
		if (end > got)
			*end++ = ' ';
		end = date_format(end, after.days);
	}
	if (strcmp(got, expected) != 0)
		fail_msg("%s from %s: %s, not %s", text, start, got, expected);
}

static const struct {
	const char *rule, *start, *days;
} sequences[] = {
	{ "FREQ=DAILY;COUNT=3", "1997-09-02", "1997-09-03 1997-09-04" },
	{ "freq=daily;interval=10;count=3", "1997-09-02", "1997-09-12 1997-09-22" },
	{ "FREQ=DAILY;UNTIL=19970904", "1997-09-02", "1997-09-03 1997-09-04" },
	{ "FREQ=DAILY;UNTIL=19970903T220000Z", "1997-09-02", "1997-09-03 1997-09-04" },
	{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05",
	  "1997-08-10 1997-08-19 1997-08-24" },
	{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05",
	  "1997-08-17 1997-08-19 1997-08-31" },
	{ "FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "1997-09-05", "1997-10-03 1997-11-07" },
	{ "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22", "1997-10-20 1997-11-17" },
	{ "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-1", "2027-01-31", "2027-02-28 2027-03-31 2027-04-30" },
	{ "FREQ=MONTHLY;COUNT=4", "2027-01-31", "2027-03-31 2027-05-31 2027-07-31" },
	{ "FREQ=MONTHLY;COUNT=4;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29",
	  "1997-10-30 1997-11-27 1997-12-30" },
	{ "FREQ=MONTHLY;COUNT=3;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1998-02-13 1998-03-13" },
	{ "FREQ=YEARLY;COUNT=3", "2024-02-29", "2028-02-29 2032-02-29" },
	{ "FREQ=YEARLY;COUNT=3;BYDAY=20MO", "1997-05-19", "1998-05-18 1999-05-17" },
	{ "FREQ=YEARLY;INTERVAL=4;COUNT=3;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
	  "1996-11-05", "2000-11-07 2004-11-02" },
	{ "FREQ=MONTHLY;COUNT=5;BYDAY=MO,1FR", "2027-01-01",
	  "2027-01-04 2027-01-11 2027-01-18 2027-01-25" },
	{ "FREQ=DAILY;COUNT=1", "2027-01-01", "" },
	{ "FREQ=DAILY;UNTIL=20270101", "2027-01-01", "" },
	{ "FREQ=DAILY", "9999-12-29", "9999-12-30 9999-12-31" },
	{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2027-01-01", "" },
	{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2097-01-01",
	  "2104-02-29 2108-02-29 2112-02-29 2116-02-29" },
};

static void test_sequences(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
		check_days(sequences[i].rule, sequences[i].start, 4, sequences[i].days);
}

static void test_the_end_of_the_calendar(void **state)
{
	static const char *const rules[] = { "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY",
					     "FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=999" };
	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		const struct recurrence parsed = rule(rules[i]);
		struct date last = { CALENDAR_LAST_DAY, true }, out;
		int passed;
		assert_false(recur_next(&parsed, last, last, &out, &passed));
	}
}

static void test_what_was_passed_over_counts(void **state)
{
	const struct recurrence parsed = rule("FREQ=DAILY;COUNT=10");
	struct date out;
	int passed;

	(void)state;
	assert_true(recur_next(&parsed, day("2027-01-01"), day("2027-01-05"), &out, &passed));
	assert_int_equal(out.days, day("2027-01-06").days);
	assert_int_equal(passed, 5);
	assert_false(recur_next(&parsed, day("2027-01-01"), day("2027-01-10"), &out, &passed));
}

static void test_until_is_a_day_or_a_moment(void **state)
{
	(void)state;
	assert_int_equal(rule("FREQ=DAILY;UNTIL=20270401").until.days, day("2027-04-01").days);
	assert_false(rule("FREQ=DAILY;UNTIL=20270401").until_instant.set);
	struct recurrence timed = rule("FREQ=DAILY;UNTIL=20270401T120000Z");
	assert_int_equal(timed.until.days, day("2027-04-02").days);
	assert_true(timed.until_instant.set);
	assert_int_equal(timed.until_instant.us,
			 (day("2027-04-01").days * INT64_C(86400) + 43200) * 1000000);
}

/* Each with the part that the sentence must name. */
static const char *const refused[][2] = {
	{ "", "a part that" },
	{ "FREQ", "a part that" },
	{ "INTERVAL=2", "needs a FREQ" },
	{ "FREQ=", "FREQ" },
	{ "FREQ=HOURLY", "FREQ" },
	{ "FREQ=SECONDLY", "FREQ" },
	{ "FREQ=DAILY;", "a part that" },
	{ ";FREQ=DAILY", "a part that" },
	{ " FREQ=DAILY", "a part that" },
	{ "FREQ=DAILY ", "FREQ" },
	{ "RRULE:FREQ=DAILY", "a part that" },
	{ "FREQ=DAILY;FREQ=DAILY", "twice" },
	{ "FREQ=DAILY;INTERVAL=0", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=-1", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=1000", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=1.5", "INTERVAL" },
	{ "FREQ=DAILY;COUNT=0", "COUNT" },
	{ "FREQ=DAILY;COUNT=10000", "COUNT" },
	{ "FREQ=DAILY;COUNT=2;UNTIL=20270401", "both COUNT and UNTIL" },
	{ "FREQ=DAILY;UNTIL=20270230", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=00000101", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=2027-04-01", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20270401T120000", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20270401T240000Z", "UNTIL" },
	{ "FREQ=DAILY;BYMONTH=0", "BYMONTH" },
	{ "FREQ=DAILY;BYMONTH=13", "BYMONTH" },
	{ "FREQ=DAILY;BYMONTH=-1", "BYMONTH" },
	{ "FREQ=DAILY;BYMONTH=1,", "BYMONTH" },
	{ "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY" },
	{ "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY" },
	{ "FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY" },
	{ "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY" },
	{ "FREQ=WEEKLY;BYDAY=1MO", "BYDAY" },
	{ "FREQ=DAILY;BYDAY=1MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=0MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=54MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=XX", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=M", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=--1MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=", "BYDAY" },
	{ "FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS" },
	{ "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS" },
	{ "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "BYSETPOS" },
	{ "FREQ=WEEKLY;WKST=1", "WKST" },
	{ "FREQ=DAILY;BYHOUR=9", "a part that" },
	{ "FREQ=DAILY;BYMINUTE=0", "a part that" },
	{ "FREQ=DAILY;BYSECOND=0", "a part that" },
	{ "FREQ=YEARLY;BYYEARDAY=1", "a part that" },
	{ "FREQ=YEARLY;BYWEEKNO=1", "a part that" },
	{ "FREQ=YEARLY;RSCALE=GREGORIAN", "a part that" },
};

static void test_what_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct recurrence out;
		const char *fault = recur_parse(refused[i][0], &out);
		if (!fault || !strstr(fault, refused[i][1]))
			fail_msg("%s: %s", refused[i][0], fault ? fault : "taken");
	}
}

static void test_the_length_has_a_limit(void **state)
{
	char text[10001];
	struct recurrence out;
	size_t sizes[] = { RECUR_MAX_BYTES + 1, sizeof text - 1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memset(text, '1', sizes[i]);
		memcpy(text, "FREQ=DAILY;INTERVAL=", 20);
		text[sizes[i]] = '\0';
		assert_non_null(strstr(recur_parse(text, &out), "200 characters"));
	}
}

/* Rules that never come, or hardly ever, with and without a COUNT, which needs those in between. */
static void test_the_days_that_a_rule_names(void **state)
{
	static const struct {
		const char *rule, *start;
		bool named;
	} rows[] = {
		{ "FREQ=WEEKLY", "2027-04-01", true },
		{ "FREQ=WEEKLY;BYDAY=MO", "2027-04-01", false },
		{ "FREQ=WEEKLY;BYDAY=MO,TH", "2027-04-01", true },
		{ "FREQ=WEEKLY;BYMONTH=5", "2027-04-01", false },
		{ "FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1", "2027-04-01", true },
		{ "FREQ=MONTHLY;BYDAY=TH;BYSETPOS=-1", "2027-04-01", false },
		{ "FREQ=YEARLY", "2028-02-29", true },
		{ "FREQ=DAILY;BYMONTHDAY=-1", "2028-02-28", false },
		{ "FREQ=DAILY;COUNT=1;BYMONTHDAY=-1", "2028-02-29", true },
		{ "FREQ=WEEKLY;BYDAY=WE,TH,FR;BYSETPOS=2", "2027-04-01", true },
		{ "FREQ=WEEKLY;BYDAY=WE,TH,FR;BYSETPOS=2", "2027-04-02", false },
		{ "FREQ=WEEKLY;WKST=SU", "0001-01-01", true },
		{ "FREQ=DAILY;UNTIL=20270101", "9999-12-31", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct recurrence parsed = rule(rows[i].rule);
		if (recur_matches(&parsed, day(rows[i].start)) != rows[i].named)
			fail_msg("%s %s", rows[i].rule, rows[i].start);
	}
}
static void test_the_value_of_a_part(void **state)
{
	size_t len;

	(void)state;
	assert_string_equal(recur_value("FREQ=DAILY;COUNT=12", "COUNT", &len), "12");
	assert_int_equal(len, 2);
	assert_string_equal(recur_value("until=20270401;freq=DAILY", "UNTIL", &len),
			    "20270401;freq=DAILY");
	assert_int_equal(len, 8);
}
static void test_a_hostile_rule_costs_little(void **state)
{
	static const char *const rules[] = {
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,31",
		"FREQ=DAILY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30;COUNT=9999",
		"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA;BYSETPOS=366,365,364",
		"FREQ=DAILY;BYDAY=MO;BYSETPOS=366",
		"FREQ=WEEKLY;INTERVAL=999;BYDAY=MO;BYSETPOS=8",
		"FREQ=DAILY;COUNT=9999",
		"FREQ=YEARLY;COUNT=9999",
	};
	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		const struct recurrence parsed = rule(rules[i]);
		struct date out;
		int passed;
		day_count = 0;
		assert_false(
			recur_next(&parsed, day("2027-01-01"), day("9999-01-01"), &out, &passed));
		assert_in_range(day_count, 1, 3 * 10000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_the_end_of_the_calendar),
		cmocka_unit_test(test_what_was_passed_over_counts),
		cmocka_unit_test(test_until_is_a_day_or_a_moment),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_the_length_has_a_limit),
		cmocka_unit_test(test_the_days_that_a_rule_names),
		cmocka_unit_test(test_the_value_of_a_part),
		cmocka_unit_test(test_a_hostile_rule_costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_ical.c -- calendars as text, to the byte. */
#include "ical/ical.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MOMENT                                                                                     \
	{                                                                                          \
		INT64_C(1806595200000000), true                                                    \
	}

/* What is due on 2027-04-01 at 16:00 UTC. */
static struct ical_entry entry_of(const char *summary)
{
	return (struct ical_entry){ .uid = "7",
				    .summary = summary,
				    .due = MOMENT,
				    .priority = 5,
				    .sequence = 2,
				    .changed = { INT64_C(1806595199999999), true } };
}

static void assert_entry(const struct ical_entry *entry, const char *expected)
{
	struct buf buf = { 0 };

	assert_true(ical_open(&buf, "Days", 1));
	buf_clear(&buf);
	ical_put(&buf, entry);
	buf_putc(&buf, '\0');
	assert_string_equal(buf.data, expected);
	buf_free(&buf);
}

static void test_calendar(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_true(ical_open(&buf, "Days", 4));
	ical_close(&buf);
	buf_putc(&buf, '\0');
	assert_string_equal(buf.data, "BEGIN:VCALENDAR\r\n"
				      "VERSION:2.0\r\n"
				      "PRODID:-//Daybook//Daybook//EN\r\n"
				      "NAME:Days\r\n"
				      "X-WR-CALNAME:Days\r\n"
				      "REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n"
				      "X-PUBLISHED-TTL:PT4H\r\n"
				      "END:VCALENDAR\r\n");
	buf_free(&buf);
}

static void test_event(void **state)
{
	struct ical_entry entry = entry_of("a;b,c\\d\"e:f");

	(void)state;
	entry.description = "x\r\ny\rz\xe2\x80\xa8\x01\x7f\xc2\x9b\t";
	entry.category = "a,b;c";
	entry.url = "https://app.example/tasks/7";
	assert_entry(&entry, "BEGIN:VEVENT\r\n"
			     "UID:7\r\n"
			     "DTSTAMP:20270401T155959Z\r\n"
			     "LAST-MODIFIED:20270401T155959Z\r\n"
			     "SEQUENCE:2\r\n"
			     "DTSTART:20270401T160000Z\r\n"
			     "DURATION:PT30M\r\n"
			     "TRANSP:TRANSPARENT\r\n"
			     "SUMMARY:a\\;b\\,c\\\\d\"e:f\r\n"
			     "DESCRIPTION:x\\ny\\nz\\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\t\r\n"
			     "PRIORITY:5\r\n"
			     "CATEGORIES:a\\,b\\;c\r\n"
			     "URL:https://app.example/tasks/7\r\n"
			     "END:VEVENT\r\n");
}

static void test_todo(void **state)
{
	struct ical_entry entry = entry_of("");

	(void)state;
	entry.todo = entry.started = true;
	assert_entry(&entry, "BEGIN:VTODO\r\n"
			     "UID:7\r\n"
			     "DTSTAMP:20270401T155959Z\r\n"
			     "LAST-MODIFIED:20270401T155959Z\r\n"
			     "SEQUENCE:2\r\n"
			     "DUE:20270401T160000Z\r\n"
			     "STATUS:IN-PROCESS\r\n"
			     "SUMMARY:\r\n"
			     "PRIORITY:5\r\n"
			     "END:VTODO\r\n");
}

/* Only the line of the category is renamed, not what looks like it in a text. */
static void test_texts_that_look_like_lines(void **state)
{
	struct ical_entry entry = entry_of("\r\nRELATED-TO:x");
	struct buf buf = { 0 };

	(void)state;
	assert_true(ical_open(&buf, "Days", 1));
	ical_put(&buf, &entry);
	buf_putc(&buf, '\0');
	assert_non_null(strstr(buf.data, "\r\nSUMMARY:\\nRELATED-TO:x\r\n"));
	assert_null(strstr(buf.data, "CATEGORIES"));
	buf_free(&buf);
}

/* A text of each length and width ends no line later than the 75th octet, and cuts no character. */
static void test_folding(void **state)
{
	static const char *const chars[] = { "x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x97\x93",
					     ";" };

	(void)state;
	for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
		for (size_t len = 1; len <= 160; len++) {
			struct buf text = { 0 }, buf = { 0 };
			for (size_t j = 0; j < len; j++)
				buf_puts(&text, chars[i]);
			buf_putc(&text, '\0');
			struct ical_entry entry = entry_of(text.data);
			ical_put(&buf, &entry);
			buf_putc(&buf, '\0');
			for (const char *line = buf.data, *end; *line; line = end + 2) {
				end = strstr(line, "\r\n");
				assert_non_null(end);
				assert_true(end - line <= 75);
				assert_true(((unsigned char)line[1] & 0xc0) != 0x80 || line == end);
			}
			buf_free(&buf);
			buf_free(&text);
		}
	}
}

/* A whole day has the day alone: no moment, and no length (RFC 5545 section 3.6.1). */
static void test_event_of_a_day(void **state)
{
	struct ical_entry entry = entry_of("x");

	(void)state;
	entry.due_on = (struct date){ 20909, true };
	assert_entry(&entry, "BEGIN:VEVENT\r\n"
			     "UID:7\r\n"
			     "DTSTAMP:20270401T155959Z\r\n"
			     "LAST-MODIFIED:20270401T155959Z\r\n"
			     "SEQUENCE:2\r\n"
			     "DTSTART;VALUE=DATE:20270401\r\n"
			     "TRANSP:TRANSPARENT\r\n"
			     "SUMMARY:x\r\n"
			     "PRIORITY:5\r\n"
			     "END:VEVENT\r\n");
}

/* A to-do that repeats starts when it is due (RFC 5545 section 3.8.5.3). */
static void test_rules(void **state)
{
	struct ical_entry entry = entry_of("x");

	(void)state;
	entry.zone = "Europe/Berlin";
	entry.local = "20270401T180000";
	entry.rule = "FREQ=WEEKLY;BYDAY=MO,TH";
	assert_entry(&entry, "BEGIN:VEVENT\r\n"
			     "UID:7\r\n"
			     "DTSTAMP:20270401T155959Z\r\n"
			     "LAST-MODIFIED:20270401T155959Z\r\n"
			     "SEQUENCE:2\r\n"
			     "DTSTART;TZID=Europe/Berlin:20270401T180000\r\n"
			     "DURATION:PT30M\r\n"
			     "TRANSP:TRANSPARENT\r\n"
			     "RRULE:FREQ=WEEKLY;BYDAY=MO,TH\r\n"
			     "SUMMARY:x\r\n"
			     "PRIORITY:5\r\n"
			     "END:VEVENT\r\n");
	entry.todo = true;
	entry.due_on = (struct date){ 20909, true };
	assert_entry(&entry, "BEGIN:VTODO\r\n"
			     "UID:7\r\n"
			     "DTSTAMP:20270401T155959Z\r\n"
			     "LAST-MODIFIED:20270401T155959Z\r\n"
			     "SEQUENCE:2\r\n"
			     "DTSTART;VALUE=DATE:20270401\r\n"
			     "DUE;VALUE=DATE:20270401\r\n"
			     "STATUS:NEEDS-ACTION\r\n"
			     "RRULE:FREQ=WEEKLY;BYDAY=MO,TH\r\n"
			     "SUMMARY:x\r\n"
			     "PRIORITY:5\r\n"
			     "END:VTODO\r\n");
}

static void test_days(void **state)
{
	static const struct {
		int32_t days;
		const char *line;
	} rows[] = {
		{ -719162, "\r\nDUE;VALUE=DATE:00010101\r\n" },
		{ -1, "\r\nDUE;VALUE=DATE:19691231\r\n" },
		{ 0, "\r\nDUE;VALUE=DATE:19700101\r\n" },
		{ 21243, "\r\nDUE;VALUE=DATE:20280229\r\n" },
		{ 2932896, "\r\nDUE;VALUE=DATE:99991231\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ical_entry entry = entry_of("x");
		struct buf buf = { 0 };
		entry.todo = true;
		entry.due_on = (struct date){ rows[i].days, true };
		ical_put(&buf, &entry);
		buf_putc(&buf, '\0');
		assert_non_null(strstr(buf.data, rows[i].line));
		buf_free(&buf);
	}
}

static void test_moments(void **state)
{
	static const struct {
		int64_t us;
		const char *line;
	} rows[] = {
		{ INT64_C(-62135596800000000), "\r\nDTSTART:00010101T000000Z\r\n" },
		{ INT64_C(-1), "\r\nDTSTART:19691231T235959Z\r\n" },
		{ INT64_C(253402300799999999), "\r\nDTSTART:99991231T235959Z\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ical_entry entry = entry_of("x");
		struct buf buf = { 0 };
		entry.due.us = rows[i].us;
		ical_put(&buf, &entry);
		buf_putc(&buf, '\0');
		assert_non_null(strstr(buf.data, rows[i].line));
		buf_free(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_todo),
		cmocka_unit_test(test_texts_that_look_like_lines),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_event_of_a_day),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

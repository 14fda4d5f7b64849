#include "ical/ical.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "ical/library.h"

enum { EVENT_MINUTES = 30 }; /* how long calendars show what is due at a moment */

static const struct library *ical; /* once ical_open() has found it */

#define END_OF_CALENDAR "END:VCALENDAR\r\n"
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* How many bytes at `text` are a line break: CR LF, one of U+000A to U+000D, U+0085, U+2028,
 * U+2029. */
static size_t line_break_len(const char *text)
{
	if (text[0] == '\r' && text[1] == '\n')
		return 2;
	if (text[0] >= '\n' && text[0] <= '\r')
		return 1;
	if (strncmp(text, "\xc2\x85", 2) == 0)
		return 2;
	return strncmp(text, "\xe2\x80\xa8", 3) == 0 || strncmp(text, "\xe2\x80\xa9", 3) == 0 ? 3
											      : 0;
}

/* How many bytes at `text` are another control character that no line may hold (section 3.1). */
static size_t control_len(const char *text)
{
	unsigned char first = (unsigned char)text[0], second = (unsigned char)text[1];

	if (first == 0xc2 && second >= 0x80 && second < 0xa0)
		return 2;
	return (first < 0x20 && first != '\t') || first == 0x7f ? 1 : 0;
}

/* Makes `out` hold the text with a NUL, its control characters replaced. */
static const char *clean(struct buf *out, const char *text)
{
	buf_clear(out);
	while (*text) {
		size_t line_break = line_break_len(text), control = control_len(text);
		if (line_break > 0)
			buf_putc(out, '\n');
		else if (control > 0)
			buf_puts(out, REPLACEMENT);
		else
			buf_putc(out, *text);
		text += line_break > 0 ? line_break : control > 0 ? control : 1;
	}
	buf_putc(out, '\0');
	return out->data;
}

/* Adds a text under a property's name; none if it is NULL. */
static void add_text(icalcomponent *component, icalproperty *make(const char *), const char *text)
{
	struct buf buf = { 0 };

	if (text)
		ical->icalcomponent_add_property(component, make(clean(&buf, text)));
	buf_free(&buf);
}

/* Adds a property whose value is written as it stands. */
static icalproperty *add_plain(icalcomponent *component, const char *name, const char *value)
{
	icalproperty *property = ical->icalproperty_new_x(value);

	ical->icalproperty_set_x_name(property, name);
	ical->icalcomponent_add_property(component, property);
	return property;
}

/* Drops what RFC 3339 has within a text and iCalendar has not: 2027-04-01 becomes 20270401, a
 * moment loses its fraction. Returns the address of the NUL. */
static char *make_basic(char *text)
{
	char *out = text;

	for (const char *at = text; *at && *at != '.'; at++)
		if (*at != '-' && *at != ':')
			*out++ = *at;
	*out = '\0';
	return out;
}

/* Adds a moment, to the second, in UTC: 20270401T160000Z. libical knows no year after 3000. */
static void add_time(icalcomponent *component, const char *name, struct instant instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(text, instant.us);
	memcpy(make_basic(text), "Z", 2);
	add_plain(component, name, text);
}

/* Adds a day (section 3.3.4): 20270401, the same wherever it is read. */
static void add_day(icalcomponent *component, const char *name, struct date date)
{
	char text[DATE_TEXT_BYTES];

	date_format(text, date.days);
	make_basic(text);
	ical->icalproperty_add_parameter(add_plain(component, name, text),
					 ical->icalparameter_new_value(ICAL_VALUE_DATE));
}

/* Adds a moment by the clocks of a zone, which the calendar has as a VTIMEZONE. */
static void add_local_time(icalcomponent *component, const char *name,
			   const struct ical_entry *entry)
{
	ical->icalproperty_add_parameter(add_plain(component, name, entry->local),
					 ical->icalparameter_new_tzid(entry->zone));
}

static void add_due(icalcomponent *component, const char *name, const struct ical_entry *entry)
{
	if (entry->due_on.set)
		add_day(component, name, entry->due_on);
	else if (entry->local)
		add_local_time(component, name, entry);
	else
		add_time(component, name, entry->due);
}

/* An event that starts on a day and has no end lasts for that day (section 3.6.1). So the last day
 * of the calendar needs none after it. */
static void add_times_of_event(icalcomponent *component, const struct ical_entry *entry)
{
	struct icaldurationtype shown = { .minutes = EVENT_MINUTES };

	add_due(component, "DTSTART", entry);
	if (!entry->due_on.set)
		ical->icalcomponent_add_property(component, ical->icalproperty_new_duration(shown));
	ical->icalcomponent_add_property(component,
					 ical->icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
}

/* A rule needs a start, also of a to-do (section 3.8.5.3), from which it is counted: when it is
 * due.
 */
static void add_times_of_todo(icalcomponent *component, const struct ical_entry *entry)
{
	icalproperty_status status =
		entry->started ? ICAL_STATUS_INPROCESS : ICAL_STATUS_NEEDSACTION;

	if (entry->rule)
		add_due(component, "DTSTART", entry);
	add_due(component, "DUE", entry);
	ical->icalcomponent_add_property(component, ical->icalproperty_new_status(status));
}

/* libical escapes no comma of CATEGORIES, where it would begin another one, but those of
 * RELATED-TO, which is as long. */
static void rename_category(char *text)
{
	static const char written[] = "\r\nRELATED-TO:", meant[] = "\r\nCATEGORIES:";
	char *line = strstr(text, written);

	if (line)
		memcpy(line, meant, strlen(meant));
}

/* Appends the component and ends it. */
static void put_component(struct buf *out, icalcomponent *component)
{
	char *text = ical->icalcomponent_as_ical_string_r(component);

	if (!text)
		abort(); /* no memory */
	rename_category(text);
	buf_puts(out, text);
	free(text);
	ical->icalcomponent_free(component);
}

bool ical_open(struct buf *out, const char *name, int refresh_h)
{
	ical = library_load();
	if (!ical)
		return false;
	icalcomponent *calendar = ical->icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	struct icaldurationtype refresh = { .hours = (unsigned)refresh_h };
	char *period = ical->icaldurationtype_as_ical_string_r(refresh);

	ical->icalcomponent_add_property(calendar, ical->icalproperty_new_version("2.0"));
	ical->icalcomponent_add_property(calendar,
					 ical->icalproperty_new_prodid("-//Daybook//Daybook//EN"));
	add_text(calendar, ical->icalproperty_new_name, name);
	add_plain(calendar, "X-WR-CALNAME", name);
	ical->icalproperty_add_parameter(add_plain(calendar, "REFRESH-INTERVAL", period),
					 ical->icalparameter_new_value(ICAL_VALUE_DURATION));
	add_plain(calendar, "X-PUBLISHED-TTL", period);
	free(period);
	put_component(out, calendar);
	out->len -= strlen(END_OF_CALENDAR);
	return true;
}

void ical_put(struct buf *out, const struct ical_entry *entry)
{
	icalcomponent *component =
		ical->icalcomponent_new(entry->todo ? ICAL_VTODO_COMPONENT : ICAL_VEVENT_COMPONENT);

	ical->icalcomponent_add_property(component, ical->icalproperty_new_uid(entry->uid));
	add_time(component, "DTSTAMP", entry->changed);
	add_time(component, "LAST-MODIFIED", entry->changed);
	ical->icalcomponent_add_property(component,
					 ical->icalproperty_new_sequence(entry->sequence));
	(entry->todo ? add_times_of_todo : add_times_of_event)(component, entry);
	if (entry->rule)
		add_plain(component, "RRULE", entry->rule);
	add_text(component, ical->icalproperty_new_summary, entry->summary);
	add_text(component, ical->icalproperty_new_description, entry->description);
	ical->icalcomponent_add_property(component,
					 ical->icalproperty_new_priority(entry->priority));
	add_text(component, ical->icalproperty_new_relatedto, entry->category);
	if (entry->url)
		ical->icalcomponent_add_property(component, ical->icalproperty_new_url(entry->url));
	put_component(out, component);
}

void ical_close(struct buf *out)
{
	buf_puts(out, END_OF_CALENDAR);
}

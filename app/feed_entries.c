#include "feed_entries.h"

#include <ctype.h>
#include <string.h>

#include "base/calendar.h"
#include "base/recur.h"
#include "base/uuid.h"
#include "ical/ical.h"

/* A task that repeats, from an occurrence on. */
struct series {
	const char *text, *until; /* the rule, and its UNTIL as iCalendar has it */
	struct recurrence rule;
	struct date day;
	const char *clock; /* HHMMSS; NULL: whole days */
	bool on_time;	   /* it is due on that day at that time */
};

static int priority_of(const char *word)
{
	static const struct {
		const char *word;
		int priority;
	} rows[] = { { "URGENT", 1 }, { "HIGH", 3 }, { "MEDIUM", 5 }, { "LOW", 9 } };
	size_t i = 0;

	while (strcmp(rows[i].word, word) != 0)
		i++;
	return rows[i].priority;
}

static const char *id_of(struct arena *arena, const struct result *rows, int row)
{
	struct uuid task = result_uuid(rows, row, "id");
	char *id = arena_alloc(arena, UUID_TEXT_BYTES);

	uuid_format(id, task.bytes);
	return id;
}

static const char *url_of(struct arena *arena, const struct feed_style *style, const char *id)
{
	return *style->front_end ? arena_printf(arena, "%s/tasks/%s", style->front_end, id) : NULL;
}

static struct ical_entry entry_of(struct arena *arena, const struct feed_style *style,
				  const struct result *rows, int row)
{
	const char *id = id_of(arena, rows, row);

	return (struct ical_entry){
		.todo = style->todo,
		.uid = id,
		.summary = result_text(rows, row, "title"),
		.description = result_text(rows, row, "description"),
		.category = result_text(rows, row, "category"),
		.url = url_of(arena, style, id),
		.due = result_instant(rows, row, "due_date"),
		.due_on = result_date(rows, row, "due_on"),
		.started = strcmp(result_text(rows, row, "status"), "IN_PROGRESS") == 0,
		.priority = priority_of(result_text(rows, row, "priority")),
		.sequence = (int)result_integer(rows, row, "version").value,
		.changed = result_instant(rows, row, "updated_at"),
	};
}

/* False if the task does not repeat, or not by a rule of which a calendar can be told. */
static bool read_series(const struct feed_style *style, const struct result *rows, int row,
			struct series *out)
{
	out->text = result_text(rows, row, "rule");
	if (!style->zone || !out->text || recur_parse(out->text, &out->rule))
		return false;
	out->until = result_text(rows, row, "until");
	if (out->until)
		out->rule.until = result_date(rows, row, "until_day");
	out->day = result_date(rows, row, "day");
	out->clock = result_text(rows, row, "clock");
	out->on_time = result_bool(rows, row, "on_time");
	return true;
}

/* The rule with another value of one of its parts. */
static const char *put_value(struct arena *arena, const char *text, const char *part,
			     const char *value)
{
	size_t len;
	const char *old = recur_value(text, part, &len);

	return arena_printf(arena, "%.*s%s%s", (int)(old - text), text, value, old + len);
}

/* The rule as iCalendar has it from that day on: not every calendar reads small letters. */
static const char *rule_text(struct arena *arena, const struct series *series)
{
	char *text = arena_copy(arena, series->text, strlen(series->text));

	for (char *at = text; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	if (series->until)
		return put_value(arena, text, "UNTIL", series->until);
	if (series->rule.count > 0)
		return put_value(arena, text, "COUNT",
				 arena_printf(arena, "%d", series->rule.count));
	return text;
}

/* Lets the entry be due on the day of the series, at its time. */
static void move_entry(struct arena *arena, const struct feed_style *style,
		       const struct series *series, struct ical_entry *entry)
{
	struct civil day = calendar_civil(series->day.days);

	if (!series->clock) {
		entry->due_on = series->day;
		return;
	}
	entry->zone = style->zone;
	entry->local =
		arena_printf(arena, "%04d%02d%02dT%s", day.year, day.month, day.day, series->clock);
}

/* Whether the rule tells of more than the day of the series, with which it begins. */
static bool tells_more(const struct series *series)
{
	const struct recurrence *rule = &series->rule;

	return series->on_time && rule->count != 1 &&
	       (!rule->until.set || rule->until.days > series->day.days) &&
	       recur_matches(rule, series->day);
}

/* Lets the series begin with its next occurrence, if there is one. */
static bool move_on(struct series *series)
{
	struct date next;
	int passed;

	if (!recur_next(&series->rule, series->day, series->day, &next, &passed))
		return false;
	series->day = next;
	series->on_time = true;
	if (series->rule.count > 0)
		series->rule.count -= passed;
	return true;
}

static void put_series(struct buf *out, struct arena *arena, const struct feed_style *style,
		       struct ical_entry entry, struct series *series)
{
	if (!tells_more(series)) {
		ical_put(out, &entry);
		if (!move_on(series))
			return;
		entry.uid = arena_printf(arena, "%s-next", entry.uid);
	}
	move_entry(arena, style, series, &entry);
	if (tells_more(series))
		entry.rule = rule_text(arena, series);
	ical_put(out, &entry);
}

void feed_put_task(struct buf *out, struct arena *arena, const struct feed_style *style,
		   const struct result *rows, int row)
{
	struct ical_entry entry = entry_of(arena, style, rows, row);
	struct series series;

	if (read_series(style, rows, row, &series))
		put_series(out, arena, style, entry, &series);
	else
		ical_put(out, &entry);
}

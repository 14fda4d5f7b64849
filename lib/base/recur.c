#include "base/recur.h"

#include "base/calendar.h"

/* The calendar repeats itself after 400 years: what has not come by then never comes. */
enum { MAX_STEPS = 10000, CYCLE_YEARS = 400, CYCLE_MONTHS = 12 * CYCLE_YEARS, LAST_YEAR = 9999 };

/* The days of one period (a day, week, month or year) that match, in their order. */
struct period {
	int32_t days[366];
	int count;
};

/* What the rule leaves open follows from the day on which it begins. */
static struct recurrence complete(const struct recurrence *rule, int32_t start)
{
	struct recurrence whole = *rule;
	struct civil civil = calendar_civil(start);

	if (whole.month_days || whole.last_month_days || whole.by_day)
		return whole;
	if (whole.frequency == RECUR_WEEKLY) {
		whole.by_day = true;
		whole.weekdays = 1U << calendar_weekday(start);
	}
	if (whole.frequency == RECUR_YEARLY && !whole.months)
		whole.months = 1U << civil.month;
	if (whole.frequency >= RECUR_MONTHLY)
		whole.month_days = 1U << civil.day;
	return whole;
}

/* Whether a day is one of those of its weekday that are meant, in its year or month. */
static bool is_ordinal(const struct recurrence *rule, const struct recur_ordinals *meant,
		       int32_t number, struct civil civil)
{
	int before = civil.day - 1,
	    after = calendar_month_days(civil.year, civil.month) - civil.day;

	if (rule->frequency == RECUR_YEARLY && !rule->months) {
		before = number - calendar_number(civil.year, 1, 1);
		after = calendar_number(civil.year, 12, 31) - number;
	}
	return (meant->nth >> (before / 7 + 1) | meant->nth_last >> (after / 7 + 1)) & 1;
}

static bool matches_weekday(const struct recurrence *rule, int32_t number, struct civil civil)
{
	int weekday = calendar_weekday(number);
	const struct recur_ordinals *meant = &rule->ordinals[weekday];

	if (!rule->by_day || rule->weekdays & 1U << weekday)
		return true;
	return (meant->nth | meant->nth_last) != 0 && is_ordinal(rule, meant, number, civil);
}

static bool matches_month_day(const struct recurrence *rule, struct civil civil)
{
	int from_end = calendar_month_days(civil.year, civil.month) - civil.day + 1;

	if (!rule->month_days && !rule->last_month_days)
		return true;
	return rule->month_days & 1U << civil.day || rule->last_month_days & 1U << from_end;
}

static bool matches_month(const struct recurrence *rule, int month)
{
	return !rule->months || rule->months & 1U << month;
}

static void add_day(const struct recurrence *rule, int32_t number, struct civil civil,
		    struct period *out)
{
	if (matches_month(rule, civil.month) && matches_month_day(rule, civil) &&
	    matches_weekday(rule, number, civil))
		out->days[out->count++] = number;
}

static void add_month(const struct recurrence *rule, int year, int month, struct period *out)
{
	if (year > LAST_YEAR || !matches_month(rule, month))
		return;
	int length = calendar_month_days(year, month);
	int32_t first = calendar_number(year, month, 1);
	for (int day = 1; day <= length; day++)
		add_day(rule, first + day - 1, (struct civil){ year, month, day }, out);
}

/* `count` days in a row, up to the end of the calendar. */
static void add_days(const struct recurrence *rule, int32_t first, int count, struct period *out)
{
	if (first > CALENDAR_LAST_DAY)
		return;
	struct civil civil = calendar_civil(first);
	for (int i = 0; i < count && first + i <= CALENDAR_LAST_DAY; i++) {
		add_day(rule, first + i, civil, out);
		if (civil.day++ < calendar_month_days(civil.year, civil.month))
			continue;
		civil.day = 1;
		civil.year += civil.month == 12;
		civil.month = civil.month % 12 + 1;
	}
}

/* The first week is a whole one, too, so that BYSETPOS means the same day in each. */
static void add_week(const struct recurrence *rule, int32_t start, int step, struct period *out)
{
	int into_week = (calendar_weekday(start) - rule->week_start + 7) % 7;

	add_days(rule, start - into_week + 7 * step * rule->interval, 7, out);
}

/* The days of the period that is `step` intervals after that of `start`. */
static void fill(const struct recurrence *rule, int32_t start, int step, struct period *out)
{
	struct civil civil = calendar_civil(start);
	int month = civil.year * 12 + civil.month - 1 + step * rule->interval;

	out->count = 0;
	switch (rule->frequency) {
	case RECUR_DAILY:
		add_days(rule, start + step * rule->interval, 1, out);
		break;
	case RECUR_WEEKLY:
		add_week(rule, start, step, out);
		break;
	case RECUR_MONTHLY:
		add_month(rule, month / 12, month % 12 + 1, out);
		break;
	case RECUR_YEARLY:
		for (month = 1; month <= 12; month++)
			add_month(rule, civil.year + step * rule->interval, month, out);
	}
}

/* Whether BYSETPOS takes the day at this place of the period. */
static bool is_chosen(const struct recurrence *rule, const struct period *period, int place)
{
	return !rule->by_position || rule->positions[place + 1] ||
	       rule->last_positions[period->count - place];
}

/* How many periods after that of `start` the one of `day` surely does not come before. */
static int steps_to(const struct recurrence *rule, int32_t start, int32_t day)
{
	struct civil from = calendar_civil(start), to = calendar_civil(day);

	switch (rule->frequency) {
	case RECUR_DAILY:
		return (day - start) / rule->interval;
	case RECUR_WEEKLY:
		return (day - start) / 7 / rule->interval;
	case RECUR_MONTHLY:
		return ((to.year - from.year) * 12 + to.month - from.month) / rule->interval;
	default:
		return (to.year - from.year) / rule->interval;
	}
}

bool recur_matches(const struct recurrence *rule, struct date start)
{
	const struct recurrence whole = complete(rule, start.days);
	struct period period;

	fill(&whole, start.days, 0, &period);
	for (int i = 0; i < period.count; i++)
		if (period.days[i] == start.days)
			return is_chosen(&whole, &period, i);
	return false;
}

static int max_steps(enum recur_frequency frequency)
{
	if (frequency == RECUR_YEARLY)
		return CYCLE_YEARS;
	return frequency == RECUR_MONTHLY ? CYCLE_MONTHS : MAX_STEPS;
}

bool recur_next(const struct recurrence *rule, struct date start, struct date after,
		struct date *out, int *passed)
{
	const struct recurrence whole = complete(rule, start.days);
	/* Only COUNT needs those in between. */
	int first = rule->count > 0 ? 0 : steps_to(&whole, start.days, after.days);
	struct period period;

	*passed = 0;
	for (int step = first; step <= first + max_steps(rule->frequency); step++) {
		fill(&whole, start.days, step, &period);
		for (int i = 0; i < period.count; i++) {
			int32_t day = period.days[i];
			if (day <= start.days || !is_chosen(&whole, &period, i))
				continue;
			++*passed;
			if (day <= after.days)
				continue;
			*out = (struct date){ day, true };
			return (rule->count == 0 || *passed < rule->count) &&
			       (!rule->until.set || day <= rule->until.days);
		}
	}
	return false;
}

/* mood_stats.c -- /moods/stats and /moods/trends: moods by week and month, in the user's zone. */
#include "sql/mood_stats.h"

#include <string.h>

#include "app.h"

static const struct words periods = WORDS("Period", "week", "month");

static const struct field distribution_fields[] = {
	ANSWER("1", KIND_INTEGER), ANSWER("2", KIND_INTEGER), ANSWER("3", KIND_INTEGER),
	ANSWER("4", KIND_INTEGER), ANSWER("5", KIND_INTEGER),
};

static const struct field day_fields[] = {
	ANSWER("date", KIND_DATE),
	ANSWER("count", KIND_INTEGER),
	ANSWER("average", KIND_NUMBER, .nullable = true, .example = "4"),
};

static const struct field previous_fields[] = {
	ANSWER("start", KIND_DATE),
	ANSWER("end", KIND_DATE),
	ANSWER("count", KIND_INTEGER),
	ANSWER("average", KIND_NUMBER, .nullable = true, .example = "4"),
};

static const struct shape distribution_shape =
	ANSWER_SHAPE("MoodDistribution", distribution_fields);
static const struct shape day_shape = ANSWER_SHAPE("MoodDay", day_fields);
static const struct shape previous_shape = ANSWER_SHAPE("MoodPrevious", previous_fields);

static const struct field stats_fields[] = {
	ANSWER("period", KIND_TEXT, .words = &periods),
	ANSWER("start", KIND_DATE, .example = "2026-11-16", .doc = "The first day."),
	ANSWER("end", KIND_DATE, .example = "2026-11-22", .doc = "The last day."),
	ANSWER("timezone", KIND_TEXT, .example = "Europe/London"),
	ANSWER("count", KIND_INTEGER),
	ANSWER("average", KIND_NUMBER, .nullable = true, .example = "3.67",
	       .doc = "To two decimals."),
	ANSWER("median", KIND_NUMBER, .nullable = true, .example = "4"),
	ANSWER("min", KIND_INTEGER, .nullable = true, .example = "2"),
	ANSWER("max", KIND_INTEGER, .nullable = true, .example = "5"),
	ANSWER("distribution", KIND_OBJECT, .shape = &distribution_shape),
	ANSWER("days", KIND_OBJECTS, .shape = &day_shape, .doc = "Every day of the period."),
	ANSWER("previous", KIND_OBJECT, .shape = &previous_shape, .doc = "The period before."),
	ANSWER("change", KIND_NUMBER, .nullable = true,
	       .doc = "The average less that of the period before."),
};

static const struct field trend_fields[] = {
	ANSWER("start", KIND_DATE),
	ANSWER("end", KIND_DATE),
	ANSWER("count", KIND_INTEGER),
	ANSWER("average", KIND_NUMBER, .nullable = true, .example = "4"),
	ANSWER("min", KIND_INTEGER, .nullable = true),
	ANSWER("max", KIND_INTEGER, .nullable = true),
};

static const struct shape trend_shape = ANSWER_SHAPE("MoodTrend", trend_fields);

static const struct field trends_fields[] = {
	ANSWER("period", KIND_TEXT, .words = &periods),
	ANSWER("timezone", KIND_TEXT, .example = "Europe/London"),
	ANSWER("periods", KIND_OBJECTS, .shape = &trend_shape, .doc = "The oldest first."),
};

static const struct shape stats_shape = ANSWER_SHAPE("MoodStats", stats_fields);
static const struct shape trends_shape = ANSWER_SHAPE("MoodTrends", trends_fields);

struct stats_query {
	const char *period;
	struct date date;
	struct integer count;
};

static const struct field stats_query_fields[] = {
	FIELD(struct stats_query, period, .required = true, .words = &periods,
	      .doc = "Weeks begin on Monday."),
	FIELD(struct stats_query, date, .doc = "Any day of the period; today if absent."),
};

static const struct shape stats_query_fields_shape =
	SHAPE(struct stats_query, NULL, stats_query_fields);

static const struct field day_query_fields[] = {
	FIELD(struct stats_query, date, .doc = "Any day of the period; today if absent."),
};

static const struct shape day_query_fields_shape =
	SHAPE(struct stats_query, NULL, day_query_fields);

static const struct field trends_query_fields[] = {
	FIELD(struct stats_query, period, .required = true, .words = &periods,
	      .doc = "Weeks begin on Monday."),
	FIELD(struct stats_query, count, .min = 1, .max = 60, .preset = "12",
	      .doc = "How many periods, up to the one of today."),
};

static const struct shape trends_query_fields_shape =
	SHAPE(struct stats_query, NULL, trends_query_fields);

/* The days whose period and the one before lie within the years 1 to 9999. */
static const struct {
	const char *period, *rule;
	int64_t first_day, last_day;
} ranges[] = {
	{ "week", "must be 0001-01-08 to 9999-12-26", -719155, 2932891 },
	{ "month", "must be 0001-02-01 to 9999-12-31", -719131, 2932896 },
};

/* What is wrong with a day, or NULL. */
static const char *day_fault(const struct stats_query *q)
{
	size_t i = 0;

	while (strcmp(ranges[i].period, q->period) != 0)
		i++;
	bool fits = q->date.days >= ranges[i].first_day && q->date.days <= ranges[i].last_day;
	return q->date.set && !fits ? ranges[i].rule : NULL;
}

static enum err reply_stats(struct request *req, struct stats_query q)
{
	TRY(filter_read(req, &q));
	const char *fault = day_fault(&q);
	if (fault)
		return refuse_field(req, ERR_VALIDATION, "date",
				    (struct fault){ FAULT_RANGE, fault });
	return reply_row(req, sql_mood_stats(q.period, q.date));
}

static enum err get_stats(struct request *req)
{
	return reply_stats(req, (struct stats_query){ 0 });
}

static enum err get_weekly_stats(struct request *req)
{
	return reply_stats(req, (struct stats_query){ .period = "week" });
}

static enum err get_monthly_stats(struct request *req)
{
	return reply_stats(req, (struct stats_query){ .period = "month" });
}

static enum err get_trends(struct request *req)
{
	struct stats_query q = { 0 };

	TRY(filter_read(req, &q));
	return reply_row(req, sql_mood_trends(q.period, q.count));
}

static const struct route mood_stats_routes[] = {
	{ GET, "/moods/stats", USER, get_stats, "get_mood_stats",
	  .query = &stats_query_fields_shape, .answer = &stats_shape,
	  .doc = "Statistics of a week or a month",
	  .about = "Every day of the period is listed; one without a mood has a null average. "
		   "Weeks begin on Monday." },
	{ GET, "/moods/stats/weekly", USER, get_weekly_stats, "get_weekly_mood_stats",
	  .query = &day_query_fields_shape, .answer = &stats_shape, .doc = "Statistics of a week",
	  .about = "As `/moods/stats` with `period=week`." },
	{ GET, "/moods/stats/monthly", USER, get_monthly_stats, "get_monthly_mood_stats",
	  .query = &day_query_fields_shape, .answer = &stats_shape, .doc = "Statistics of a month",
	  .about = "As `/moods/stats` with `period=month`." },
	{ GET, "/moods/trends", USER, get_trends, "get_mood_trends",
	  .query = &trends_query_fields_shape, .answer = &trends_shape,
	  .doc = "The last weeks or months in one call",
	  .about = "The oldest first; periods without a mood are listed, too." },
};

const struct resource mood_stats_resource = { .name = "moods", ROUTES(mood_stats_routes) };

/* dashboard.c -- /dashboard: the day at a glance. Each answer is several statements, and one round
 * trip; its ETag is a digest of what it says, so that polling costs a line. */
#include "sql/dashboard.h"
#include "app.h"
#include "shapes.h"

static const struct field statistics_fields[] = {
	ANSWER("task_counts", KIND_OBJECT, .shape = &task_counts_shape),
	ANSWER("upcoming_tasks", KIND_OBJECTS, .shape = &task_shape,
	       .doc = "Open and due by the end of the 7th day from today, the soonest first."),
	ANSWER("overdue_count", KIND_INTEGER),
	ANSWER("recent_projects", KIND_OBJECTS, .shape = &project_shape,
	       .doc = "The last active first."),
	ANSWER("completion_rate", KIND_NUMBER, .max = 1,
	       .doc = "Done ones among all: 1 only when all are done, 0 only when none is."),
};

static const struct shape statistics_shape = ANSWER_SHAPE("TaskStatistics", statistics_fields);

static const struct field written_fields[] = {
	ANSWER("total", KIND_INTEGER),
	ANSWER("last_7_days", KIND_INTEGER),
	ANSWER("last_30_days", KIND_INTEGER),
	ANSWER("recent", KIND_OBJECTS, .shape = &journal_summary_shape,
	       .doc = "The latest, up to those of today."),
};

static const struct field mood_point_fields[] = {
	ANSWER("date", KIND_DATE),
	ANSWER("average", KIND_NUMBER, .nullable = true),
};

static const struct shape mood_point_shape = ANSWER_SHAPE("MoodPoint", mood_point_fields);

static const struct field mood_summary_fields[] = {
	ANSWER("today", KIND_NUMBER, .nullable = true),
	ANSWER("week_average", KIND_NUMBER, .nullable = true),
	ANSWER("previous_week_average", KIND_NUMBER, .nullable = true),
	ANSWER("trend", KIND_OBJECTS, .shape = &mood_point_shape, .doc = "The last 30 days."),
};

static const struct field active_day_fields[] = {
	ANSWER("date", KIND_DATE),
	ANSWER("tasks_completed", KIND_INTEGER),
	ANSWER("journals", KIND_INTEGER),
	ANSWER("moods", KIND_INTEGER),
};

static const struct shape active_day_shape = ANSWER_SHAPE("ActiveDay", active_day_fields);

static const struct field activity_fields[] = {
	ANSWER("current_streak", KIND_INTEGER, .doc = "Days in a row up to today or yesterday."),
	ANSWER("longest_streak", KIND_INTEGER),
	ANSWER("days", KIND_OBJECTS, .shape = &active_day_shape, .doc = "The last 30 days."),
};

static const struct shape written_shape = ANSWER_SHAPE("DashboardJournals", written_fields);
static const struct shape mood_summary_shape = ANSWER_SHAPE("MoodSummary", mood_summary_fields);
static const struct shape activity_shape = ANSWER_SHAPE("Activity", activity_fields);

static const struct field dashboard_fields[] = {
	ANSWER("tasks", KIND_OBJECT, .shape = &statistics_shape),
	ANSWER("journals", KIND_OBJECT, .shape = &written_shape),
	ANSWER("moods", KIND_OBJECT, .shape = &mood_summary_shape),
	ANSWER("activity", KIND_OBJECT, .shape = &activity_shape),
};

static const struct shape dashboard_shape = ANSWER_SHAPE("Dashboard", dashboard_fields);

/* A row as an object that goes on with the rows of other results as its lists. */
static void put_summary(struct buf *out, const struct result *row)
{
	result_put_row(out, row, 0);
	out->len--; /* the closing brace */
}

static void put_list(struct buf *out, const char *name, const struct result *rows)
{
	buf_printf(out, ",\"%s\":", name);
	result_put_rows(out, rows, rows->row_count);
}

static void put_statistics(struct buf *out, const struct result results[3])
{
	put_summary(out, &results[0]);
	put_list(out, "upcoming_tasks", &results[1]);
	put_list(out, "recent_projects", &results[2]);
	buf_putc(out, '}');
}

static enum err get_statistics(struct request *req)
{
	struct query queries[] = { sql_dashboard_tasks(), sql_dashboard_upcoming(),
				   sql_dashboard_projects() };
	struct result results[3];

	TRY(ask_all(req, queries, 3, results));
	put_statistics(req->answer.body, results);
	return reply_digested(req);
}

static enum err get_dashboard(struct request *req)
{
	struct query queries[] = {
		sql_dashboard_tasks(),	  sql_dashboard_upcoming(), sql_dashboard_projects(),
		sql_dashboard_journals(), sql_dashboard_entries(),  sql_dashboard_moods(),
		sql_dashboard_trend(),	  sql_dashboard_streaks(),  sql_dashboard_days(),
	};
	struct result results[9];
	struct buf *out = req->answer.body;

	TRY(ask_all(req, queries, 9, results));
	buf_puts(out, "{\"tasks\":");
	put_statistics(out, results);
	buf_puts(out, ",\"journals\":");
	put_summary(out, &results[3]);
	put_list(out, "recent", &results[4]);
	buf_puts(out, "},\"moods\":");
	put_summary(out, &results[5]);
	put_list(out, "trend", &results[6]);
	buf_puts(out, "},\"activity\":");
	put_summary(out, &results[7]);
	put_list(out, "days", &results[8]);
	buf_puts(out, "}}");
	return reply_digested(req);
}

static const struct route dashboard_routes[] = {
	{ GET, "/dashboard/statistics", USER, get_statistics, "get_task_statistics",
	  .answer = &statistics_shape, .slow = true, .digested = true, .doc = "Tasks at a glance",
	  .about = "Tasks of archived projects do not count." },
	{ GET, "/dashboard", USER, HANDLER(get_dashboard), .answer = &dashboard_shape, .slow = true,
	  .digested = true, .doc = "The day at a glance",
	  .about = "Tasks, journals, moods, and the activity of the last 30 days, for a start "
		   "page." },
};

const struct resource dashboard_resource = { .name = "dashboard",
					     .doc = "The day at a glance",
					     ROUTES(dashboard_routes) };

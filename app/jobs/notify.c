/* notify.c -- users are told of tasks that are due soon or overdue, and of those that they wanted
 * to be reminded of. Each job is one statement (sql/queries/notify.sql). */
#include "sql/notify.h"
#include "app_jobs.h"

static enum err notify(struct lane *lane, struct query query, struct work *work)
{
	struct result row;

	TRY(db_run(lane->db, lane->arena, NULL, &query, 1, &row));
	int64_t made = result_integer(&row, 0, "_notifications").value;
	if (made > 0)
		work->made = arena_printf(lane->arena, "%ld notifications, %ld mails", (long)made,
					  (long)result_integer(&row, 0, "_mails").value);
	return OK;
}

/* Where mails are sent, those who want one get it. */
static struct boolean with_mails(const struct lane *lane)
{
	const struct jobs_context *context = lane->context;

	return (struct boolean){ *context->config->mail_url != '\0', true };
}

static enum err notify_deadlines(struct lane *lane, struct work *work)
{
	return notify(lane, sql_notify_deadlines(with_mails(lane), "deadlines"), work);
}

static enum err notify_reminders(struct lane *lane, struct work *work)
{
	return notify(lane, sql_notify_reminders(with_mails(lane), "reminders"), work);
}

const struct job deadlines_job = { "deadlines",
				   "clock",
				   .period_s = 3600,
				   .done = METRIC_DEADLINES_DONE,
				   .failed = METRIC_DEADLINES_FAILED,
				   .run = notify_deadlines };
const struct job reminders_job = { "reminders",
				   "clock",
				   .period_s = 10,
				   .done = METRIC_REMINDERS_DONE,
				   .failed = METRIC_REMINDERS_FAILED,
				   .run = notify_reminders };

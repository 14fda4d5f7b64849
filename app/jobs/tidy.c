/* tidy.c -- what is over goes: links that nobody used, mails sent long ago, old notifications,
 * ended sessions, spent limits, answers older than a day. */
#include "app_jobs.h"
#include "sql/jobs.h"

enum { PORTION = 5000, PERIOD_S = 3600, AT_S = 17 * 60 };

static enum err tidy(struct lane *lane, struct work *work)
{
	struct query query = sql_job_sweep((struct integer){ PORTION, true });
	struct result row;

	TRY(db_run(lane->db, lane->arena, NULL, &query, 1, &row));
	int64_t done = result_integer(&row, 0, "_done").value;
	work->more = done >= PORTION;
	if (done > 0)
		work->made = arena_printf(lane->arena, "%ld rows deleted", (long)done);
	return OK;
}

const struct job tidy_job = { "tidy",
			      "clock",
			      .period_s = PERIOD_S,
			      .at_s = AT_S,
			      .done = METRIC_TIDY_DONE,
			      .failed = METRIC_TIDY_FAILED,
			      .run = tidy };

/* report.c -- jobs and mails for the eyes of an operator. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app_jobs.h"
#include "base/uuid.h"
#include "sql/jobs.h"
#include "sql/outbox.h"

enum { FAILED_SHOWN = 20 };

static bool ask(struct lane *lane, struct query query, struct result *out)
{
	if (db_run(lane->db, lane->arena, NULL, &query, 1, out) == OK)
		return true;
	fprintf(stderr, "daybook-jobs: the database does not answer: %s\n",
		db_fault(lane->db)->message);
	return false;
}

static const char *or_never(const char *text)
{
	return text ? text : "never";
}

static void print_jobs(const struct result *rows)
{
	printf("%-12s %-22s %-22s %8s  %s\n", "JOB", "LAST SUCCESS", "DUE", "FAILURES",
	       "LAST ERROR");
	for (int i = 0; i < rows->row_count; i++)
		printf("%-12s %-22s %-22s %8" PRId64 "  %s\n", result_text(rows, i, "_name"),
		       or_never(result_text(rows, i, "_last_ok_at")),
		       or_never(result_text(rows, i, "_due_at")),
		       result_integer(rows, i, "_failures").value,
		       result_text(rows, i, "_last_error") ? result_text(rows, i, "_last_error")
							   : "");
}

static void print_mails(const struct result *states, const struct result *failed)
{
	printf("\n%-12s %8s  %s\n", "MAILS", "COUNT", "OLDEST");
	for (int i = 0; i < states->row_count; i++)
		printf("%-12s %8" PRId64 "  %s\n", result_text(states, i, "_state"),
		       result_integer(states, i, "_count").value,
		       result_text(states, i, "_oldest"));
	if (failed->row_count > 0)
		printf("\nThe last mails that failed (daybook-jobs --retry ID tries again):\n");
	for (int i = 0; i < failed->row_count; i++) {
		char id[UUID_TEXT_BYTES];
		struct uuid uuid = result_uuid(failed, i, "_id");
		uuid_format(id, uuid.bytes);
		printf("%s  %s  %s to %s: %s\n", id, result_text(failed, i, "_created_at"),
		       result_text(failed, i, "_kind"), result_text(failed, i, "_recipient"),
		       result_text(failed, i, "_error"));
	}
}

bool report_status(struct lane *lane)
{
	struct result jobs, states, failed;

	if (!ask(lane, sql_job_list(), &jobs) || !ask(lane, sql_outbox_states(), &states) ||
	    !ask(lane, sql_outbox_failed((struct integer){ FAILED_SHOWN, true }), &failed))
		return false;
	print_jobs(&jobs);
	print_mails(&states, &failed);
	return true;
}

bool report_retry(struct lane *lane, const char *which)
{
	struct uuid id = { 0 };
	struct result rows;

	if (strcmp(which, "all") != 0 && !uuid_parse(which, strlen(which), &id)) {
		fprintf(stderr, "daybook-jobs: --retry takes the id of a mail, or all\n");
		return false;
	}
	if (!ask(lane, sql_outbox_retry(id), &rows))
		return false;
	printf("%d mails are queued again\n", rows.row_count);
	return rows.row_count > 0 || !id.set;
}

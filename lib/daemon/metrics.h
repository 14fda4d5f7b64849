/* metrics.h -- what all workers have counted, for Prometheus.
 *
 * Workers are started apart from each other, so they count in a file that each maps: any of them
 * answers for all, and the counts outlive restarts. Counters only grow, by relaxed atomic adds;
 * a worker that is killed leaves nothing half done. Before metrics_open(), and without a file, the
 * counters are the process's own. */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* name here, name there, label, help; rows of one name stand together */
#define METRIC_TABLE(ROW)                                                                          \
	ROW(METRIC_WORKER_STARTS, "daybook_worker_starts_total", "", "Starts of workers.")         \
	ROW(METRIC_DB_CONNECTS, "daybook_db_connects_total", "",                                   \
	    "Attempts to connect to PostgreSQL.")                                                  \
	ROW(METRIC_DB_ROUND_TRIPS, "daybook_db_round_trips_total", "",                             \
	    "Round trips to PostgreSQL.")                                                          \
	ROW(METRIC_DB_ERRORS, "daybook_db_errors_total", "",                                       \
	    "Calls that failed because of PostgreSQL.")                                            \
	ROW(METRIC_LOGIN_OK, "daybook_login_attempts_total", "{result=\"ok\"}",                    \
	    "Login attempts by their result.")                                                     \
	ROW(METRIC_LOGIN_FAILED, "daybook_login_attempts_total", "{result=\"failed\"}",            \
	    "Login attempts by their result.")                                                     \
	ROW(METRIC_LOGIN_LIMITED, "daybook_login_attempts_total", "{result=\"limited\"}",          \
	    "Login attempts by their result.")                                                     \
	ROW(METRIC_DEADLINES_DONE, "daybook_job_runs_total",                                       \
	    "{job=\"deadlines\",result=\"done\"}", "Runs of jobs that had something to do.")       \
	ROW(METRIC_DEADLINES_FAILED, "daybook_job_runs_total",                                     \
	    "{job=\"deadlines\",result=\"failed\"}", "Runs of jobs that had something to do.")     \
	ROW(METRIC_REMINDERS_DONE, "daybook_job_runs_total",                                       \
	    "{job=\"reminders\",result=\"done\"}", "Runs of jobs that had something to do.")       \
	ROW(METRIC_REMINDERS_FAILED, "daybook_job_runs_total",                                     \
	    "{job=\"reminders\",result=\"failed\"}", "Runs of jobs that had something to do.")     \
	ROW(METRIC_TIDY_DONE, "daybook_job_runs_total", "{job=\"tidy\",result=\"done\"}",          \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_TIDY_FAILED, "daybook_job_runs_total", "{job=\"tidy\",result=\"failed\"}",      \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_RESETS_DONE, "daybook_job_runs_total", "{job=\"resets\",result=\"done\"}",      \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_RESETS_FAILED, "daybook_job_runs_total", "{job=\"resets\",result=\"failed\"}",  \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_MAIL_DONE, "daybook_job_runs_total", "{job=\"mail\",result=\"done\"}",          \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_MAIL_FAILED, "daybook_job_runs_total", "{job=\"mail\",result=\"failed\"}",      \
	    "Runs of jobs that had something to do.")                                              \
	ROW(METRIC_MAILS_SENT, "daybook_mails_total", "{result=\"sent\"}",                         \
	    "Mails by what became of an attempt.")                                                 \
	ROW(METRIC_MAILS_PUT_OFF, "daybook_mails_total", "{result=\"put_off\"}",                   \
	    "Mails by what became of an attempt.")                                                 \
	ROW(METRIC_MAILS_FAILED, "daybook_mails_total", "{result=\"failed\"}",                     \
	    "Mails by what became of an attempt.")                                                 \
	ROW(METRIC_MAILS_DROPPED, "daybook_mails_total", "{result=\"dropped\"}",                   \
	    "Mails by what became of an attempt.")                                                 \
	ROW(METRIC_MAIL_SERVER_AWAY, "daybook_mails_total", "{result=\"server_away\"}",            \
	    "Mails by what became of an attempt.")                                                 \
	ROW(METRIC_LOG_LINES_DROPPED, "daybook_log_lines_dropped_total", "",                       \
	    "Log lines that could not be written at once.")

enum metric {
#define ROW(name, there, label, help) name,
	METRIC_TABLE(ROW)
#undef ROW
		METRIC_COUNT
};

/* Counts from now on in the file at `path`; "" keeps the counters private. A file that is missing
 * or empty is made (mode 0660), one of another version's layout replaced. On failure (another kind
 * of file, too) they stay private and `fault` is one sentence. The file must not be truncated while
 * workers run. */
bool metrics_open(const char *path, char *fault, size_t fault_bytes)
	__attribute__((warn_unused_result));

void metrics_add(enum metric metric, uint64_t count);

/* Counts one request. Methods and statuses that are in no table count as "other". */
void metrics_request(const char *method, int status, int64_t duration_us);

/* Appends everything in Prometheus' text format, version 0.0.4. */
void metrics_write(struct buf *out);

#endif

#include "jobs/lane.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/log.h"
#include "daemon/signals.h"
#include "sql/jobs.h"

enum {
	POLL_US = 1000000,
	BUDGET_US = 5000000, /* then the other jobs have their turn */
	ALIVE_US = 60000000, /* how often a queue's row is told that somebody looks after it */
	ALIVE_S = ALIVE_US / 1000000,
	MAX_PAUSE_S = 300,
	AGAIN_MS = 200, /* after what another transaction has caused */
	JOBS_MAX = 8,
};

/* What a process remembers of a job. */
struct state {
	const struct job *job;
	int64_t next_us, alive_us;
	unsigned failures; /* in a row */
};

static struct boolean yes(bool value)
{
	return (struct boolean){ value, true };
}

static enum err ask(struct lane *lane, struct query query, struct result *out)
{
	return db_run(lane->db, lane->arena, NULL, &query, 1, out);
}

/* Whether a failure says nothing of the job: another transaction was in the way (class 40), or has
 * deleted a row that this one refers to (23503). */
static bool is_passing(const struct lane *lane)
{
	const char *sqlstate = db_fault(lane->db)->sqlstate;

	return strncmp(sqlstate, "40", 2) == 0 || strcmp(sqlstate, "23503") == 0;
}

/* Without a database nothing can be noted; db.h has logged that. */
static void note_failure(struct lane *lane, const struct job *job, enum err err)
{
	const struct db_fault *fault = db_fault(lane->db);
	const char *reason = *fault->message ? fault->message : err_info(err)->sentence;
	struct log_line line;
	struct result none;

	metrics_add(job->failed, 1);
	if (err == ERR_UNAVAILABLE)
		return;
	log_begin(&line, LEVEL_ERROR, "job_failed");
	log_text(&line, "job", job->name);
	log_text(&line, "sqlstate", fault->sqlstate);
	log_text(&line, "reason", reason);
	log_end(&line);
	(void)ask(lane, sql_job_failed(job->name, reason), &none);
}

static void note_success(const struct job *job, const struct work *work)
{
	struct log_line line;

	metrics_add(job->done, 1);
	log_begin(&line, LEVEL_DEBUG, "job_done");
	log_text(&line, "job", job->name);
	log_text(&line, "made", work->made);
	log_end(&line);
}

/* What is left is done in another transaction, before the job is due again. */
static enum err end_clock(struct lane *lane, const struct job *job, const struct work *work)
{
	struct query done = sql_job_done(job->name, (struct integer){ job->at_s, true });

	return db_commit(lane->db, lane->arena, false, work->more ? NULL : &done);
}

static enum err run_clock(struct lane *lane, const struct job *job, bool now, struct work *work)
{
	struct query claim = sql_job_claim(job->name, yes(now));
	struct result row;

	TRY(db_begin(lane->db, lane->arena, DB_LATEST, NULL, &claim, &row));
	if (row.row_count == 0) {
		db_rollback(lane->db, lane->arena);
		return OK;
	}
	work->made = "nothing";
	enum err err = job->run(lane, work);
	if (err == OK)
		err = end_clock(lane, job, work);
	else
		db_rollback(lane->db, lane->arena);
	return err;
}

static enum err run(struct lane *lane, const struct job *job, bool now, struct work *work)
{
	enum err err = job->period_s > 0 ? run_clock(lane, job, now, work) : job->run(lane, work);

	if (err == ERR_INTERNAL && is_passing(lane)) {
		*work = (struct work){ .more = true, .wait_ms = AGAIN_MS };
		return OK;
	}
	if (err != OK)
		note_failure(lane, job, err);
	else if (work->made)
		note_success(job, work);
	return err;
}

/* A queue's row only tells that somebody looks after it, so it is written now and then. */
static void note_alive(struct lane *lane, struct state *state)
{
	struct result none;

	if (state->job->period_s > 0 || clock_monotonic_us() < state->alive_us)
		return;
	if (ask(lane, sql_job_alive(state->job->name), &none) == OK)
		state->alive_us = clock_monotonic_us() + ALIVE_US;
}

static int64_t pause_us(const struct state *state)
{
	unsigned shift = state->failures < 9 ? state->failures : 9;
	int64_t pause_s = INT64_C(1) << shift;

	return (pause_s < MAX_PAUSE_S ? pause_s : MAX_PAUSE_S) * 1000000;
}

static bool is_told_to_end(int signal_fd)
{
	struct pollfd fd = { signal_fd, POLLIN, 0 };

	return poll(&fd, 1, 0) > 0;
}

/* One job's turn: as long as there is work, but not for ever. */
static void take_turn(struct lane *lane, struct state *state, int signal_fd)
{
	int64_t end_us = clock_monotonic_us() + BUDGET_US;
	struct work work;
	enum err err;

	do {
		work = (struct work){ 0 };
		err = run(lane, state->job, false, &work);
		if (err == OK)
			note_alive(lane, state);
		arena_reset(lane->arena);
	} while (err == OK && work.more && work.wait_ms == 0 && clock_monotonic_us() < end_us &&
		 !is_told_to_end(signal_fd));
	state->failures = err == OK ? 0 : state->failures + 1;
	state->next_us = clock_monotonic_us() + (err != OK	? pause_us(state)
						 : work.wait_ms ? INT64_C(1000) * work.wait_ms
						 : work.more	? 0
								: POLL_US);
}

/* Waits for the first job that is due, or for a signal. */
static void wait_for_work(const struct state *states, size_t count, int signal_fd)
{
	struct pollfd fd = { signal_fd, POLLIN, 0 };
	int64_t next_us = INT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (states[i].next_us < next_us)
			next_us = states[i].next_us;
	int64_t wait_us = next_us - clock_monotonic_us();
	poll(&fd, 1, wait_us > 0 ? (int)(wait_us / 1000 + 1) : 0);
}

/* Makes the rows of the jobs; the database may take its time. */
static enum err make_rows(struct lane *lane, const struct job *const *jobs, size_t count)
{
	struct result none;

	for (size_t i = 0; i < count; i++) {
		int period_s = jobs[i]->period_s > 0 ? jobs[i]->period_s : ALIVE_S;
		TRY(ask(lane, sql_job_make(jobs[i]->name, (struct integer){ period_s, true }),
			&none));
	}
	return OK;
}

int lane_serve(struct lane *lane, const struct job *const *jobs, size_t count)
{
	struct state states[JOBS_MAX] = { 0 };
	int signal_fd = signals_open();
	bool made = false;

	if (signal_fd < 0) {
		log_event(LEVEL_ERROR, "start_failed", "%s", strerror(errno));
		return 1;
	}
	for (size_t i = 0; i < count && i < JOBS_MAX; i++)
		states[i].job = jobs[i];
	while (!signals_end(signal_fd)) {
		if (!made)
			made = make_rows(lane, jobs, count) == OK;
		for (size_t i = 0; i < count; i++)
			if (!made)
				states[i].next_us = clock_monotonic_us() + POLL_US;
			else if (clock_monotonic_us() >= states[i].next_us &&
				 !is_told_to_end(signal_fd))
				take_turn(lane, &states[i], signal_fd);
		wait_for_work(states, count, signal_fd);
	}
	return 0;
}

bool lane_run_once(struct lane *lane, const struct job *job)
{
	struct work work;

	do {
		work = (struct work){ 0 };
		if (make_rows(lane, &job, 1) != OK || run(lane, job, true, &work) != OK)
			return false;
		printf("%s: %s\n", job->name, work.made ? work.made : "nothing");
		arena_reset(lane->arena);
		if (work.more)
			poll(NULL, 0, work.wait_ms);
	} while (work.more);
	return true;
}

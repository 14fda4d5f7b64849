/* tasks.h -- what the board (board.c) shares with the tasks (tasks.c). */
#ifndef TASKS_H
#define TASKS_H

#include "field/field.h"

extern const struct words task_statuses, task_priorities, recurrence_starts;

struct task {
	struct uuid id;
	const char *title, *description, *status, *priority;
	struct boolean completed;
	struct moment due_date;
	struct instant remind_at;
	const char *recurrence, *recurrence_from;
	struct uuid recurrence_of, next_task_id;
	struct uuid project_id, category_id;
	struct integer version;
	const char *position;
	struct instant completed_at, created_at, updated_at;
};

/* `completed` and `status` are one fact; a body in which they disagree is wrong. */
void task_check(const void *in, const struct strings *sent, struct faults *faults);

/* Whether these members make a task done. */
bool task_is_done(const struct task *task);

#endif

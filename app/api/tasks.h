/* tasks.h -- what the board (board.c) shares with the tasks (tasks.c). */
#ifndef TASKS_H
#define TASKS_H

#include "app.h"

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

/* The fields of a task in a struct of `type`, in which `in` leads to it: one by itself, or an
 * element of a bulk change. What TASK() and ELEMENT() hold is only said of the one or the other. */
#define TASK_FIELDS(type, in, TASK, ELEMENT)                                                       \
	FIELD_AS("id", type, in id,                                                                \
		 ELEMENT(.required = true) TASK(.access = ACCESS_ON_CREATE,                        \
						.doc = "Made by the server if absent.")),          \
		FIELD_AS("title", type, in title, .min = 1, .max = 200,                            \
			 .example = "Water the plants", TASK(.required = true)),                   \
		FIELD_AS("description", type, in description, .nullable = true, .max = 2000),      \
		FIELD_AS("status", type, in status, .words = &task_statuses,                       \
			 TASK(.preset = "TODO")),                                                  \
		FIELD_AS("priority", type, in priority, .words = &task_priorities,                 \
			 .example = "HIGH", TASK(.preset = "MEDIUM")),                             \
		FIELD_AS("completed", type, in completed,                                          \
			 .doc = "The same fact as the status DONE."),                              \
		FIELD_AS("completed_at", type, in completed_at, .access = ACCESS_KEPT,             \
			 .nullable = true),                                                        \
		FIELD_AS("due_date", type, in due_date, .nullable = true,                          \
			 .example = "2027-04-01T16:00:00.000000Z",                                 \
			 .doc = "A time, or a date: then the task is due until that day ends "     \
				"where the "                                                       \
				"user is. It reads back as it was written."),                      \
		FIELD_AS("remind_at", type, in remind_at, .nullable = true),                       \
		FIELD_AS(                                                                          \
			"recurrence", type, in recurrence, .nullable = true, .min = 1, .max = 200, \
			.doc = "A rule by which the task repeats, such as "                        \
			       "`FREQ=WEEKLY;BYDAY=MO,TH` "                                        \
			       "(RFC 5545 section 3.3.10): FREQ, INTERVAL, BYDAY, BYMONTHDAY, "    \
			       "BYMONTH, BYSETPOS, WKST, and COUNT or UNTIL. It needs a due "      \
			       "date. "                                                            \
			       "When the task is done, the next one is made and takes the rule."), \
		FIELD_AS("recurrence_from", type, in recurrence_from, .words = &recurrence_starts, \
			 .doc = "What the next due date is counted from.", TASK(.preset = "DUE")), \
		FIELD_AS("recurrence_of", type, in recurrence_of, .access = ACCESS_KEPT,           \
			 .nullable = true,                                                         \
			 .doc = "The first task of the series, if this is a later one."),          \
		FIELD_AS("next_task_id", type, in next_task_id, .access = ACCESS_KEPT,             \
			 .nullable = true,                                                         \
			 .doc = "The task that was made when this one was done."),                 \
		FIELD_AS("project_id", type, in project_id, .nullable = true,                      \
			 .doc = "One of my projects."),                                            \
		FIELD_AS("category_id", type, in category_id, .nullable = true,                    \
			 .doc = "One of my categories."),                                          \
		FIELD_AS("position", type, in position, .access = ACCESS_KEPT, .min = 1,           \
			 .max = 200, .format = &format_position, .example = "V00001kZ3q8aQm",      \
			 .doc = "Orders the tasks of a status, over all projects: compare it "     \
				"code unit "                                                       \
				"by code unit. Only a move, or a change of status or project, "    \
				"changes "                                                         \
				"it."),                                                            \
		FIELD_AS("version", type, in version, .min = 1, .max = INT64_MAX,                  \
			 TASK(.access = ACCESS_LOCK)),                                             \
		FIELD_AS("created_at", type, in created_at, .access = ACCESS_KEPT),                \
		FIELD_AS("updated_at", type, in updated_at, .access = ACCESS_KEPT)

/* `completed` and `status` are one fact; a body in which they disagree is wrong. */
void task_check(const void *in, const struct strings *sent, struct faults *faults);

/* Whether these members make a task done. */
bool task_is_done(const struct task *task);

#endif

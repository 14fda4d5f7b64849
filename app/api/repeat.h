/* repeat.h -- tasks that repeat: a rule, and the next task of a series.
 *
 * Whoever completes a task may complete one that repeats. Then its next one is made first, in the
 * same transaction, and the rule goes over to it. */
#ifndef REPEAT_H
#define REPEAT_H

#include "api/tasks.h"
#include "web/request.h"

/* Notes what is wrong with the rule of a task that came in. */
void repeat_check(const struct task *task, struct faults *faults);

/* An id as repeat_around() takes it, and the one of the path as a list. */
const char *repeat_id(struct request *req, const struct uuid *id);
struct strings repeat_ids(struct request *req);

/* Runs `change`, which may complete these tasks. When some of them repeat it runs inside of the
 * transaction that makes the next ones, and its refusal takes them back. Whether they repeat costs
 * one question. */
enum err repeat_around(struct request *req, struct strings ids,
		       enum err (*change)(struct request *req, const void *in), const void *in);

#endif

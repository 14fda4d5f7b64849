/* board.c -- /tasks/{id}/move and /tasks/bulk: places on the board, and many tasks at once. */
#include <string.h>

#include "api/repeat.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"
#include "sql/board.h"
#include "sql/tasks.h"

enum { MAX_BULK = 200 };

struct move {
	const char *status;
	struct uuid project_id, after, before;
	struct integer version;
};

static const struct field move_fields[] = {
	FIELD(struct move, status, .words = &task_statuses, .example = "IN_PROGRESS",
	      .doc = "The column; as it is if absent."),
	FIELD(struct move, project_id, .nullable = true, .doc = "null: out of its project."),
	FIELD(struct move, after, .nullable = true,
	      .doc = "The task it comes after; null: the first place."),
	FIELD(struct move, before, .nullable = true,
	      .doc = "The task it comes before; null or neither: the last place."),
	FIELD(struct move, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
};

static void move_check(const void *in, const struct strings *sent, struct faults *faults)
{
	(void)in;
	if (strings_have(sent, "after") && strings_have(sent, "before"))
		fault_add(faults, "before",
			  (struct fault){ FAULT_CONFLICT, "cannot be combined with after",
					  .with = "after" });
}

static const struct shape move_shape = SHAPE(struct move, "Move", move_fields, .check = move_check);

struct bulk_update {
	struct task task;
	struct uuid after, before;
};

#define TASK(...)
#define ELEMENT(...) __VA_ARGS__
static const struct field bulk_update_fields[] = {
	TASK_FIELDS(struct bulk_update, task., TASK, ELEMENT),
	FIELD(struct bulk_update, after, .nullable = true),
	FIELD(struct bulk_update, before, .nullable = true),
};

static void bulk_update_check(const void *in, const struct strings *sent, struct faults *faults)
{
	const struct bulk_update *update = in;

	task_check(&update->task, sent, faults);
	move_check(in, sent, faults);
}

static const struct shape bulk_update_shape =
	SHAPE(struct bulk_update, "BulkUpdate", bulk_update_fields, .check = bulk_update_check);

struct bulk {
	struct objects updates;
};

static const struct field bulk_fields[] = {
	FIELD(struct bulk, updates, .required = true, .min_items = 1, .max_items = MAX_BULK,
	      .shape = &bulk_update_shape,
	      .example = "[{\"id\":\"01a1fb8d-2361-7873-aba7-17f573155365\",\"status\":\"DONE\"}]",
	      .doc = "Applied in this order, all or none."),
};

static const struct shape bulk_shape = SHAPE(struct bulk, "Bulk", bulk_fields);

struct bulk_delete {
	struct strings ids;
};

static const struct field bulk_delete_fields[] = {
	FIELD(struct bulk_delete, ids, .required = true, .min_items = 1, .max_items = MAX_BULK,
	      .distinct = true, .format = &format_uuid,
	      .example = "[\"01a1fb8d-2361-7873-aba7-17f573155365\"]",
	      .doc = "Deleted all or none."),
};

static const struct shape bulk_delete_shape =
	SHAPE(struct bulk_delete, "BulkDelete", bulk_delete_fields);

static enum err write_move(struct request *req, const void *members)
{
	const struct move *in = members;
	struct result results[2];
	struct query queries[] = {
		sql_board_move(req->id, req->body.sent, in->status, in->project_id, in->after,
			       in->before, &req->when),
		sql_task_get(req->id),
	};

	TRY(ask_all(req, queries, 2, results));
	if (results[0].row_count == 0)
		return reply_unchanged(req, sql_task_get(req->id));
	const char *faults = result_text(&results[0], 0, "_faults");
	return faults ? ask_rejected(req, faults) : reply_with_row(req, 200, &results[1]);
}

static enum err move_task(struct request *req)
{
	struct move in = { 0 };

	TRY(body_read(req, &in));
	if (!in.status || strcmp(in.status, "DONE") != 0)
		return write_move(req, &in);
	return repeat_around(req, repeat_ids(req), write_move, &in);
}

/* Refuses each update of a task that an earlier one changes. */
static enum err check_updates(struct request *req, const struct objects *updates)
{
	for (size_t i = 0; i < updates->count; i++) {
		const struct bulk_update *update = updates->items[i];
		for (size_t j = 0; j < i; j++) {
			const struct bulk_update *earlier = updates->items[j];
			if (!uuid_equal(&update->task.id, &earlier->task.id))
				continue;
			fault_add(&req->faults, arena_printf(req->arena, "updates[%zu].id", i),
				  (struct fault){ FAULT_REPEATED,
						  arena_printf(req->arena,
							       "is the same as that of element %zu",
							       j) });
			break;
		}
	}
	return refuse_faults(req);
}

static enum err write_updates(struct request *req, const void *members)
{
	const struct bulk *in = members;
	struct result results[2];
	struct query queries[] = { sql_board_update(in->updates.json),
				   sql_board_updated(in->updates.json) };

	TRY(ask_all(req, queries, 2, results));
	return reply_rows(req, &results[1]);
}

/* The ids of the tasks that the updates make done. */
static struct strings completed_ids(struct request *req, const struct objects *updates)
{
	const char **ids = arena_alloc(req->arena, updates->count * sizeof *ids);
	size_t count = 0;

	for (size_t i = 0; i < updates->count; i++) {
		const struct bulk_update *update = updates->items[i];
		if (task_is_done(&update->task))
			ids[count++] = repeat_id(req, &update->task.id);
	}
	return (struct strings){ ids, count, true };
}

static enum err update_tasks(struct request *req)
{
	struct bulk in = { 0 };

	TRY(body_read(req, &in));
	TRY(check_updates(req, &in.updates));
	struct strings done = completed_ids(req, &in.updates);
	return done.count > 0 ? repeat_around(req, done, write_updates, &in)
			      : write_updates(req, &in);
}

static enum err delete_tasks(struct request *req)
{
	struct bulk_delete in = { 0 };
	struct result rows;

	TRY(body_read(req, &in));
	TRY(ask(req, sql_board_delete(in.ids), &rows));
	return answer_empty(req, 204);
}

static const struct route board_routes[] = {
	{ POST, "/tasks/{id}/move", USER, HANDLER(move_task), .stores = true, .body = &move_shape,
	  .answer = &task_shape, .merge = true, .idempotent = true, .user_scoped = true,
	  .doc = "Move a task to a place on the board",
	  .about = "It goes below `after` or above `before`; `after` null is the first place of "
		   "its column, and neither is the last one." },
	{ PATCH, "/tasks/bulk", USER, HANDLER(update_tasks), .stores = true, .body = &bulk_shape,
	  .answer = &task_shape, .list = "tasks", .unpaged = true, .slow = true, .idempotent = true,
	  .user_scoped = true, .refusals = { ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_VERSION_CONFLICT },
	  .doc = "Change up to 200 tasks, all or none",
	  .about = "They are changed in the given order. If one cannot be, none is, and `details` "
		   "has each reason, such as that of `updates[3].title`." },
	{ DELETE, "/tasks/bulk", USER, HANDLER(delete_tasks), .stores = true,
	  .body = &bulk_delete_shape, .status = 204, .slow = true, .idempotent = true,
	  .user_scoped = true, .refusals = { ERR_FORBIDDEN, ERR_NOT_FOUND },
	  .doc = "Delete up to 200 tasks, all or none",
	  .about = "If one cannot be deleted, none is, and `details` has each reason, such as that "
		   "of `ids[3]`." },
};

const struct resource board_resource = { .name = "tasks", ROUTES(board_routes) };

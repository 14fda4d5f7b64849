#include "api/repeat.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/recur.h"
#include "base/uuid.h"
#include "shapes.h"
#include "sql/repeat.h"
#include "sql/tasks.h"

/* A rule without an occurrence fails on every day; any day does to find that out. */
enum { ANY_DAY = 0 };

/* Whether there is an occurrence behind this day, however often and however long. */
static bool occurs_after(struct recurrence rule, int32_t day)
{
	struct date start = { day, true }, next;
	int passed;

	rule.count = 0;
	rule.until = (struct date){ 0 };
	return recur_next(&rule, start, start, &next, &passed);
}

/* Whether the rule leads anywhere from the due date, as far as that is known. In the user's zone a
 * moment may be on the day before or after that of UTC. */
static bool leads_somewhere(const struct recurrence *rule, const struct moment *due)
{
	struct recurrence often = *rule;

	if (due->date.set)
		return occurs_after(*rule, due->date.days);
	if (due->instant.set) {
		int32_t day = (int32_t)(due->instant.us / INT64_C(86400000000));
		return occurs_after(*rule, day - 1) || occurs_after(*rule, day) ||
		       occurs_after(*rule, day + 1);
	}
	often.interval = 1;
	return occurs_after(often, ANY_DAY);
}

void repeat_check(const struct task *task, struct faults *faults)
{
	struct recurrence rule;

	if (!task->recurrence)
		return;
	const char *wrong = recur_parse(task->recurrence, &rule);
	if (!wrong && !leads_somewhere(&rule, &task->due_date))
		wrong = "never occurs";
	if (wrong)
		fault_add(faults, "recurrence",
			  (struct fault){ FAULT_FORMAT, wrong, .format = "rrule" });
}

/* The next occurrence of a task: its day, if there is one, and the rule from then on. */
struct next {
	struct date day;
	const char *recurrence;
};

static struct date later(struct date a, struct date b)
{
	return a.days > b.days ? a : b;
}

/* The rule with fewer repetitions left. */
static const char *put_count(struct arena *arena, const char *text, int count)
{
	size_t len;
	const char *value = recur_value(text, "COUNT", &len);

	return arena_printf(arena, "%.*s%d%s", (int)(value - text), text, count, value + len);
}

/* From its due date a task goes on behind all that has passed; from its completion, today. One that
 * is skipped also leaves its due date behind. */
static void find_day(const struct result *rows, int row, bool skipped,
		     const struct recurrence *rule, struct date *day, int *passed)
{
	struct date due = result_date(rows, row, "due"), today = result_date(rows, row, "today");
	struct date start = due, after = later(due, result_date(rows, row, "past"));

	if (strcmp(result_text(rows, row, "recurrence_from"), "COMPLETION") == 0)
		start = after = skipped ? later(due, today) : today;
	if (!recur_next(rule, start, after, day, passed))
		*day = (struct date){ 0 };
}

static enum err find_next(struct request *req, const struct result *rows, int row, bool skipped,
			  struct next *out)
{
	const char *text = result_text(rows, row, "recurrence");
	struct recurrence rule;
	struct result over;
	int passed;

	*out = (struct next){ .recurrence = text };
	if (recur_parse(text, &rule))
		return OK; /* it was checked when it came in */
	find_day(rows, row, skipped, &rule, &out->day, &passed);
	if (!out->day.set)
		return OK;
	if (rule.count > 0)
		out->recurrence = put_count(req->arena, text, rule.count - passed);
	if (!rule.until_instant.set)
		return OK;
	TRY(ask(req, sql_repeat_is_over(result_uuid(rows, row, "id"), out->day, rule.until_instant),
		&over));
	out->day.set = !result_bool(&over, 0, "_over");
	return OK;
}

static enum err make_next(struct request *req, const struct result *rows)
{
	struct result done;
	struct next next;

	for (int row = 0; row < rows->row_count; row++) {
		TRY(find_next(req, rows, row, false, &next));
		TRY(ask(req,
			sql_repeat_make(result_uuid(rows, row, "id"), uuid_v7(), next.day,
					next.recurrence),
			&done));
	}
	return OK;
}

/* Begins a transaction with a query, unless there is one already, and runs the query in it. */
static enum err begin(struct request *req, bool inside, struct query query, struct result *rows)
{
	if (inside)
		return ask(req, query, rows);
	enum err err = db_begin(req->db, req->arena, DB_LATEST, &req->scope, &query, rows);
	return err == OK ? OK : ask_failed(req, err);
}

/* Ends what begin() began: a refusal takes everything back. */
static enum err end(struct request *req, bool inside, size_t head_len, enum err err)
{
	if (inside)
		return err;
	if (err != OK) {
		db_rollback(req->db, req->arena);
		return err;
	}
	enum err done = db_commit(req->db, req->arena, false, NULL);
	if (done == OK)
		return OK;
	answer_reset(req, head_len);
	return ask_failed(req, done);
}

const char *repeat_id(struct request *req, const struct uuid *id)
{
	char *text = arena_alloc(req->arena, UUID_TEXT_BYTES);

	uuid_format(text, id->bytes);
	return text;
}

struct strings repeat_ids(struct request *req)
{
	const char **ids = arena_alloc(req->arena, sizeof *ids);

	ids[0] = repeat_id(req, &req->id);
	return (struct strings){ ids, 1, true };
}

enum err repeat_around(struct request *req, struct strings ids,
		       enum err (*change)(struct request *req, const void *in), const void *in)
{
	bool inside = db_in_transaction(req->db);
	size_t head_len = req->answer.head->len;
	struct result rows;

	TRY(ask(req, sql_repeat_find(ids), &rows));
	if (rows.row_count == 0)
		return change(req, in);
	TRY(begin(req, inside, sql_repeat_lock(ids), &rows));
	enum err err = make_next(req, &rows);
	return end(req, inside, head_len, err == OK ? change(req, in) : err);
}

struct skip {
	struct integer version;
};

static const struct field skip_fields[] = {
	FIELD(struct skip, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
};

static const struct shape skip_shape = SHAPE(struct skip, "Skip", skip_fields);

static enum err refuse_rule(struct request *req, const char *message)
{
	return refuse_field(req, ERR_VALIDATION, "recurrence",
			    (struct fault){ FAULT_CONFLICT, message });
}

static enum err skip_to_next(struct request *req, const struct result *rows)
{
	struct next next;

	if (rows->row_count == 0) {
		TRY(ask_row(req, sql_task_get(req->id)));
		return refuse_rule(req,
				   "must be there for a task to be skipped, and the task open");
	}
	TRY(find_next(req, rows, 0, true, &next));
	if (!next.day.set)
		return refuse_rule(req, "has no next occurrence");
	return reply_changed(req, sql_repeat_skip(req->id, next.day, next.recurrence, &req->when),
			     sql_task_get(req->id));
}

static enum err skip_task(struct request *req)
{
	bool inside = db_in_transaction(req->db);
	size_t head_len = req->answer.head->len;
	struct skip in = { 0 };
	struct result rows;

	TRY(body_read(req, &in));
	TRY(begin(req, inside, sql_repeat_lock(repeat_ids(req)), &rows));
	return end(req, inside, head_len, skip_to_next(req, &rows));
}

static const struct route repeat_routes[] = {
	{ POST, "/tasks/{id}/skip", USER, HANDLER(skip_task), .stores = true, .body = &skip_shape,
	  .optional_body = true, .answer = &task_shape, .idempotent = true, .user_scoped = true,
	  .doc = "Move a repeating task to its next occurrence",
	  .about = "Its due date and its reminder move along; nothing is completed. A COUNT counts "
		   "the occurrences that are passed over." },
};

const struct resource repeat_resource = { .name = "tasks", ROUTES(repeat_routes) };

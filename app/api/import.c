/* import.c -- /users/me/import: an export taken into an account, all of it or nothing. It is read
 * in portions within one transaction, so memory stays flat however large it is. */
#include "sql/import.h"

#include <string.h>

#include "app.h"
#include "base/json.h"
#include "base/uuid.h"
#include "shapes.h"
#include "web/intake.h"

enum {
	FORMAT = 1,
	MAX_BYTES = 64 << 20,
	PATIENCE_MS = 20000, /* of one that waits for another import of the user */
	ARENA_BYTES = 65536,
	MAX_CONFLICTS = 1000, /* that are told one by one */
};

struct import {
	struct integer format;
	struct objects projects, categories, tasks, moods, journals, notifications;
};

#define TASK_EXAMPLE                                                                               \
	"[{\"id\":\"01a1fb8d-2361-7873-aba7-17f573155365\",\"title\":\"Water the plants\","        \
	"\"status\":\"DONE\",\"completed_at\":\"2026-11-20T09:30:00.000000Z\"}]"

static const struct field import_fields[] = {
	FIELD(struct import, format, .required = true, .min = FORMAT, .max = FORMAT, .example = "1",
	      .doc = "1, as the export says."),
	ANSWER("exported_at", KIND_INSTANT),
	ANSWER("user", KIND_OBJECT, .shape = &user_shape),
	ANSWER("preferences", KIND_OBJECT, .shape = &preferences_shape),
	ANSWER("sessions", KIND_OBJECTS),
	FIELD(struct import, projects, .shape = &project_shape),
	FIELD(struct import, categories, .shape = &category_shape),
	FIELD(struct import, tasks, .shape = &task_shape, .example = TASK_EXAMPLE),
	FIELD(struct import, moods, .shape = &mood_shape),
	FIELD(struct import, journals, .shape = &journal_shape),
	FIELD(struct import, notifications, .shape = &notification_shape),
};

static const struct shape import_shape = SHAPE(struct import, "Account", import_fields);

struct import_choice {
	struct boolean dry_run;
	const char *on_conflict;
};

static const struct words conflict_words = WORDS("OnConflict", "keep", "replace");

static const struct field choice_fields[] = {
	FIELD(struct import_choice, dry_run, .preset = "false",
	      .doc = "Only tell what would happen."),
	FIELD(struct import_choice, on_conflict, .words = &conflict_words, .preset = "keep",
	      .doc = "What becomes of a resource that is there with other content: it stays as it "
		     "is, or the one of the body replaces it."),
};

static const struct shape choice_shape = SHAPE(struct import_choice, NULL, choice_fields);

/* The lists in the order in which they refer to each other: what is wrong with some rows beyond
 * themselves, and what takes them in. */
static const struct list {
	const char *name, *type;
	struct query (*faults)(const char *rows, struct boolean overwrite);
	struct query (*take)(const char *rows, struct boolean overwrite);
} lists[] = {
	{ "projects", "project", NULL, sql_import_project_take },
	{ "categories", "category", sql_import_category_faults, sql_import_category_take },
	{ "moods", "mood", NULL, sql_import_mood_take },
	{ "tasks", "task", sql_import_task_faults, sql_import_task_take },
	{ "journals", "journal", sql_import_journal_faults, sql_import_journal_take },
	{ "notifications", "notification", sql_import_notification_faults,
	  sql_import_notification_take },
};

enum { LISTS = sizeof lists / sizeof *lists };

/* What may become of a row. */
enum outcome { IMPORTED, SKIPPED, REPLACED, CONFLICT, MISPLACED, OUTCOMES };

static const char *const outcome_words[OUTCOMES] = { "imported", "skipped", "replaced", "conflict",
						     "misplaced" };

static const struct field count_fields[] = {
	ANSWER("projects", KIND_INTEGER), ANSWER("categories", KIND_INTEGER),
	ANSWER("moods", KIND_INTEGER),	  ANSWER("tasks", KIND_INTEGER),
	ANSWER("journals", KIND_INTEGER), ANSWER("notifications", KIND_INTEGER),
};

static const struct shape count_shape = ANSWER_SHAPE("ImportCounts", count_fields);

static const struct words type_words =
	WORDS("ImportedType", "project", "category", "mood", "task", "journal", "notification");

static const struct field conflict_fields[] = {
	ANSWER("type", KIND_TEXT, .words = &type_words, .example = "task"),
	ANSWER("id", KIND_UUID),
	ANSWER("message", KIND_TEXT, .example = "is there already with other content"),
};

static const struct shape conflict_shape = ANSWER_SHAPE("ImportConflict", conflict_fields);

static const struct field answer_fields[] = {
	ANSWER("imported", KIND_OBJECT, .shape = &count_shape),
	ANSWER("skipped", KIND_OBJECT, .shape = &count_shape,
	       .doc = "Those that are there already with this content."),
	ANSWER("replaced", KIND_OBJECT, .shape = &count_shape),
	ANSWER("conflict_count", KIND_INTEGER),
	ANSWER("conflicts", KIND_OBJECTS, .shape = &conflict_shape,
	       .doc = "Those that are there already with other content, and stay so; 1000 at "
		      "most."),
};

static const struct shape answer_shape = ANSWER_SHAPE("ImportOutcome", answer_fields);

/* An import under way. The arena of a portion ends with the portion. */
struct import_run {
	struct request *req;
	struct intake *intake;
	struct boolean overwrite;
	struct arena *portion;
	unsigned taken; /* so many of the faults are names that others have */
	int64_t counts[OUTCOMES][LISTS];
	struct json conflicts;
	int64_t conflict_count;
};

static enum err ask_portion(struct import_run *run, struct query query, struct result *out)
{
	return db_run(run->req->db, run->portion, NULL, &query, 1, out);
}

/* Notes what is wrong with rows beyond themselves. */
static void note_faults(struct import_run *run, const struct portion *portion,
			const struct result *rows)
{
	for (int i = 0; i < rows->row_count && run->req->faults.count < INTAKE_MAX_FAULTS; i++) {
		const char *message = result_text(rows, i, "_message");
		struct fault fault = { fault_find(result_text(rows, i, "_code")) };
		if (message)
			fault.message = arena_printf(run->req->arena, "%s", message);
		run->taken += fault.code == FAULT_TAKEN;
		intake_refuse(run->intake,
			      portion->first + (size_t)result_integer(rows, i, "_index").value,
			      result_text(rows, i, "_field"), fault);
	}
}

static void put_conflict(struct import_run *run, const struct list *list, const struct uuid *id)
{
	char text[UUID_TEXT_BYTES];

	if (run->conflict_count++ >= MAX_CONFLICTS)
		return;
	uuid_format(text, id->bytes);
	json_open(&run->conflicts, NULL, '{');
	json_text(&run->conflicts, "type", list->type);
	json_text(&run->conflicts, "id", text);
	json_text(&run->conflicts, "message", "is there already with other content");
	json_close(&run->conflicts, '}');
}

/* A task with the place of another one: nothing of its portion was taken then. */
static void note_misplaced(struct import_run *run, const struct portion *portion, int64_t index)
{
	intake_refuse(run->intake, portion->first + (size_t)index, "position",
		      (struct fault){ FAULT_CONFLICT, "is that of another task with this status" });
}

static void count_outcomes(struct import_run *run, const struct list *list,
			   const struct portion *portion, const struct result *rows)
{
	for (int i = 0; i < rows->row_count; i++) {
		const char *word = result_text(rows, i, "_outcome");
		enum outcome outcome = IMPORTED;
		while (strcmp(outcome_words[outcome], word) != 0)
			outcome++;
		run->counts[outcome][list - lists]++;
		if (outcome == CONFLICT) {
			struct uuid id = result_uuid(rows, i, "_id");
			put_conflict(run, list, &id);
		}
		if (outcome == MISPLACED)
			note_misplaced(run, portion, result_integer(rows, i, "_index").value);
	}
}

/* Once something is wrong, the rest is only checked. */
static enum err take_portion(struct import_run *run, const struct list *list,
			     const struct portion *portion)
{
	struct result rows = { 0 };

	if (run->req->faults.count > 0)
		return OK;
	if (list->faults)
		TRY(ask_portion(run, list->faults(portion->json, run->overwrite), &rows));
	note_faults(run, portion, &rows);
	if (rows.row_count > 0)
		return OK;
	TRY(ask_portion(run, list->take(portion->json, run->overwrite), &rows));
	count_outcomes(run, list, portion, &rows);
	return OK;
}

static enum err take_lists(struct import_run *run)
{
	struct portion portion;
	enum err err = OK;

	for (size_t i = 0; i < LISTS; i++) {
		intake_begin(run->intake, lists[i].name);
		while (err == OK && intake_next(run->intake, &portion)) {
			err = take_portion(run, &lists[i], &portion);
			arena_reset(run->portion);
		}
	}
	return err;
}

static void put_counts(struct json *json, const struct import_run *run, enum outcome outcome)
{
	json_open(json, outcome_words[outcome], '{');
	for (size_t i = 0; i < LISTS; i++)
		json_integer(json, lists[i].name, run->counts[outcome][i]);
	json_close(json, '}');
}

static enum err reply_outcome(struct import_run *run)
{
	struct json json = { run->req->answer.body };

	answer_start(run->req, 200);
	json_open(&json, NULL, '{');
	for (enum outcome outcome = IMPORTED; outcome < CONFLICT; outcome++)
		put_counts(&json, run, outcome);
	json_integer(&json, "conflict_count", run->conflict_count);
	json_raw(&json, "conflicts", run->conflicts.out->data, run->conflicts.out->len);
	json_close(&json, '}');
	return answer_json(run->req);
}

/* What is wrong with the body is known once all of it was read. */
static enum err end_import(struct import_run *run, bool dry_run)
{
	struct request *req = run->req;
	bool only_taken = run->taken == req->faults.count;

	if (req->faults.count > 0 || dry_run)
		db_rollback(req->db, req->arena);
	if (req->faults.count > 0)
		return refuse_noted(req, only_taken ? ERR_NAME_TAKEN : ERR_VALIDATION);
	enum err err = dry_run ? OK : db_commit(req->db, req->arena, false, NULL);
	return err == OK ? reply_outcome(run) : ask_failed(req, err);
}

static void release_arena(void *arena)
{
	arena_free(arena);
}

static void release_buf(void *buf)
{
	buf_free(buf);
}

static struct import_run *run_new(struct request *req, bool overwrite)
{
	struct import_run *run = arena_alloc(req->arena, sizeof *run);

	*run = (struct import_run){ .req = req, .overwrite = { overwrite, true } };
	run->portion = arena_new(ARENA_BYTES);
	run->conflicts.out = arena_alloc(req->arena, sizeof *run->conflicts.out);
	arena_defer(req->arena, release_arena, run->portion);
	arena_defer(req->arena, release_buf, run->conflicts.out);
	json_open(&run->conflicts, NULL, '[');
	return run;
}

static enum err import_account(struct request *req)
{
	struct import_choice choice = { 0 };
	struct import in = { 0 };
	struct query begin = sql_import_begin((struct integer){ PATIENCE_MS, true });
	struct result rows;

	TRY(filter_read(req, &choice));
	struct import_run *run = run_new(req, strcmp(choice.on_conflict, "replace") == 0);
	TRY(intake_open(req, &in, &run->intake));
	enum err err = db_begin(req->db, req->arena, DB_LATEST, &req->scope, &begin, &rows);
	if (err != OK)
		return ask_failed(req, err);
	err = take_lists(run);
	json_close(&run->conflicts, ']');
	if (err == OK)
		return end_import(run, choice.dry_run.value);
	db_rollback(req->db, req->arena);
	return ask_failed(req, err);
}

static const struct route import_routes[] = {
	{ POST, "/users/me/import", USER, HANDLER(import_account), .stores = true,
	  .body = &import_shape, .query = &choice_shape, .answer = &answer_shape, .slow = true,
	  .spooled = true, .imports = true, .max_body_bytes = MAX_BYTES,
	  .refusals = { ERR_NAME_TAKEN },
	  .doc = "Take an export into my account, all of it or nothing",
	  .about = "Ids, times, versions and the order of tasks are kept; profile, preferences "
		   "and sessions are not taken. What is there already with the same id and content "
		   "is skipped, and "
		   "other content is told under `conflicts`, or replaced. So the same document may "
		   "be sent again. References lead into the document or into the account. The body "
		   "has at most 64 MiB and 500000 resources, of 2 MiB each." },
};

const struct resource import_resource = { .name = "users", ROUTES(import_routes) };

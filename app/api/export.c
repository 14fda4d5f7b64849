/* export.c -- /users/me/export: everything of a user as one document. It is read page by page
 * within one snapshot, and spooled. So memory stays flat however much a person has written, and no
 * document that was broken off passes for a whole one. */
#include "sql/export.h"
#include "app.h"
#include "base/instant.h"
#include "base/json.h"
#include "shapes.h"
#include "sql/preferences.h"
#include "sql/users.h"
#include "web/spool.h"

enum { ARENA_BYTES = 65536, PART_BYTES = 65536 };

enum { FORMAT = 1 };

static const struct field session_fields[] = {
	ANSWER("id", KIND_UUID),
	ANSWER("user_agent", KIND_TEXT, .nullable = true),
	ANSWER("ip", KIND_TEXT, .nullable = true),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("last_used_at", KIND_INSTANT),
	ANSWER("expires_at", KIND_INSTANT),
	ANSWER("revoked_at", KIND_INSTANT, .nullable = true),
	ANSWER("revoked_reason", KIND_TEXT, .nullable = true),
};

static const struct shape session_shape = ANSWER_SHAPE("ExportedSession", session_fields);

static const struct field export_fields[] = {
	ANSWER("format", KIND_INTEGER, .doc = "What a reader must know to read this; 1."),
	ANSWER("exported_at", KIND_INSTANT),
	ANSWER("user", KIND_OBJECT, .shape = &user_shape),
	ANSWER("preferences", KIND_OBJECT, .shape = &preferences_shape),
	ANSWER("sessions", KIND_OBJECTS, .shape = &session_shape, .doc = "Ended ones, too."),
	ANSWER("projects", KIND_OBJECTS, .shape = &project_shape),
	ANSWER("categories", KIND_OBJECTS, .shape = &category_shape),
	ANSWER("tasks", KIND_OBJECTS, .shape = &task_shape),
	ANSWER("moods", KIND_OBJECTS, .shape = &mood_shape),
	ANSWER("journals", KIND_OBJECTS, .shape = &journal_shape),
	ANSWER("notifications", KIND_OBJECTS, .shape = &notification_shape),
};

static const struct shape export_shape = ANSWER_SHAPE("Export", export_fields);

/* A list of the document: the statement that reads its next rows, and how many of them at once. It
 * is those with the longest texts that must fit into memory. */
struct list {
	const char *name;
	struct query (*page)(struct uuid after, struct integer rows);
	int rows;
};

static const struct list lists[] = {
	{ "sessions", sql_export_sessions, 100 },
	{ "projects", sql_export_projects, 100 },
	{ "categories", sql_export_categories, 100 },
	{ "tasks", sql_export_tasks, 100 },
	{ "moods", sql_export_moods, 100 },
	{ "journals", sql_export_journals, 4 },
	{ "notifications", sql_export_notifications, 100 },
};

/* The document under way. The arena of a page ends with the page. */
struct export
{
	struct request *req;
	struct spool *spool;
	struct arena *page;
	struct buf text;
	struct json json;
};

static enum err flush(struct export *export)
{
	return spool_put(export->spool, &export->text) ? OK : ERR_UNAVAILABLE;
}

/* Appends the next rows of a list; `*after` moves on, and is unset when there are no more. */
static enum err put_page(struct export *export, const struct list *list, struct uuid *after)
{
	struct query query = list->page(*after, (struct integer){ list->rows, true });
	struct result rows;

	TRY(db_run(export->req->db, export->page, NULL, &query, 1, &rows));
	for (int row = 0; row < rows.row_count; row++) {
		json_value(&export->json, NULL);
		result_put_row(&export->text, &rows, row);
		if (export->text.len > PART_BYTES)
			TRY(flush(export));
	}
	bool more = rows.row_count == list->rows;
	*after = more ? result_uuid(&rows, rows.row_count - 1, "id") : (struct uuid){ 0 };
	arena_reset(export->page);
	return OK;
}

/* The preferences, which are one row. */
static enum err put_preferences(struct export *export)
{
	struct query query = sql_preference_get();
	struct result rows;

	TRY(db_run(export->req->db, export->page, NULL, &query, 1, &rows));
	json_value(&export->json, "preferences");
	result_put_row(&export->text, &rows, 0);
	arena_reset(export->page);
	return OK;
}

static enum err put_document(struct export *export, const struct result *user)
{
	struct json *json = &export->json;
	char now[INSTANT_TEXT_BYTES];

	instant_format(now, export->req->now.us);
	json_open(json, NULL, '{');
	json_integer(json, "format", FORMAT);
	json_text(json, "exported_at", now);
	json_value(json, "user");
	result_put_row(json->out, user, 0);
	TRY(put_preferences(export));
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct uuid after = { 0 };
		json_open(json, lists[i].name, '[');
		do
			TRY(put_page(export, &lists[i], &after));
		while (after.set);
		json_close(json, ']');
	}
	json_close(json, '}');
	return flush(export);
}

static enum err export_user(struct request *req)
{
	struct export export = { .req = req, .spool = spool_open(req->arena) };
	struct query user = sql_user_get();
	struct result row;

	if (!export.spool)
		return refuse(req, ERR_UNAVAILABLE);
	/* Makes another issuer's user at first sight; the rollback below would take that back. */
	if (!req->scope.session.set)
		TRY(ask(req, user, &row));
	enum err err = db_begin(req->db, req->arena, DB_SNAPSHOT, &req->scope, &user, &row);
	if (err != OK)
		return ask_failed(req, err);
	export.json.out = &export.text;
	export.page = arena_new(ARENA_BYTES);
	err = put_document(&export, &row);
	arena_free(export.page);
	buf_free(&export.text);
	db_rollback(req->db, req->arena);
	if (err != OK)
		return ask_failed(req, err);
	return reply_spooled(req, export.spool);
}

static const struct route export_routes[] = {
	{ GET, "/users/me/export", USER, export_user, "export_account", .answer = &export_shape,
	  .attachment = "daybook.json", .slow = true, .doc = "Everything of mine in one document",
	  .about = "One JSON document, to be kept as a file." },
};

const struct resource export_resource = { .name = "users", ROUTES(export_routes) };

/* export.c -- /users/me/export: everything of a user as one document. It is read page by page
 * within one snapshot and spooled, so memory stays flat however much a person has written, and a
 * document that is broken off can never pass for a whole one. */
#include "sql/export.h"
#include "app.h"
#include "instant.h"
#include "shapes.h"
#include "spool.h"
#include "sql/users.h"

enum { ROWS_AT_ONCE = 500, ARENA_BYTES = 65536 };

static const struct field export_fields[] = {
	ANSWER("exported_at", KIND_INSTANT),
	ANSWER("user", KIND_OBJECT, .shape = &user_shape),
	ANSWER("projects", KIND_OBJECTS, .shape = &project_shape),
	ANSWER("categories", KIND_OBJECTS, .shape = &category_shape),
	ANSWER("tasks", KIND_OBJECTS, .shape = &task_shape),
	ANSWER("moods", KIND_OBJECTS, .shape = &mood_shape),
	ANSWER("journals", KIND_OBJECTS, .shape = &journal_shape),
	FIELDS_END,
};

static const struct shape export_shape = { "Export", export_fields };

/* The lists of the document, each by the statement that reads its next rows. */
static const struct {
	const char *name;
	struct query (*page)(struct uuid after, struct integer rows);
} lists[] = {
	{ "projects", sql_export_projects }, { "categories", sql_export_categories },
	{ "tasks", sql_export_tasks },	     { "moods", sql_export_moods },
	{ "journals", sql_export_journals },
};

/* The document under way. The arena of a page ends with the page. */
struct export
{
	struct request *req;
	struct spool *spool;
	struct arena *page;
	struct buf text;
};

static enum err flush(struct export *export)
{
	return spool_put(export->spool, &export->text) ? OK : ERR_UNAVAILABLE;
}

/* Appends the next rows of a list; `*after` moves on, and is unset when there are no more. */
static enum err put_page(struct export *export, struct query query, struct uuid *after, bool first)
{
	struct result rows;

	TRY(db_run(export->req->web->db, export->page, NULL, &query, 1, &rows));
	for (int row = 0; row < rows.row_count; row++) {
		if (!first || row > 0)
			buf_putc(&export->text, ',');
		result_put_row(&export->text, &rows, row);
	}
	bool more = rows.row_count == ROWS_AT_ONCE;
	*after = more ? result_uuid(&rows, rows.row_count - 1, "id") : (struct uuid){ 0 };
	arena_reset(export->page);
	return flush(export);
}

static enum err put_document(struct export *export, const struct result *user)
{
	char now[INSTANT_TEXT_BYTES];
	struct integer rows = { ROWS_AT_ONCE, true };

	instant_format(now, export->req->now.us);
	buf_printf(&export->text, "{\"exported_at\":\"%s\",\"user\":", now);
	result_put_row(&export->text, user, 0);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct uuid after = { 0 };
		bool first = true;
		buf_printf(&export->text, ",\"%s\":[", lists[i].name);
		do {
			TRY(put_page(export, lists[i].page(after, rows), &after, first));
			first = false;
		} while (after.set);
		buf_putc(&export->text, ']');
	}
	buf_putc(&export->text, '}');
	return flush(export);
}

static enum err export_user(struct request *req)
{
	struct export export = { .req = req, .spool = spool_open(req->arena) };
	struct query user = sql_user_get();
	struct result row;

	if (!export.spool)
		return refuse(req, ERR_UNAVAILABLE, NULL, NULL);
	enum err err = db_begin(req->web->db, req->arena, DB_SNAPSHOT, &req->scope, &user, &row);
	if (err != OK)
		return refuse_fault(req, err);
	export.page = arena_new(ARENA_BYTES);
	err = put_document(&export, &row);
	arena_free(export.page);
	buf_free(&export.text);
	db_rollback(req->web->db, req->arena);
	if (err != OK)
		return refuse_fault(req, err);
	reply_header(req, "Content-Disposition", "attachment; filename=\"daybook.json\"");
	return reply_spooled(req, export.spool);
}

const struct route export_routes[] = {
	{ GET, "/users/me/export", USER, export_user, .answer = &export_shape, .tag = "users",
	  .doc = "Everything of mine in one document" },
	ROUTES_END,
};

/* reply.c -- what leaves: the success answers, written straight into one buffer. */
#include <assert.h>
#include <string.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/uuid.h"
#include "db/result.h"
#include "web/cursor.h"
#include "web/web.h"

void reply_header(struct request *req, const char *name, const char *value)
{
	buf_puts(req->head, name);
	buf_put(req->head, ": ", 2);
	buf_puts(req->head, value);
	buf_put(req->head, "\r\n", 2);
}

void reply_start(struct request *req, int status)
{
	assert(req->status == 0);
	req->status = status;
}

enum err reply_empty(struct request *req, int status)
{
	reply_start(req, status);
	return OK;
}

enum err reply_object(struct request *req)
{
	reply_header(req, "Content-Type", "application/json; charset=utf-8");
	return OK;
}

enum err run_all(struct request *req, const struct query *queries, size_t count,
		 struct result *results)
{
	const struct db_scope *scope = req->scope.user.set ? &req->scope : NULL;
	enum err err = db_run(req->web->db, req->arena, scope, queries, count, results);

	return err == OK ? OK : refuse_fault(req, err);
}

enum err run(struct request *req, struct query query, struct result *out)
{
	return run_all(req, &query, 1, out);
}

enum err require_row(struct request *req, struct query query)
{
	struct result rows;

	TRY(run(req, query, &rows));
	return rows.row_count > 0 ? OK : refuse_missing(req);
}

/* The row's entity tag without its quotes: its column `_etag`, or its version; NULL without both.
 */
static const char *etag_of(struct request *req, const struct result *rows)
{
	if (result_has(rows, "_etag"))
		return result_text(rows, 0, "_etag");
	if (!result_has(rows, "version"))
		return NULL;
	char *tag = arena_alloc(req->arena, DECIMAL_BYTES);
	decimal_format(tag, result_integer(rows, 0, "version").value);
	return tag;
}

static void put_etag(struct request *req, const char *tag)
{
	if (!tag)
		return;
	req->etag_given = true;
	reply_header(req, "ETag", arena_printf(req->arena, "\"%s\"", tag));
}

/* Whether If-None-Match has the tag (RFC 9110 section 13.1.2: weak comparison). */
static bool is_known(struct request *req, const char *tag)
{
	const char *known = request_header(req, "HTTP_IF_NONE_MATCH");

	if (!known || !tag)
		return false;
	return strcmp(known, "*") == 0 || strstr(known, arena_printf(req->arena, "\"%s\"", tag));
}

enum err reply_with_row(struct request *req, int status, const struct result *rows)
{
	reply_start(req, status);
	put_etag(req, etag_of(req, rows));
	result_put_row(req->body, rows, 0);
	return reply_object(req);
}

enum err reply_row(struct request *req, struct query query)
{
	struct result rows;

	TRY(run(req, query, &rows));
	if (rows.row_count == 0)
		return refuse_missing(req);
	const char *tag = etag_of(req, &rows);
	if (!is_known(req, tag))
		return reply_with_row(req, req->route->status ? req->route->status : 200, &rows);
	put_etag(req, tag);
	return reply_empty(req, 304);
}

/* Whether the members that were sent say what the row says. The row goes through the same table
 * as the body, so that spelling (`todo`, other offsets of a time) makes no difference. */
static bool same_content(struct request *req, const struct result *rows)
{
	const struct field *fields = req->route->body->fields;
	struct buf text = { 0 }, theirs = { 0 }, ours = { 0 };
	void *row = arena_alloc(req->arena, fields_size(fields));

	result_put_row(&text, rows, 0);
	buf_putc(&text, '\0');
	struct json_object *object = json_tokener_parse(text.data);
	for (size_t i = 0; i < req->sent.count; i++) {
		const struct field *field = field_find(fields, req->sent.items[i]);
		struct json_object *value = json_object_object_get(object, field->name);
		if (value)
			(void)field_from_json(req->arena, field, value, row);
		field_put(&theirs, field, row);
		field_put(&ours, field, req->bound);
	}
	bool same = theirs.len == ours.len &&
		    (ours.len == 0 || memcmp(theirs.data, ours.data, ours.len) == 0);
	json_object_put(object);
	buf_free(&text);
	buf_free(&theirs);
	buf_free(&ours);
	return same;
}

enum err reply_created(struct request *req, struct query query, struct query existing)
{
	struct result rows;
	char id[40] = "";

	TRY(run(req, query, &rows));
	if (rows.row_count == 0) {
		TRY(run(req, existing, &rows));
		if (rows.row_count == 0 || !same_content(req, &rows))
			return refuse(req, ERR_ID_TAKEN, "id",
				      "is already in use with other content");
		return reply_with_row(req, 200, &rows);
	}
	struct uuid made = result_uuid(&rows, 0, "id");
	uuid_format(id, made.bytes);
	const char *place = req->route->location ? req->route->location : req->path;
	reply_header(req, "Location", arena_printf(req->arena, "%s/%s", place, id));
	return reply_with_row(req, 201, &rows);
}

enum err refuse_stale(struct request *req, const struct result *rows)
{
	put_etag(req, etag_of(req, rows));
	enum err err = refuse(req, ERR_PRECONDITION_FAILED, NULL, NULL);
	req->body->len--; /* the closing brace */
	buf_puts(req->body, ",\"current\":");
	result_put_row(req->body, rows, 0);
	buf_putc(req->body, '}');
	return err;
}

static bool is_stale(struct request *req, const struct result *rows)
{
	const char *tag = etag_of(req, rows);

	if (req->version.set && req->version.value != result_integer(rows, 0, "version").value)
		return true;
	for (size_t i = 0; i < req->if_match.count; i++)
		if (strcmp(req->if_match.items[i], tag) == 0)
			return false;
	return req->if_match.set;
}

/* Why a change found no row: there is none, or its conditions did not hold. */
static enum err refuse_unchanged(struct request *req, struct query current)
{
	struct result rows;

	TRY(run(req, current, &rows));
	return rows.row_count == 0 ? refuse_missing(req) : refuse_stale(req, &rows);
}

/* A change that changes nothing still checks its conditions. */
static enum err reply_as_is(struct request *req, struct query current)
{
	struct result rows;

	TRY(run(req, current, &rows));
	if (rows.row_count == 0)
		return refuse_missing(req);
	return is_stale(req, &rows) ? refuse_stale(req, &rows) : reply_with_row(req, 200, &rows);
}

enum err reply_changed(struct request *req, struct query query, struct query current)
{
	struct result rows;

	if (req->sent.set && req->sent.count == 0)
		return reply_as_is(req, current);
	TRY(run(req, query, &rows));
	return rows.row_count == 0 ? refuse_unchanged(req, current)
				   : reply_with_row(req, 200, &rows);
}

enum err reply_deleted(struct request *req, struct query query, struct query current)
{
	struct result rows;

	TRY(run(req, query, &rows));
	return rows.row_count == 0 ? refuse_unchanged(req, current) : reply_empty(req, 204);
}

enum err reply_digested(struct request *req)
{
	uint8_t digest[SHA256_BYTES];
	char tag[2 * SHA256_BYTES + 1];

	sha256(req->body->data, req->body->len, digest);
	hex_encode(digest, sizeof digest / 2, tag);
	put_etag(req, tag);
	if (is_known(req, tag)) {
		buf_clear(req->body);
		return reply_empty(req, 304);
	}
	reply_start(req, 200);
	return reply_object(req);
}

static void put_list(struct request *req, const struct result *rows, int count)
{
	buf_printf(req->body, "{\"%s\":", req->route->list);
	result_put_rows(req->body, rows, count);
	buf_printf(req->body, ",\"count\":%d", count);
}

enum err reply_spooled(struct request *req, struct spool *spool)
{
	reply_start(req, 200);
	req->spool = spool;
	return reply_object(req);
}

enum err reply_rows(struct request *req, const struct result *rows)
{
	reply_start(req, 200);
	put_list(req, rows, rows->row_count);
	buf_putc(req->body, '}');
	return reply_object(req);
}

enum err reply_list(struct request *req, struct query query)
{
	struct result rows;

	TRY(run(req, query, &rows));
	return reply_rows(req, &rows);
}

enum err reply_page(struct request *req, const struct page *page, struct query list,
		    struct query count)
{
	struct query queries[] = { list, count };
	struct result results[2];
	struct buf *body = req->body;

	TRY(run_all(req, queries, page->cursor ? 1 : 2, results));
	const struct result *rows = &results[0];
	bool more = rows->row_count > page->limit.value;
	int shown = more ? (int)page->limit.value : rows->row_count;
	const char *next = NULL;
	if (more) {
		struct uuid id = result_uuid(rows, shown - 1, "id");
		next = cursor_make(req, result_text(rows, shown - 1, "_key"), &id);
	}
	reply_start(req, 200);
	put_list(req, rows, shown);
	if (!page->cursor)
		buf_printf(body, ",\"total\":%ld",
			   (long)result_integer(&results[1], 0, "_total").value);
	buf_printf(body, ",\"limit\":%ld,\"offset\":%ld,\"next_cursor\":", (long)page->limit.value,
		   (long)page->offset.value);
	json_put_text(body, next);
	buf_putc(body, '}');
	return reply_object(req);
}

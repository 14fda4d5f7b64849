#include "web/reply.h"

#include <string.h>

#include "base/encoding.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "base/uuid.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/condition.h"
#include "web/cursor.h"
#include "web/listing.h"
#include "web/refuse.h"

enum err reply_with_row(struct request *req, int status, const struct result *rows)
{
	answer_start(req, status);
	condition_put_tag(req, condition_tag(rows));
	result_put_row(req->answer.body, rows, 0);
	return answer_json(req);
}

enum err reply_row(struct request *req, struct query query)
{
	struct result rows;

	TRY(ask(req, query, &rows));
	if (rows.row_count == 0)
		return ask_missing(req);
	const char *tag = condition_tag(&rows);
	if (!condition_is_known(req, tag))
		return reply_with_row(req, route_status(req->route), &rows);
	condition_put_tag(req, tag);
	return answer_empty(req, 304);
}

/* Whether a member that was sent says what the row says: a column `_same_` with its name tells,
 * where only the database knows; else both go through the field, so that spelling (`todo`, other
 * offsets of a time) makes no difference. `row` is a struct to read the row's value into. */
static bool same_member(struct request *req, const struct field *field, const struct result *rows,
			struct json_object *object, void *row)
{
	const char *verdict = arena_printf(req->arena, "_same_%s", field->name);
	struct json_object *value = json_object_object_get(object, field->name);
	struct buf theirs = { 0 }, ours = { 0 };
	struct faults none = { req->arena };

	if (result_has(rows, verdict))
		return result_bool(rows, 0, verdict);
	if (value)
		(void)field_from_json(field, value, row, &none);
	field_put(&theirs, field, row);
	field_put(&ours, field, req->body.bound);
	bool same = theirs.len == ours.len && memcmp(theirs.data, ours.data, ours.len) == 0;
	buf_free(&theirs);
	buf_free(&ours);
	return same;
}

static bool same_content(struct request *req, const struct result *rows)
{
	const struct shape *shape = req->route->body;
	struct buf text = { 0 };
	void *row = arena_alloc(req->arena, shape->size);
	bool same = true;

	result_put_row(&text, rows, 0);
	struct json_object *object = json_tree(text.data, text.len);
	for (size_t i = 0; i < req->body.sent.count; i++) {
		const struct field *field = field_find(shape, req->body.sent.items[i]);
		same = same && same_member(req, field, rows, object, row);
	}
	json_object_put(object);
	buf_free(&text);
	return same;
}

enum err reply_created(struct request *req, struct query query, struct query existing)
{
	struct result rows;
	char id[40] = "";

	TRY(ask(req, query, &rows));
	if (rows.row_count == 0) {
		TRY(ask(req, existing, &rows));
		if (rows.row_count == 0 || !same_content(req, &rows))
			return refuse_field(
				req, ERR_ID_TAKEN, "id",
				(struct fault){ FAULT_TAKEN,
						"is already in use with other content" });
		return reply_with_row(req, 200, &rows);
	}
	struct uuid made = result_uuid(&rows, 0, "id");
	uuid_format(id, made.bytes);
	const char *place = req->route->location ? req->route->location : req->in.path;
	answer_header(req, "Location", arena_printf(req->arena, "%s/%s", place, id));
	return reply_with_row(req, 201, &rows);
}

enum err reply_unchanged(struct request *req, struct query current)
{
	struct result rows;

	TRY(ask(req, current, &rows));
	if (rows.row_count == 0)
		return ask_missing(req);
	TRY(condition_check(req, &rows));
	/* They hold again: the row has changed between the two statements. */
	return refuse_stale(req, ERR_VERSION_CONFLICT, &rows);
}

/* A change that changes nothing still checks its conditions. */
static enum err reply_as_is(struct request *req, struct query current)
{
	struct result rows;

	TRY(ask(req, current, &rows));
	if (rows.row_count == 0)
		return ask_missing(req);
	TRY(condition_check(req, &rows));
	return reply_with_row(req, 200, &rows);
}

enum err reply_changed(struct request *req, struct query query, struct query current)
{
	struct result rows;

	if (req->route->merge && req->body.sent.count == 0)
		return reply_as_is(req, current);
	TRY(ask(req, query, &rows));
	return rows.row_count == 0 ? reply_unchanged(req, current)
				   : reply_with_row(req, 200, &rows);
}

enum err reply_deleted(struct request *req, struct query query, struct query current)
{
	struct result rows;

	TRY(ask(req, query, &rows));
	return rows.row_count == 0 ? reply_unchanged(req, current) : answer_empty(req, 204);
}

enum err reply_tagged(struct request *req, const uint8_t digest[SHA256_BYTES],
		      const char *media_type)
{
	char tag[SHA256_BYTES + 1];

	hex_encode(digest, SHA256_BYTES / 2, tag);
	condition_put_tag(req, tag);
	if (condition_is_known(req, tag)) {
		req->answer.spool = NULL;
		buf_clear(req->answer.body);
		return answer_empty(req, 304);
	}
	if (req->answer.spool)
		TRY(answer_spill(req, 0));
	answer_start(req, 200);
	answer_header(req, "Content-Type", media_type);
	return OK;
}

enum err reply_digested(struct request *req)
{
	uint8_t digest[SHA256_BYTES];

	sha256(req->answer.body->data, req->answer.body->len, digest);
	return reply_tagged(req, digest, JSON_MEDIA_TYPE);
}

enum err reply_spooled(struct request *req, struct spool *spool)
{
	answer_start(req, 200);
	if (req->route->attachment)
		answer_header(req, "Content-Disposition",
			      arena_printf(req->arena, "attachment; filename=\"%s\"",
					   req->route->attachment));
	req->answer.spool = spool;
	return answer_json(req);
}

enum err reply_rows(struct request *req, const struct result *rows)
{
	struct json json = { req->answer.body };

	json_open(&json, NULL, '{');
	json_value(&json, req->route->list);
	result_put_rows(json.out, rows, rows->row_count);
	json_integer(&json, "count", rows->row_count);
	json_close(&json, '}');
	answer_start(req, 200);
	return answer_json(req);
}

enum err reply_list(struct request *req, struct query query)
{
	struct result rows;

	TRY(ask(req, query, &rows));
	return reply_rows(req, &rows);
}

enum err reply_page(struct request *req, const struct page *page, struct list_query list)
{
	struct query queries[] = { list.page, list.count };
	struct result results[2];
	struct listing listing = { req, &list, .json = { req->answer.body },
				   .limit = page->limit.value };
	struct json *json = &listing.json;

	TRY(ask_all(req, queries, page->cursor ? 1 : 2, results));
	json_open(json, NULL, '{');
	json_open(json, req->route->list, '[');
	TRY(listing_put(&listing, results[0]));
	json_close(json, ']');
	json_integer(json, "count", listing.shown);
	if (!page->cursor)
		json_integer(json, "total", result_integer(&results[1], 0, "_total").value);
	json_integer(json, "limit", page->limit.value);
	json_integer(json, "offset", page->offset.value);
	json_text(json, "next_cursor",
		  listing.more ? cursor_make(req, listing.key, &listing.id) : NULL);
	json_close(json, '}');
	if (req->answer.spool)
		TRY(answer_spill(req, 0));
	answer_start(req, 200);
	return answer_json(req);
}

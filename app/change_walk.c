#include "change_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/uuid.h"
#include "change_cursor.h"
#include "change_rows.h"
#include "sql/changes.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/refuse.h"
#include "web/reply.h"

enum { SPILL_BYTES = 1 << 18, DAY_S = 86400, KEPT_S = 90 * DAY_S };

struct walk {
	struct request *req;
	const struct change_filter *filter;
	struct change_cursor at; /* where the page begins, then where the next one does */
	struct result page;
	struct change_rows rows;
	struct json json;
	int shown;
};

static uint64_t now_s(const struct walk *walk)
{
	return (uint64_t)(walk->req->now.us / 1000000);
}

/* A number of a transaction or an epoch, which comes as a text. */
static uint64_t number_at(const struct result *rows, const char *column)
{
	return strtoull(result_text(rows, 0, column), NULL, 10);
}

/* Learns the secret of the cursors, and whether the last epoch is this database's. */
static enum err read_clock(struct request *req, bool *settled)
{
	struct result rows;

	TRY(ask(req, sql_change_clock(), &rows));
	change_cursor_learn(result_text(&rows, 0, "_secret"));
	*settled = result_bool(&rows, 0, "_settled");
	return OK;
}

/* Reads the client's cursor. One that does not open may be the first one of this process, or of
 * another database: so the secret is asked for. */
static enum err read_cursor(struct walk *walk)
{
	struct request *req = walk->req;
	bool settled;

	if (change_cursor_read(req, walk->filter->since, &walk->at))
		return OK;
	TRY(read_clock(req, &settled));
	if (change_cursor_read(req, walk->filter->since, &walk->at))
		return OK;
	return refuse_field(req, ERR_INVALID_CURSOR, "since",
			    (struct fault){ FAULT_CONFLICT, "is no cursor of yours" });
}

static enum err find_place(struct walk *walk)
{
	if (!walk->filter->since) {
		walk->at = (struct change_cursor){ .place.id.set = true, .whole = true };
		return OK;
	}
	TRY(read_cursor(walk));
	if (walk->at.from_s + KEPT_S < now_s(walk))
		return refuse(walk->req, ERR_CURSOR_EXPIRED);
	return OK;
}

static const char *number_text(const struct walk *walk, uint64_t number)
{
	return arena_printf(walk->req->arena, "%llu", (unsigned long long)number);
}

/* Whether the cursor is of this database as the rows say that it is: of its epoch, and not ahead.
 */
static bool is_present(const struct walk *walk, const struct result *rows)
{
	const struct change_cursor *at = &walk->at;
	struct uuid nonce = result_uuid(rows, 0, "_nonce");
	uint64_t newest = number_at(rows, "_newest");
	bool of_now = at->place.epoch == number_at(rows, "_epoch");

	return memcmp(nonce.bytes, at->nonce.bytes, sizeof nonce.bytes) == 0 &&
	       at->bound <= newest && (!of_now || at->place.xid <= newest);
}

/* Whether a client that has all of the walk before can be told at once that nothing is new. It
 * keeps its cursor then, and so the answer its ETag; but after a day it gets another one, so that
 * it never becomes too old. */
static enum err look_for_news(struct walk *walk, bool *none)
{
	const struct change_cursor *at = &walk->at;
	struct result rows;

	*none = false;
	if (!walk->filter->since || at->bound > 0 || at->from_s + DAY_S <= now_s(walk))
		return OK;
	TRY(ask(walk->req,
		sql_change_news((struct integer){ (int64_t)at->place.epoch, true },
				number_text(walk, at->place.xid)),
		&rows));
	*none = result_bool(&rows, 0, "_settled") && is_present(walk, &rows) &&
		!result_bool(&rows, 0, "_news");
	return OK;
}

/* Asks what the page consists of, and for the rows that it probably has. */
static enum err ask_page(struct walk *walk)
{
	const struct change_cursor *at = &walk->at;
	const struct change_place *place = &at->place;
	struct query queries[] = {
		sql_change_page((struct integer){ (int64_t)place->epoch, true },
				number_text(walk, place->xid), change_type_word(place->type),
				place->id, at->bound ? number_text(walk, at->bound) : NULL,
				(struct boolean){ true, !at->whole }, walk->filter->limit),
		change_rows_query(walk->req, place, walk->filter->limit),
	};
	struct result results[2];

	TRY(ask_all(walk->req, queries, 2, results));
	walk->page = results[0];
	change_rows_ahead(&walk->rows, place)->found = results[1];
	return OK;
}

/* The first page of a walk fixes its bound. */
static void fix_bound(struct walk *walk)
{
	struct change_cursor *at = &walk->at;

	at->bound = number_at(&walk->page, "_bound");
	at->bound_s = now_s(walk);
	if (at->whole)
		at->from_s = at->bound_s;
}

/* The first page that a connection gives, asks where the database is; the first one after a restore
 * or a promotion begins an epoch. */
static enum err settle(struct walk *walk)
{
	struct request *req = walk->req;
	struct result done;
	bool settled;

	if (result_bool(&walk->page, 0, "_settled") && change_cursor_can_make())
		return OK;
	TRY(read_clock(req, &settled));
	if (!settled)
		TRY(ask(req, sql_change_epoch_begin(), &done));
	return ask_page(walk);
}

/* Finds what the page consists of. */
static enum err find_page(struct walk *walk)
{
	TRY(ask_page(walk));
	TRY(settle(walk));
	if (walk->filter->since && !is_present(walk, &walk->page))
		return refuse(walk->req, ERR_CURSOR_EXPIRED);
	walk->at.nonce = result_uuid(&walk->page, 0, "_nonce");
	if (walk->at.bound == 0)
		fix_bound(walk);
	return OK;
}

static bool is_empty(const struct walk *walk)
{
	return !result_text(&walk->page, 0, "_type");
}

/* The place of the page's last change. */
static struct change_place last_place(const struct walk *walk)
{
	const struct result *page = &walk->page;

	return (struct change_place){
		.epoch = number_at(page, "_change_epoch"),
		.xid = number_at(page, "_change_xid"),
		.type = change_type_number(result_text(page, 0, "_last_type")),
		.id = result_uuid(page, 0, "_last_id"),
	};
}

/* Puts one change, unless the answer would grow too large; the first one is always put. */
static bool put_change(struct walk *walk, const struct change *change)
{
	struct json *json = &walk->json, before = *json;
	size_t len = json->out->len;
	char id[UUID_TEXT_BYTES];

	uuid_format(id, change->place.id.bytes);
	json_open(json, NULL, '{');
	json_text(json, "type", change->type);
	json_text(json, "id", id);
	json_boolean(json, "deleted", change->deleted);
	if (!change->deleted) {
		json_value(json, "resource");
		change_put_resource(change, json->out);
	}
	json_close(json, '}');
	if (walk->shown++ == 0 || answer_size(walk->req) <= CHANGE_PAGE_BYTES)
		return true;
	*json = before;
	json->out->len = len;
	return false;
}

/* Puts the changes, and moves the cursor behind the last one; `*more`: some are still to come. */
static enum err put_changes(struct walk *walk, bool *more)
{
	struct change_place last = last_place(walk);
	struct change change;

	TRY(change_rows_read(walk->req, &walk->page, &walk->at.place, &last, &walk->rows));
	while (change_rows_look(&walk->rows, &change)) {
		if (change.cut || !put_change(walk, &change)) {
			*more = true;
			return OK;
		}
		walk->at.place = change.place;
		change_take(&change);
		TRY(answer_spill(walk->req, SPILL_BYTES));
	}
	walk->at.place = last;
	*more = result_bool(&walk->page, 0, "_more");
	return OK;
}

/* Behind a whole walk comes the next one, which begins at its bound. */
static void end_walk(struct walk *walk)
{
	walk->at = (struct change_cursor){
		.place = { .epoch = number_at(&walk->page, "_epoch"),
			   .xid = walk->at.bound,
			   .id.set = true },
		.nonce = walk->at.nonce,
		.from_s = walk->at.bound_s,
	};
}

/* Ends the page. A cursor that was made just now is like no other one, and the client's own says
 * that nothing is new: so both cursors tell one answer from all others. */
static enum err end_page(struct walk *walk, const char *next, bool more)
{
	struct request *req = walk->req;
	const char *both = arena_printf(req->arena, "%s %s",
					walk->filter->since ? walk->filter->since : "", next);
	uint8_t digest[SHA256_BYTES];

	json_close(&walk->json, ']');
	json_text(&walk->json, "next_cursor", next);
	json_boolean(&walk->json, "has_more", more);
	json_close(&walk->json, '}');
	sha256(both, strlen(both), digest);
	return reply_tagged(req, digest, JSON_MEDIA_TYPE);
}

static enum err put_page(struct walk *walk)
{
	bool more = false;

	TRY(find_page(walk));
	if (!is_empty(walk))
		TRY(put_changes(walk, &more));
	if (!more)
		end_walk(walk);
	return end_page(walk, change_cursor_make(walk->req, &walk->at), more);
}

enum err change_walk_reply(struct request *req, const struct change_filter *filter)
{
	struct walk walk = { .req = req, .filter = filter, .json = { req->answer.body } };
	bool none;

	TRY(find_place(&walk));
	TRY(look_for_news(&walk, &none));
	json_open(&walk.json, NULL, '{');
	json_open(&walk.json, "changes", '[');
	return none ? end_page(&walk, filter->since, false) : put_page(&walk);
}

/* moods.c -- /moods: how a moment felt, from 1 (bad) to 5 (good). */
#include "sql/moods.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const char *const orders[] = { "recorded_at", "created_at", "updated_at", NULL };

struct mood {
	struct uuid id;
	struct integer score;
	struct strings emotions;
	const char *note;
	struct instant recorded_at;
	struct integer version;
};

static const struct field mood_fields[] = {
	FIELD(struct mood, id, .access = ON_CREATE, .doc = "Made by the server if absent."),
	FIELD(struct mood, score, .required = true, .min = 1, .max = 5, .example = "4",
	      .doc = "1 bad … 5 good."),
	FIELD(struct mood, emotions, .max_items = 10, .min = 1, .max = 50, .example = "[\"calm\"]",
	      .doc = "Words for it."),
	FIELD(struct mood, note, .nullable = true, .max = 1000),
	FIELD(struct mood, recorded_at, .doc = "When it was felt; now if absent."),
	FIELD(struct mood, version, .access = LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
	FIELDS_END,
};

const struct shape mood_shape = { "Mood", mood_fields };

struct mood_filter {
	struct date date_from, date_to;
	struct integer score_min, score_max;
	const char *sort_by, *sort_order;
	struct page page;
};

static const struct field mood_filters[] = {
	FIELD(struct mood_filter, date_from, .doc = "Recorded on this local day or later."),
	FIELD(struct mood_filter, date_to, .doc = "Recorded on this local day or before."),
	FIELD(struct mood_filter, score_min, .min = 1, .max = 5, .doc = "This score or more."),
	FIELD(struct mood_filter, score_max, .min = 1, .max = 5, .doc = "This score or less."),
	FIELD(struct mood_filter, sort_by, .words = orders, .preset = "recorded_at",
	      .doc = "What decides the order; then the id."),
	FIELD(struct mood_filter, sort_order, .words = sort_directions, .preset = "desc",
	      .doc = "Rising or falling."),
	PAGE_FIELDS(struct mood_filter),
	FIELDS_END,
};

static enum err list_moods(struct request *req)
{
	struct mood_filter f = { .sort_by = "recorded_at", .sort_order = "desc" };

	TRY(read_page(req, &f, &f.page));
	if (f.score_min.set && f.score_max.set && f.score_min.value > f.score_max.value)
		add_fault(req, "score_max", "must not be below score_min");
	TRY(check_dates(req, &f.date_from, &f.date_to));
	return reply_page(req, &f.page,
			  sql_mood_list(f.date_from, f.date_to, f.score_min, f.score_max, f.sort_by,
					f.sort_order, f.page.after_key, f.page.after_id,
					page_rows(&f.page), f.page.offset),
			  sql_mood_count(f.date_from, f.date_to, f.score_min, f.score_max));
}

static enum err create_mood(struct request *req)
{
	struct mood in = { .id = uuid_v7(), .recorded_at = req->now };

	TRY(read_body(req, &in));
	return reply_created(req,
			     sql_mood_create(in.id, in.score, in.emotions, in.note, in.recorded_at),
			     sql_mood_get(in.id));
}

static enum err get_mood(struct request *req)
{
	return reply_row(req, sql_mood_get(req->id));
}

static enum err update_mood(struct request *req)
{
	struct mood in = { 0 };

	TRY(read_body(req, &in));
	return reply_changed(req,
			     sql_mood_update(req->id, req->if_match, req->version, req->sent,
					     in.score, in.emotions, in.note, in.recorded_at),
			     sql_mood_get(req->id));
}

static enum err delete_mood(struct request *req)
{
	TRY(read_if_match(req));
	return reply_deleted(req, sql_mood_delete(req->id, req->if_match, req->version),
			     sql_mood_get(req->id));
}

const struct route moods_routes[] = {
	{ GET, "/moods", USER, list_moods, .query = mood_filters, .answer = &mood_shape,
	  .list = "moods", .tag = "moods", .tag_doc = "How a moment felt", .doc = "List moods" },
	{ POST, "/moods", USER, create_mood, .body = &mood_shape, .answer = &mood_shape,
	  .status = 201, .idempotent = true, .tag = "moods", .doc = "Record a mood" },
	{ GET, "/moods/{id}", USER, get_mood, .answer = &mood_shape, .tag = "moods",
	  .doc = "Read a mood" },
	{ PUT, "/moods/{id}", USER, update_mood, .body = &mood_shape, .answer = &mood_shape,
	  .merge = true, .tag = "moods", .doc = "Change a mood" },
	{ PATCH, "/moods/{id}", USER, update_mood, .body = &mood_shape, .answer = &mood_shape,
	  .merge = true, .tag = "moods", .doc = "Change a mood" },
	{ DELETE, "/moods/{id}", USER, delete_mood, .status = 204, .tag = "moods",
	  .doc = "Delete a mood" },
	ROUTES_END,
};

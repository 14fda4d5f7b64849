/* moods.c -- /moods: how a moment felt, from 1 (bad) to 5 (good). */
#include "sql/moods.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const struct words orders = WORDS("MoodSortBy", "recorded_at", "created_at", "updated_at");

struct mood {
	struct uuid id;
	struct integer score;
	struct strings emotions;
	const char *note;
	struct instant recorded_at;
	struct integer version;
	struct instant created_at, updated_at;
};

static const struct field mood_fields[] = {
	FIELD(struct mood, id, .access = ACCESS_ON_CREATE, .doc = "Made by the server if absent."),
	FIELD(struct mood, score, .required = true, .min = 1, .max = 5, .example = "4",
	      .doc = "1 bad … 5 good."),
	FIELD(struct mood, emotions, .max_items = 10, .min = 1, .max = 50, .example = "[\"calm\"]",
	      .doc = "Words for it."),
	FIELD(struct mood, note, .nullable = true, .max = 1000),
	FIELD(struct mood, recorded_at, .doc = "When it was felt; now if absent."),
	FIELD(struct mood, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	FIELD(struct mood, created_at, .access = ACCESS_KEPT),
	FIELD(struct mood, updated_at, .access = ACCESS_KEPT),
};

const struct shape mood_shape = SHAPE(struct mood, "Mood", mood_fields);

struct mood_filter {
	struct date date_from, date_to;
	struct integer score_min, score_max;
	struct page page;
};

static const struct field mood_filters[] = {
	FIELD(struct mood_filter, date_from, .doc = "Recorded on this local day or later."),
	FIELD(struct mood_filter, date_to, .doc = "Recorded on this local day or before."),
	FIELD(struct mood_filter, score_min, .min = 1, .max = 5, .doc = "This score or more."),
	FIELD(struct mood_filter, score_max, .min = 1, .max = 5, .doc = "This score or less."),
	PAGE_FIELDS(struct mood_filter, orders, "recorded_at", "desc"),
};

static const struct shape mood_filters_shape = SHAPE(struct mood_filter, NULL, mood_filters);

static enum err list_moods(struct request *req)
{
	struct mood_filter f = { 0 };

	TRY(filter_read_page(req, &f));
	if (f.score_min.set && f.score_max.set && f.score_min.value > f.score_max.value)
		fault_add(&req->faults, "score_max",
			  (struct fault){ FAULT_CONFLICT, "must not be below score_min",
					  .with = "score_min" });
	TRY(check_dates(req, &f.date_from, &f.date_to));
	return reply_page(req, &f.page,
			  sql_mood_list(f.date_from, f.date_to, f.score_min, f.score_max, &f.page));
}

static enum err create_mood(struct request *req)
{
	struct mood in = { .id = uuid_v7(), .recorded_at = req->now };

	TRY(body_read(req, &in));
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

	TRY(body_read(req, &in));
	return reply_changed(req,
			     sql_mood_update(req->id, req->body.sent, in.score, in.emotions,
					     in.note, in.recorded_at, &req->when),
			     sql_mood_get(req->id));
}

static enum err delete_mood(struct request *req)
{
	return reply_deleted(req, sql_mood_delete(req->id, &req->when), sql_mood_get(req->id));
}

static const struct route moods_routes[] = {
	{ GET, "/moods", USER, HANDLER(list_moods), .query = &mood_filters_shape,
	  .answer = &mood_shape, .list = "moods", .doc = "List moods",
	  .about = "Both ends of a range belong to it; days are those of the user's time zone." },
	{ POST, "/moods", USER, HANDLER(create_mood), .stores = true, .body = &mood_shape,
	  .answer = &mood_shape, .creates = true, .doc = "Record a mood",
	  .about = "As often a day as one likes." },
	{ GET, "/moods/{id}", USER, HANDLER(get_mood), .answer = &mood_shape,
	  .doc = "Read a mood" },
	{ PUT | PATCH, "/moods/{id}", USER, HANDLER(update_mood), .stores = true,
	  .body = &mood_shape, .answer = &mood_shape, .merge = true, .doc = "Change a mood" },
	{ DELETE, "/moods/{id}", USER, HANDLER(delete_mood), .status = 204,
	  .doc = "Delete a mood" },
};

const struct resource moods_resource = { .name = "moods",
					 .doc = "How a moment felt",
					 ROUTES(moods_routes) };

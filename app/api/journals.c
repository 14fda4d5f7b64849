/* journals.c -- /journals: what a day was about. */
#include "sql/journals.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const struct words orders = WORDS("JournalSortBy", "entry_date", "created_at", "updated_at");
static const struct words views = WORDS("JournalView", "full", "summary");

/* The lower case of one letter may be two: that of "İ". */
enum { MAX_TAGS = 20, MAX_TAG = 50, MAX_TAG_SHOWN = 2 * MAX_TAG, MAX_JOURNAL_BYTES = 2 << 20 };

struct journal {
	struct uuid id;
	const char *title, *content;
	struct date entry_date;
	struct strings tags;
	struct uuid mood_id;
	struct integer version;
	struct instant created_at, updated_at;
};

static const struct field journal_fields[] = {
	FIELD(struct journal, id, .access = ACCESS_ON_CREATE,
	      .doc = "Made by the server if absent."),
	FIELD(struct journal, title, .nullable = true, .max = 200, .example = "Rain at last"),
	FIELD(struct journal, content, .required = true, .min = 1, .max = 100000,
	      .example = "It began before breakfast and went on all day."),
	FIELD(struct journal, entry_date, .doc = "The day it is about; today if absent."),
	FIELD(struct journal, tags, .max_items = MAX_TAGS, .min = 1, .max = MAX_TAG,
	      .max_shown = MAX_TAG_SHOWN, .format = &format_tag, .example = "[\"weather\"]",
	      .doc = "Kept in lower case, each once (`Straße` is `STRASSE`), in this order."),
	FIELD(struct journal, mood_id, .nullable = true, .doc = "A mood that goes with it."),
	FIELD(struct journal, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	FIELD(struct journal, created_at, .access = ACCESS_KEPT),
	FIELD(struct journal, updated_at, .access = ACCESS_KEPT),
};

const struct shape journal_shape = SHAPE(struct journal, "Journal", journal_fields);

static const struct field summary_fields[] = {
	ANSWER("id", KIND_UUID),
	ANSWER("title", KIND_TEXT, .nullable = true, .max = 200),
	ANSWER("excerpt", KIND_TEXT, .example = "It began before breakfast", .max = 280,
	       .doc = "The first 280 characters of the content."),
	ANSWER("content_length", KIND_INTEGER, .example = "46",
	       .doc = "How many characters the content has."),
	ANSWER("entry_date", KIND_DATE),
	ANSWER("tags", KIND_STRINGS, .max_items = MAX_TAGS, .min = 1, .max = MAX_TAG_SHOWN),
	ANSWER("mood_id", KIND_UUID, .nullable = true),
	ANSWER("version", KIND_INTEGER, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
};

const struct shape journal_summary_shape = ANSWER_SHAPE("JournalSummary", summary_fields);

static const struct field tag_fields[] = {
	ANSWER("tag", KIND_TEXT, .example = "weather"),
	ANSWER("count", KIND_INTEGER, .example = "3"),
};

static const struct shape tag_shape = ANSWER_SHAPE("Tag", tag_fields);

struct journal_filter {
	struct date date_from, date_to;
	struct strings tag;
	const char *search;
	struct uuid mood_id;
	const char *view;
	struct page page;
};

static const struct field journal_filters[] = {
	FIELD(struct journal_filter, date_from, .doc = "About this day or later."),
	FIELD(struct journal_filter, date_to, .doc = "About this day or before."),
	FIELD(struct journal_filter, tag, .max_items = MAX_TAGS, .min = 1, .max = MAX_TAG,

	      .doc = "Only with all of these; repeated, or separated by commas."),
	FIELD(struct journal_filter, search, .slow = true, .min = 1, .max = 100,
	      .doc = "Only with this text in title or content, regardless of case and accents."),
	FIELD(struct journal_filter, mood_id, .doc = "Only with this mood."),
	FIELD(struct journal_filter, view, .words = &views, .preset = "full",
	      .doc = "`summary`: with `excerpt` and `content_length` instead of `content`."),
	PAGE_FIELDS(struct journal_filter, orders, "entry_date", "desc"),
};

static const struct shape journal_filters_shape =
	SHAPE(struct journal_filter, NULL, journal_filters);

static enum err list_journals(struct request *req)
{
	struct journal_filter f = { 0 };

	TRY(filter_read_page(req, &f));
	TRY(check_dates(req, &f.date_from, &f.date_to));
	return reply_page(req, &f.page,
			  sql_journal_list(f.date_from, f.date_to, f.tag, f.search, f.mood_id,
					   f.view, &f.page));
}

static enum err create_journal(struct request *req)
{
	struct journal in = { .id = uuid_v7() };

	TRY(body_read(req, &in));
	return reply_created(
		req,
		sql_journal_create(in.id, in.title, in.content, in.entry_date, in.tags, in.mood_id),
		sql_journal_get_same(in.id, in.tags));
}

static enum err get_journal(struct request *req)
{
	return reply_row(req, sql_journal_get(req->id));
}

static enum err update_journal(struct request *req)
{
	struct journal in = { 0 };

	TRY(body_read(req, &in));
	return reply_changed(req,
			     sql_journal_update(req->id, req->body.sent, in.title, in.content,
						in.entry_date, in.tags, in.mood_id, &req->when),
			     sql_journal_get(req->id));
}

static enum err delete_journal(struct request *req)
{
	return reply_deleted(req, sql_journal_delete(req->id, &req->when),
			     sql_journal_get(req->id));
}

static enum err list_tags(struct request *req)
{
	return reply_list(req, sql_journal_tags());
}

static const struct route journals_routes[] = {
	{ GET, "/journals", USER, HANDLER(list_journals), .query = &journal_filters_shape,
	  .answer = &journal_shape, .summary = &journal_summary_shape, .list = "journals",
	  .doc = "List journal entries",
	  .about = "All filters must match, and each of several tags." },
	{ POST, "/journals", USER, HANDLER(create_journal), .stores = true, .body = &journal_shape,
	  .answer = &journal_shape, .creates = true, .max_body_bytes = MAX_JOURNAL_BYTES,
	  .doc = "Write a journal entry", .about = "A day may have several entries." },
	{ GET, "/journals/tags", USER, list_tags, "list_journal_tags", .answer = &tag_shape,
	  .list = "tags", .unpaged = true, .doc = "List the tags in use",
	  .about = "With how many entries have each." },
	{ GET, "/journals/{id}", USER, HANDLER(get_journal), .answer = &journal_shape,
	  .doc = "Read a journal entry" },
	{ PUT | PATCH, "/journals/{id}", USER, HANDLER(update_journal), .stores = true,
	  .body = &journal_shape, .answer = &journal_shape, .merge = true,
	  .max_body_bytes = MAX_JOURNAL_BYTES, .doc = "Change a journal entry" },
	{ DELETE, "/journals/{id}", USER, HANDLER(delete_journal), .status = 204,
	  .doc = "Delete a journal entry" },
};

const struct resource journals_resource = { .name = "journals",
					    .doc = "What a day was about",
					    ROUTES(journals_routes) };

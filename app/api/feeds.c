/* feeds.c -- /users/me/calendar-feed and /feeds: what is due, in other programs' calendars. Those
 * send no token, so the address is the key: 256 random bits, of which the database keeps a digest.
 * A feed is read page by page within one snapshot, so memory stays flat, and its ETag is a digest
 * of all of it. */
#include "sql/feeds.h"

#include <string.h>

#include "app.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/json.h"
#include "daemon/log.h"
#include "feed_entries.h"
#include "ical/ical.h"
#include "ical/zone.h"

enum { SECRET_BYTES = 32, PAGE_TASKS = 20, MAX_TASKS = 5000, REFRESH_H = 1 };
enum { ARENA_BYTES = 65536, KEPT_BYTES = 1 << 18, PATIENCE_MS = 2000 };

#define FEEDS "/api/v1/feeds/"
#define SUFFIX ".ics"
#define MEDIA_TYPE "text/calendar; charset=utf-8"
#define EXAMPLE                                                                                    \
	"https://daybook.example.org" FEEDS "3vYx0mLrN8sQk1ZpWc7uT5aBdE2fGhJ4iKlMnOoPqRs" SUFFIX

static const struct words feed_types = WORDS("FeedType", "event", "todo");

static const struct field state_fields[] = {
	ANSWER("active", KIND_BOOLEAN, .doc = "Whether there is an address that works."),
	ANSWER("created_at", KIND_INSTANT, .nullable = true, .doc = "When it was made."),
};

static const struct field address_fields[] = {
	ANSWER("url", KIND_TEXT, .example = EXAMPLE,
	       .doc = "For the calendar program. It is shown this once."),
	ANSWER("created_at", KIND_INSTANT),
};

static const struct shape state_shape = ANSWER_SHAPE("CalendarFeed", state_fields);
static const struct shape address_shape = ANSWER_SHAPE("CalendarFeedAddress", address_fields);

struct feed_filter {
	const char *type;
};

static const struct field feed_filters[] = {
	FIELD(struct feed_filter, type, .words = &feed_types, .preset = "event",
	      .doc = "`event`: entries that every calendar shows. `todo`: to-dos, for programs "
		     "that keep tasks."),
};

static const struct shape feed_filters_shape = SHAPE(struct feed_filter, NULL, feed_filters);

/* The digest of a feed's name, the last part of its address. */
static const char *digest_name(struct request *req, const char *name)
{
	return db_digest(req->arena, name, strlen(name));
}

static const char *make_name(struct request *req)
{
	uint8_t secret[SECRET_BYTES];
	char text[BASE64URL_CHARS(SECRET_BYTES)];

	random_bytes(secret, sizeof secret);
	size_t len = base64url_encode(secret, sizeof secret, text);
	return arena_printf(req->arena, "%.*s" SUFFIX, (int)len, text);
}

static enum err get_calendar_feed(struct request *req)
{
	return reply_row(req, sql_feed_get());
}

static enum err create_calendar_feed(struct request *req)
{
	const char *home = req->web->config->public_url, *name = make_name(req);
	struct json json = { req->answer.body };
	char created_at[INSTANT_TEXT_BYTES];
	struct result rows;

	if (*home == '\0')
		return refuse(req, ERR_NOT_CONFIGURED);
	TRY(ask(req, sql_feed_make(digest_name(req, name)), &rows));
	instant_format(created_at, result_instant(&rows, 0, "created_at").us);
	answer_header(req, "Location", arena_printf(req->arena, FEEDS "%s", name));
	json_open(&json, NULL, '{');
	json_text(&json, "url", arena_printf(req->arena, "%s" FEEDS "%s", home, name));
	json_text(&json, "created_at", created_at);
	json_close(&json, '}');
	answer_start(req, 201);
	return answer_json(req);
}

static enum err revoke_calendar_feed(struct request *req)
{
	struct result rows;

	TRY(ask(req, sql_feed_revoke(), &rows));
	return answer_empty(req, 204);
}

/* A feed under way. The arena of a page ends with the page. */
struct feed {
	struct request *req;
	struct feed_style style;
	struct arena *page;
	uint8_t digest[SHA256_BYTES]; /* of all that was put so far */
};

/* Appends what was put from `start` on to the digest, and moves it to the disk if it is much. */
static enum err end_part(struct feed *feed, size_t start)
{
	const struct buf *body = feed->req->answer.body;

	hmac_sha256(feed->digest, sizeof feed->digest, body->data + start, body->len - start,
		    feed->digest);
	return answer_spill(feed->req, KEPT_BYTES);
}

/* Puts the tasks behind the last one, whose place moves on; `*count` is how many came. */
static enum err put_page(struct feed *feed, struct instant *due, struct uuid *last, int *count)
{
	struct request *req = feed->req;
	struct query query = sql_feed_tasks(*due, *last, (struct integer){ PAGE_TASKS, true });
	size_t start = req->answer.body->len;
	struct result rows;

	enum err err = db_run(req->db, feed->page, NULL, &query, 1, &rows);
	if (err != OK)
		return ask_failed(req, err);
	*count = rows.row_count;
	for (int row = 0; row < *count; row++)
		feed_put_task(req->answer.body, feed->page, &feed->style, &rows, row);
	if (*count > 0) {
		*due = result_instant(&rows, *count - 1, "due_date");
		*last = result_uuid(&rows, *count - 1, "id");
	}
	arena_reset(feed->page);
	return end_part(feed, start);
}

/* Puts the user's time zone if a task repeats; without one no rule is put. */
static enum err put_zone(struct feed *feed)
{
	struct request *req = feed->req;
	struct query query = sql_feed_zone((struct integer){ MAX_TASKS, true });
	struct result rows;

	enum err err = db_run(req->db, req->arena, NULL, &query, 1, &rows);
	if (err != OK)
		return ask_failed(req, err);
	if (rows.row_count == 0)
		return OK;
	const char *zone = result_text(&rows, 0, "timezone");
	if (zone_put(req->answer.body, zone, req->now))
		feed->style.zone = zone;
	else
		log_event(LEVEL_ERROR, "no_time_zone", "tzdata does not have %s", zone);
	return OK;
}

static enum err put_calendar(struct feed *feed)
{
	struct buf *body = feed->req->answer.body;
	struct instant due = { 0 };
	struct uuid last = { 0 };
	int count = PAGE_TASKS;

	if (!ical_open(body, "Daybook", REFRESH_H)) {
		log_event(LEVEL_ERROR, "no_libical", "calendar feeds need the package libical3");
		return refuse(feed->req, ERR_NOT_CONFIGURED);
	}
	TRY(put_zone(feed));
	TRY(end_part(feed, 0));
	for (int sum = 0; sum < MAX_TASKS && count == PAGE_TASKS; sum += count)
		TRY(put_page(feed, &due, &last, &count));
	ical_close(body);
	return OK;
}

/* An address that is cut, revoked or guessed takes the same way. */
static enum err get_feed(struct request *req)
{
	struct feed_filter in = { 0 };
	struct feed feed = { .req = req };
	struct result row;

	TRY(filter_read(req, &in));
	struct query begin = sql_feed_begin(digest_name(req, req->secret),
					    (struct integer){ PATIENCE_MS, true });
	enum err err = db_begin(req->db, req->arena, DB_SNAPSHOT, NULL, &begin, &row);
	if (err != OK)
		return ask_failed(req, err);
	bool found = result_bool(&row, 0, "_found");
	feed.style.todo = strcmp(in.type, "todo") == 0;
	feed.style.front_end = req->web->config->frontend_url;
	feed.page = arena_new(ARENA_BYTES);
	err = found ? put_calendar(&feed) : OK;
	arena_free(feed.page);
	db_rollback(req->db, req->arena);
	if (err != OK)
		return err;
	return found ? reply_tagged(req, feed.digest, MEDIA_TYPE) : refuse(req, ERR_NOT_FOUND);
}

static const struct route feeds_routes[] = {
	{ GET, "/users/me/calendar-feed", USER, HANDLER(get_calendar_feed), .answer = &state_shape,
	  .doc = "Whether I have a calendar feed",
	  .about = "The address itself is shown when it is made, and never again." },
	{ POST, "/users/me/calendar-feed", USER, HANDLER(create_calendar_feed),
	  .answer = &address_shape, .status = 201, .refusals = { ERR_NOT_CONFIGURED },
	  .doc = "Make the address of my calendar feed",
	  .about = "Whoever knows it reads what is due, without a token. A new one replaces the "
		   "one before, which stops working at once. The answer is kept nowhere: an "
		   "Idempotency-Key is not heeded. 503 `not_configured` where the server does not "
		   "know its own address." },
	{ DELETE, "/users/me/calendar-feed", USER, HANDLER(revoke_calendar_feed), .status = 204,
	  .doc = "Revoke the address of my calendar feed",
	  .about = "It stops working at once. Without one nothing is to be done: 204, too." },
	{ GET, "/feeds/{secret}" SUFFIX, ANYBODY, HANDLER(get_feed), .query = &feed_filters_shape,
	  .media_type = "text/calendar", .digested = true, .slow = true,
	  .refusals = { ERR_NOT_FOUND, ERR_NOT_CONFIGURED }, .doc = "Read a calendar feed",
	  .about = "iCalendar (RFC 5545): the open tasks with a due date, the soonest first, 5000 "
		   "at most. What is due on a day lasts all of it. A task that repeats has its "
		   "rule, "
		   "unless it is counted from its completion. Tasks of archived projects are left "
		   "out. An address that is cut, revoked or guessed is 404." },
};

const struct resource feeds_resource = { .name = "feeds",
					 .doc = "What is due, in other programs' calendars",
					 ROUTES(feeds_routes) };

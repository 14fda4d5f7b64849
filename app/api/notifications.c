/* notifications.c -- /notifications: what a user was told of tasks. daybook-jobs makes them. */
#include "sql/notifications.h"
#include "app.h"
#include "base/json.h"
#include "shapes.h"

enum { MAX_IDS = 200 };

static const struct words types = WORDS("NotificationType", "DEADLINE_APPROACHING", "OVERDUE",
					"REMINDER", "GOOGLE_RECONNECT");
static const struct words orders = WORDS("NotificationOrder", "created_at");

/* Only an import brings one; else daybook-jobs makes them. */
struct notification {
	struct uuid id, task_id;
	const char *type;
	struct instant occasion;
	const char *message;
	struct boolean read;
	struct instant sent_at, created_at;
};

static const struct field notification_fields[] = {
	FIELD(struct notification, id, .access = ACCESS_ON_CREATE, .doc = "Made by the server."),
	FIELD(struct notification, task_id, .access = ACCESS_KEPT, .nullable = true,
	      .example = "01a1fb8d-2361-7873-aba7-17f573155365",
	      .doc = "The task that it is about, if any."),
	FIELD(struct notification, type, .access = ACCESS_KEPT, .required = true, .words = &types),
	FIELD(struct notification, occasion, .access = ACCESS_KEPT,
	      .doc = "The moment that it is about. A task that is due on a day has 00:00 UTC of "
		     "that."),
	FIELD(struct notification, message, .access = ACCESS_KEPT, .required = true, .min = 1,
	      .max = 1000, .example = "Pay rent is due on Friday, 27 November 2026 17:00",
	      .doc = "In English, with the time of the user's zone."),
	FIELD(struct notification, read, .access = ACCESS_KEPT),
	FIELD(struct notification, sent_at, .access = ACCESS_KEPT, .nullable = true,
	      .doc = "When it was mailed, if it was."),
	FIELD(struct notification, created_at, .access = ACCESS_KEPT),
};

const struct shape notification_shape =
	SHAPE(struct notification, "Notification", notification_fields);

struct notification_filter {
	struct boolean read;
	struct strings type;
	struct page page;
};

static const struct field filter_fields[] = {
	FIELD(struct notification_filter, read, .doc = "Only those that were read, or were not."),
	FIELD(struct notification_filter, type, .words = &types, .min_items = 1, .max_items = 50,
	      .doc = "Only these types."),
	PAGE_FIELDS(struct notification_filter, orders, "created_at", "desc"),
};

static const struct shape filter_shape = SHAPE(struct notification_filter, NULL, filter_fields);

struct mark {
	struct boolean read;
};

static const struct field mark_fields[] = {
	FIELD(struct mark, read, .preset = "true", .example = "true",
	      .doc = "Whether it is read from now on."),
};

static const struct shape mark_shape = SHAPE(struct mark, "NotificationMark", mark_fields);

struct marks {
	struct strings ids;
};

static const struct field marks_fields[] = {
	FIELD(struct marks, ids, .required = true, .min_items = 1, .max_items = MAX_IDS,
	      .format = &format_uuid, .example = "[\"01a1fb8d-2361-7873-aba7-17f573155365\"]",
	      .doc = "Those that are not the user's, or are gone, are left out."),
};

static const struct shape marks_shape = SHAPE(struct marks, "NotificationMarks", marks_fields);

static const struct field updated_fields[] = {
	ANSWER("updated", KIND_INTEGER, .doc = "How many were marked just now."),
};

static const struct shape updated_shape = ANSWER_SHAPE("MarkedNotifications", updated_fields);

static const struct field unread_fields[] = {
	ANSWER("unread_count", KIND_INTEGER),
};

static const struct shape unread_shape = ANSWER_SHAPE("UnreadNotifications", unread_fields);

static enum err list_notifications(struct request *req)
{
	struct notification_filter filter = { 0 };

	TRY(filter_read_page(req, &filter));
	return reply_page(req, &filter.page,
			  sql_notification_list(filter.read, filter.type, &filter.page));
}

static enum err count_notifications(struct request *req)
{
	return reply_row(req, sql_notification_unread());
}

static enum err mark_notification(struct request *req)
{
	struct mark in = { 0 };

	TRY(body_read(req, &in));
	return reply_row(req, sql_notification_mark(req->id, in.read));
}

static enum err mark_notifications(struct request *req)
{
	struct marks in = { 0 };

	TRY(body_read(req, &in));
	return reply_row(req, sql_notification_mark_some(in.ids));
}

static enum err mark_all_notifications(struct request *req)
{
	return reply_row(req, sql_notification_mark_all());
}

static enum err delete_notification(struct request *req)
{
	return reply_deleted(req, sql_notification_delete(req->id), sql_notification_get(req->id));
}

static const struct route notifications_routes[] = {
	{ GET, "/notifications", USER, HANDLER(list_notifications), .query = &filter_shape,
	  .answer = &notification_shape, .list = "notifications", .doc = "List notifications",
	  .about = "The newest come first." },
	{ GET, "/notifications/unread-count", USER, HANDLER(count_notifications),
	  .answer = &unread_shape, .doc = "Count the unread notifications",
	  .about = "For the number beside a bell." },
	{ PATCH, "/notifications/{id}/read", USER, HANDLER(mark_notification), .body = &mark_shape,
	  .optional_body = true, .answer = &notification_shape,
	  .doc = "Mark a notification as read, or as unread",
	  .about = "Without a body it is read." },
	{ POST, "/notifications/read", USER, HANDLER(mark_notifications), .body = &marks_shape,
	  .answer = &updated_shape, .doc = "Mark some notifications as read",
	  .about = "Those that were unread until now are counted." },
	{ POST, "/notifications/read-all", USER, HANDLER(mark_all_notifications),
	  .answer = &updated_shape, .doc = "Mark all notifications as read",
	  .about = "Those that were unread until now are counted." },
	{ DELETE, "/notifications/{id}", USER, HANDLER(delete_notification), .status = 204,
	  .doc = "Delete a notification", .about = "The same occasion is not told again." },
};

const struct resource notifications_resource = { .name = "notifications",
						 .doc = "What one was told of tasks",
						 ROUTES(notifications_routes) };

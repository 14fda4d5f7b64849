/* preferences.c -- /users/me/preferences: what a user wants to be told, and whether by mail. */
#include "sql/preferences.h"
#include "app.h"
#include "shapes.h"

struct types {
	struct boolean deadline_approaching, overdue, reminder;
};

struct preferences {
	struct boolean email_notifications;
	const char *deadline_threshold;
	struct types notification_types;
	struct integer version;
};

static const struct words thresholds = WORDS("DeadlineThreshold", "24h", "48h", "1w");

static const struct field type_fields[] = {
	FIELD_AS("DEADLINE_APPROACHING", struct types, deadline_approaching, .example = "true"),
	FIELD_AS("OVERDUE", struct types, overdue, .example = "true"),
	FIELD_AS("REMINDER", struct types, reminder, .example = "true"),
};

static const struct shape type_shape = SHAPE(struct types, "NotificationTypes", type_fields);

#define TYPES_EXAMPLE "{\"DEADLINE_APPROACHING\":true,\"OVERDUE\":true,\"REMINDER\":false}"

static const struct field preference_fields[] = {
	FIELD(struct preferences, email_notifications, .example = "true",
	      .doc = "Whether notifications are mailed, too. Unsubscribing turns it off."),
	FIELD(struct preferences, deadline_threshold, .words = &thresholds, .example = "48h",
	      .doc = "How long before its end a task is said to be due soon."),
	/* What was sent of it has names such as notification_types.OVERDUE. */
	{ .name = "notification_types",
	  .kind = KIND_OBJECT,
	  .offset = offsetof(struct preferences, notification_types),
	  .shape = &type_shape,
	  .example = TYPES_EXAMPLE,
	  .doc = "Which notifications there are; each is changed by itself." },
	FIELD(struct preferences, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
};

const struct shape preferences_shape = SHAPE(struct preferences, "Preferences", preference_fields);

static enum err get_preferences(struct request *req)
{
	return reply_row(req, sql_preference_get());
}

/* Who has changed nothing yet has no row, so it is made first; it reads as before. */
static enum err update_preferences(struct request *req)
{
	struct preferences in = { 0 };
	const struct types *types = &in.notification_types;
	struct result none;

	TRY(body_read(req, &in));
	TRY(ask(req, sql_preference_make(), &none));
	return reply_changed(req,
			     sql_preference_update(req->body.sent, in.email_notifications,
						   in.deadline_threshold,
						   types->deadline_approaching, types->overdue,
						   types->reminder, &req->when),
			     sql_preference_get());
}

static const struct route preferences_routes[] = {
	{ GET, "/users/me/preferences", USER, HANDLER(get_preferences),
	  .answer = &preferences_shape, .doc = "Read what I want to be told",
	  .about = "Notifications of three types, and whether they are mailed, too." },
	{ PUT | PATCH, "/users/me/preferences", USER, HANDLER(update_preferences),
	  .body = &preferences_shape, .answer = &preferences_shape, .merge = true,
	  .doc = "Change what I want to be told",
	  .about = "By default everything is on, and tasks are due soon a day before their end." },
};

const struct resource preferences_resource = { .name = "users", ROUTES(preferences_routes) };

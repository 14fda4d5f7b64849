/* changes.c -- /changes: what was written and deleted since a client has looked last, for copies
 * that also work offline. */
#include "app.h"
#include "change_cursor.h"
#include "change_walk.h"
#include "shapes.h"

enum { CHANGE_MAX_LIMIT = 200 };

#define CHANGE_SHAPE(kind, text, word, of)                                                         \
	static const struct words kind##_type = WORDS(text "Type", word);                          \
	static const struct field kind##_fields[] = {                                              \
		ANSWER("type", KIND_TEXT, .words = &kind##_type),                                  \
		ANSWER("id", KIND_UUID),                                                           \
		ANSWER("deleted", KIND_BOOLEAN, .doc = "Then there is no `resource`."),            \
		ANSWER("resource", KIND_OBJECT, .shape = of, .optional = true),                    \
	};                                                                                         \
	static const struct shape kind##_shape = ANSWER_SHAPE(text, kind##_fields)

CHANGE_SHAPE(task_change, "TaskChange", "task", &task_shape);
CHANGE_SHAPE(project_change, "ProjectChange", "project", &project_shape);
CHANGE_SHAPE(category_change, "CategoryChange", "category", &category_shape);
CHANGE_SHAPE(journal_change, "JournalChange", "journal", &journal_shape);
CHANGE_SHAPE(mood_change, "MoodChange", "mood", &mood_shape);
CHANGE_SHAPE(user_change, "UserChange", "user", &user_shape);
CHANGE_SHAPE(notification_change, "NotificationChange", "notification", &notification_shape);
CHANGE_SHAPE(preferences_change, "PreferencesChange", "preferences", &preferences_shape);

static const struct shape *const change_shapes[] = {
	&task_change_shape,	    &project_change_shape,     &category_change_shape,
	&journal_change_shape,	    &mood_change_shape,	       &user_change_shape,
	&notification_change_shape, &preferences_change_shape, NULL,
};

static const struct shape change_shape = { .name = "Change", .variants = change_shapes };

static const struct field page_fields[] = {
	ANSWER("changes", KIND_OBJECTS, .shape = &change_shape,
	       .doc = "Each resource once at most in a walk."),
	ANSWER("next_cursor", KIND_TEXT,
	       .example = "p4N0q2uUuT0m3Zl6c1bXh8sWJv5yEo7aKdRgFiLtBnMzQxVwCeHj",
	       .doc = "What to send as `since` the next time, now or in a month."),
	ANSWER("has_more", KIND_BOOLEAN, .doc = "Whether there is more at once."),
};

static const struct shape page_shape = ANSWER_SHAPE("Changes", page_fields);

static const struct field changes_filters[] = {
	FIELD(struct change_filter, since, .min = 1, .max = CHANGE_CURSOR_MAX_CHARS,
	      .format = &filter_cursor_format,
	      .doc = "The `next_cursor` of the answer before. Without it the whole present state "
		     "comes."),
	FIELD(struct change_filter, limit, .min = 1, .max = CHANGE_MAX_LIMIT, .preset = "50",
	      .doc = "How many at most."),
};

static const struct shape changes_filters_shape =
	SHAPE(struct change_filter, NULL, changes_filters);

static enum err list_changes(struct request *req)
{
	struct change_filter in = { 0 };

	TRY(filter_read(req, &in));
	return change_walk_reply(req, &in);
}

static const struct route changes_routes[] = {
	{ GET, "/changes", USER, HANDLER(list_changes), .query = &changes_filters_shape,
	  .answer = &page_shape, .digested = true,
	  .refusals = { ERR_INVALID_CURSOR, ERR_CURSOR_EXPIRED },
	  .doc = "What has changed since the last time",
	  .about =
		  "For a client that keeps a copy of everything: without `since` the whole present "
		  "state, with it what was written or deleted since, so one loop serves both. A "
		  "resource that changed several times comes once, as it is now. What goes along "
		  "with a deletion comes too: the tasks of a project, and tasks and entries that "
		  "lost their category or mood. A project's or category's counts are no change of "
		  "it: count yourself. An answer has 4 MiB at most, and then fewer changes. 410 "
		  "`cursor_expired`: begin again without `since`; that is so after 90 days, and "
		  "when "
		  "the database was restored." },
};

const struct resource changes_resource = { .name = "changes",
					   .doc = "Everything that changes, in one loop",
					   ROUTES(changes_routes) };

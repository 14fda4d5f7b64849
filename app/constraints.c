/* constraints.c -- what a violated constraint of the database means to a client. Uniqueness and
 * ownership are tested there and nowhere else. */
#include "app.h"
#include "sql/categories.h"
#include "sql/moods.h"
#include "sql/projects.h"

#define TAKEN                                                                                      \
	{                                                                                          \
		FAULT_TAKEN                                                                        \
	}
#define NOT_ONE_OF_YOUR(rows)                                                                      \
	{                                                                                          \
		FAULT_NOT_YOURS, "is not one of your " rows                                        \
	}
#define WRONG_TAGS                                                                                 \
	{                                                                                          \
		FAULT_LENGTH, "must be at most 20 texts of 1 to 50 characters", .min = "1",        \
										.max = "50"        \
	}
#define NEEDED_TO_REPEAT                                                                           \
	{                                                                                          \
		FAULT_REQUIRED, "is needed by a task that repeats"                                 \
	}
#define NOT_ONCE_DONE                                                                              \
	{                                                                                          \
		FAULT_CONFLICT, "must be null for a task that is done", .with = "status"           \
	}

const struct constraint constraints[] = {
	{ "users_email_key", ERR_EMAIL_TAKEN, "email", TAKEN },
	{ "users_email_check", ERR_UNAUTHORIZED }, /* a token of another issuer */
	{ "users_username_key", ERR_USERNAME_TAKEN, "username", TAKEN },
	{ "users_timezone_fkey", ERR_VALIDATION, "timezone", NO_TIMEZONE },
	{ "categories_name_key", ERR_NAME_TAKEN, "name", TAKEN },
	{ "tasks_project_fkey", ERR_VALIDATION, "project_id", NOT_ONE_OF_YOUR("projects"),
	  .target = sql_project_exists },
	{ "tasks_category_fkey", ERR_VALIDATION, "category_id", NOT_ONE_OF_YOUR("categories"),
	  .target = sql_category_exists },
	{ "tasks_recurrence_due_check", ERR_VALIDATION, "due_date", NEEDED_TO_REPEAT },
	{ "tasks_recurrence_open", ERR_VALIDATION, "recurrence", NOT_ONCE_DONE },
	/* Two tasks that were appended at once drew the same random digits: try again. */
	{ "tasks_place", ERR_UNAVAILABLE },
	{ "place_cursor", ERR_INVALID_CURSOR },
	{ "journals_mood_fkey", ERR_VALIDATION, "mood_id", NOT_ONE_OF_YOUR("moods"),
	  .target = sql_mood_exists },
	{ "journals_tags_check", ERR_VALIDATION, "tags", WRONG_TAGS },
	/* The account was deleted after the request had begun. */
	{ "tasks_user_id_fkey", ERR_SESSION_REVOKED },
	{ "projects_user_id_fkey", ERR_SESSION_REVOKED },
	{ "categories_user_id_fkey", ERR_SESSION_REVOKED },
	{ "moods_user_id_fkey", ERR_SESSION_REVOKED },
	{ "journals_user_id_fkey", ERR_SESSION_REVOKED },
	{ "board_generations_user_id_fkey", ERR_SESSION_REVOKED },
	{ "idempotency_keys_user_id_fkey", ERR_SESSION_REVOKED },
	{ "calendar_feeds_user_id_fkey", ERR_SESSION_REVOKED },
	{ "deletions_user_id_fkey", ERR_SESSION_REVOKED },
	{ "stored_bytes_user_id_fkey", ERR_SESSION_REVOKED },
	{ "preferences_user_id_fkey", ERR_SESSION_REVOKED },
	{ "notifications_user_id_fkey", ERR_SESSION_REVOKED },
	{ "outbox_user_id_fkey", ERR_SESSION_REVOKED },
	{ "mail_tokens_user_id_fkey", ERR_SESSION_REVOKED },
	{ "sessions_user_id_fkey", ERR_INVALID_CREDENTIALS },
	{ .name = NULL },
};

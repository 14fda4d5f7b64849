/* constraints.c -- what a violated constraint of the database means to a client. Uniqueness and
 * ownership are tested there and nowhere else. */
#include "app.h"

const struct constraint constraints[] = {
	{ "users_email_key", ERR_EMAIL_TAKEN, "email", "is already in use" },
	{ "users_email_check", ERR_UNAUTHORIZED, NULL, NULL }, /* a token of another issuer */
	{ "users_username_key", ERR_USERNAME_TAKEN, "username", "is already in use" },
	{ "users_timezone_fkey", ERR_VALIDATION, "timezone",
	  "must be an IANA time zone, such as Europe/Berlin" },
	{ "categories_name_key", ERR_NAME_TAKEN, "name", "is already in use" },
	{ "tasks_project_fkey", ERR_VALIDATION, "project_id", "is not one of your projects" },
	{ "tasks_category_fkey", ERR_VALIDATION, "category_id", "is not one of your categories" },
	/* Two tasks that were appended at once drew the same random digits: try again. */
	{ "tasks_place", ERR_UNAVAILABLE, NULL, NULL },
	{ "place_cursor", ERR_INVALID_CURSOR, NULL, NULL },
	{ "journals_mood_fkey", ERR_VALIDATION, "mood_id", "is not one of your moods" },
	{ "journals_tags_check", ERR_VALIDATION, "tags",
	  "must be at most 20 texts of 1 to 50 characters" },
	/* The account was deleted after the request had begun. */
	{ "tasks_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "projects_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "categories_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "moods_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "journals_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "board_generations_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "idempotency_keys_user_id_fkey", ERR_SESSION_REVOKED, NULL, NULL },
	{ "sessions_user_id_fkey", ERR_INVALID_CREDENTIALS, NULL, NULL },
	{ .name = NULL },
};

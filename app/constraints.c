/* constraints.c -- what a violated constraint of the database means to a client. Uniqueness and
 * ownership are tested there and nowhere else. */
#include "app.h"

const struct constraint constraints[] = {
	{ "users_email_key", ERR_EMAIL_TAKEN, "email", "is already in use" },
	{ "users_username_key", ERR_USERNAME_TAKEN, "username", "is already in use" },
	{ "users_timezone_fkey", ERR_VALIDATION, "timezone",
	  "must be an IANA time zone, such as Europe/Berlin" },
	{ .name = NULL },
};

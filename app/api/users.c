/* users.c -- /users/me: the profile, and the end of an account. */
#include "shapes.h"

#include <strings.h>

#include "app.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "net/envelope.h"
#include "sql/auth.h"
#include "sql/users.h"

struct user {
	const char *email, *current_password, *username, *name, *timezone;
	struct integer version;
};

/* Those of another issuer's users may be wider than what /auth/register takes. */
static const struct text_format format_present_email = { .openapi = "email", .trimmed = true };

static const struct field user_fields[] = {
	ANSWER("id", KIND_UUID),
	FIELD(struct user, email, .min = 3, .max = 254, .format = &format_present_email,
	      .example = "ada@example.com",
	      .doc = "A new one takes the current password, and stays `pending_email` until "
		     "its link is used."),
	ANSWER("pending_email", KIND_TEXT, .nullable = true,
	       .doc = "The address that is to be, once its link is used."),
	FIELD(struct user, current_password, .access = ACCESS_WRITE_ONLY,
	      .example = "Correct-Horse-7", .doc = "For a new address."),
	FIELD(struct user, username, .min = 3, .max = 30, .format = &format_username,
	      .example = "ada"),
	FIELD(struct user, name, .nullable = true, .min = 1, .max = 100, .example = "Ada Lovelace"),
	FIELD(struct user, timezone, .min = 1, .max = 64, .format = &format_timezone,
	      .example = "Europe/London", .doc = "An IANA time zone."),
	ANSWER("email_verified", KIND_BOOLEAN),
	FIELD(struct user, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
};

const struct shape user_shape = SHAPE(struct user, "User", user_fields);

struct farewell {
	const char *password;
};

static const struct field farewell_fields[] = {
	FIELD(struct farewell, password, .required = true, .example = "Correct-Horse-7",
	      .doc = "The current one."),
};

static const struct shape farewell_shape =
	SHAPE(struct farewell, "AccountDeletion", farewell_fields);

static enum err get_user(struct request *req)
{
	return reply_row(req, sql_user_get());
}

/* The row decides: another issuer's user may have got a new address there, which the token says. */
static enum err wants_new_email(struct request *req, const char *email, bool *wanted)
{
	struct result rows;

	TRY(ask(req, sql_user_get(), &rows));
	if (rows.row_count == 0)
		return ask_missing(req);
	*wanted = strcasecmp(email, result_text(&rows, 0, "email")) != 0;
	return OK;
}

/* Finds all that is wrong with a change, where one fault is known already or several constraints
 * may refuse it. The database would only name the first. */
static enum err check_profile(struct request *req, const struct user *in)
{
	struct result rows;

	if (req->faults.count == 0 && !(in->username && in->timezone) && !in->email)
		return OK;
	TRY(ask(req, sql_user_faults(in->username, in->timezone), &rows));
	if (note_account_faults(req, &rows))
		return refuse_noted(req, ERR_USERNAME_TAKEN);
	return refuse_faults(req);
}

enum { FRESH_TOKEN_S = 300 };

/* A user of another issuer has no password here, and logs in there anew. */
static enum err confirm_user(struct request *req, const char *field, const char *password)
{
	if (req->scope.session.set && !password)
		return refuse_field(req, ERR_VALIDATION, field, (struct fault){ FAULT_REQUIRED });
	if (req->scope.session.set)
		return confirm_password(req, field, password);
	if (req->now.us / 1000000 - req->token_issued_s <= FRESH_TOKEN_S)
		return OK;
	return refuse_saying(req, ERR_FORBIDDEN,
			     "this needs a token that is at most 5 minutes old");
}

/* The first thing that is wrong with a new address. Each costs a mail to somebody who may never
 * have heard of us, so they are counted as those that are sent once more. */
static enum err check_new_email(struct request *req, const struct user *in)
{
	struct query queries[2] = { sql_auth_faults(in->email, NULL, NULL) };
	struct result results[2];
	char user[UUID_TEXT_BYTES];

	if (!*req->web->config->mail_url)
		return refuse(req, ERR_NOT_CONFIGURED);
	if (!envelope_is_address(in->email))
		return refuse_field(req, ERR_VALIDATION, "email",
				    (struct fault){ FAULT_FORMAT, "must be an email address",
						    .format = "email" });
	TRY(confirm_user(req, "current_password", in->current_password));
	uuid_format(user, req->scope.user.bytes);
	size_t limits =
		limit_query(&req->web->config->limit_resend_account, "resend", user, queries + 1);
	TRY(ask_all(req, queries, limits + 1, results));
	TRY(check_limits(req, results + 1, limits));
	return note_account_faults(req, &results[0]) ? refuse_noted(req, ERR_EMAIL_TAKEN) : OK;
}

/* Only the role that sees passwords may ask for another address. */
static enum err ask_new_email(struct request *req, const struct user *in)
{
	struct log_line line;
	struct result rows;

	ask_role(req, true);
	TRY(check_new_email(req, in));
	TRY(ask(req, sql_user_ask_email(in->email, &req->when), &rows));
	if (rows.row_count == 0 || !result_bool(&rows, 0, "_done"))
		return reply_unchanged(req, sql_user_get());
	ask_role(req, false);
	audit_begin(req, &line, "email_change_requested");
	log_end(&line);
	return OK;
}

/* The rest of a change that brings a new address has no conditions any more: they held. */
static enum err update_user(struct request *req)
{
	struct user in = { 0 };
	bool new_email = false;

	TRY(body_note(req, &in));
	TRY(check_profile(req, &in));
	if (in.email)
		TRY(wants_new_email(req, in.email, &new_email));
	if (new_email) {
		TRY(ask_new_email(req, &in));
		req->when = (struct precondition){ 0 };
	}
	if (new_email && !in.username && !in.timezone && !body_has(req, "name"))
		return reply_row(req, sql_user_get());
	return reply_changed(
		req, sql_user_update(req->body.sent, in.username, in.name, in.timezone, &req->when),
		sql_user_get());
}

static enum err confirm_farewell(struct request *req)
{
	struct farewell in = { 0 };

	if (req->scope.session.set)
		TRY(body_read(req, &in));
	return confirm_user(req, "password", in.password);
}

static enum err delete_user(struct request *req)
{
	struct log_line line;
	struct result rows;

	TRY(confirm_farewell(req));
	TRY(ask(req, sql_user_delete(&req->when), &rows));
	if (rows.row_count == 0)
		return reply_unchanged(req, sql_user_get());
	audit_begin(req, &line, "account_deleted");
	log_end(&line);
	return answer_empty(req, 204);
}

static const struct route users_routes[] = {
	{ GET, "/users/me", USER, get_user, "get_profile", .answer = &user_shape,
	  .doc = "Read the profile" },
	{ PUT | PATCH, "/users/me", USER, update_user, "update_profile", .body = &user_shape,
	  .answer = &user_shape, .merge = true,
	  .refusals = { ERR_USERNAME_TAKEN, ERR_EMAIL_TAKEN, ERR_INVALID_PASSWORD, ERR_FORBIDDEN,
			ERR_NOT_CONFIGURED },
	  .doc = "Change the profile",
	  .about = "The time zone decides where days begin and end. A new address takes the "
		   "current password, or of a user of another issuer a token that is at most 5 "
		   "minutes old. It gets a mail with a link, and becomes the address when that is "
		   "used; the old one is told." },
	{ DELETE, "/users/me", USER, delete_user, "delete_account", .password = true,
	  .body = &farewell_shape, .status = 204,
	  .refusals = { ERR_INVALID_PASSWORD, ERR_FORBIDDEN },
	  .doc = "Delete the account with everything in it",
	  .about = "Everything of the account is gone at once, and nothing brings it back. A "
		   "user of another issuer sends no body, but a token that is at most 5 "
		   "minutes old." },
};

const struct resource users_resource = { .name = "users",
					 .doc = "The profile, and the end of an account",
					 ROUTES(users_routes) };

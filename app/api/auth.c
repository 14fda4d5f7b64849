/* auth.c -- /auth: register, change the password. */
#include "sql/auth.h"

#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "shapes.h"
#include "sql/users.h"

struct registration {
	const char *email, *username, *password, *name, *timezone;
};

static const struct field registration_fields[] = {
	FIELD(struct registration, email, .required = true, .min = 3, .max = 254,
	      .format = &format_email, .example = "ada@example.com",
	      .doc = "Unique regardless of case."),
	FIELD(struct registration, username, .required = true, .min = 3, .max = 30,
	      .format = &format_username, .example = "ada", .doc = "Unique regardless of case."),
	FIELD(struct registration, password, .required = true, .format = &format_password,
	      .example = "Correct-Horse-7",
	      .doc = "8 characters to 72 bytes: upper case, lower case, a digit and a symbol."),
	FIELD(struct registration, name, .nullable = true, .min = 1, .max = 100,
	      .example = "Ada Lovelace"),
	FIELD(struct registration, timezone, .min = 1, .max = 64, .format = &format_timezone,
	      .preset = "UTC", .example = "Europe/London",
	      .doc = "The IANA name of the zone in which days begin."),
};

struct password_change {
	const char *current_password, *new_password;
};

static const struct field password_change_fields[] = {
	FIELD(struct password_change, current_password, .required = true,
	      .example = "Correct-Horse-7"),
	FIELD(struct password_change, new_password, .required = true, .format = &format_password,
	      .example = "Better-Battery-8"),
};

static const struct shape registration_shape =
	SHAPE(struct registration, "Registration", registration_fields);
static const struct shape password_change_shape =
	SHAPE(struct password_change, "PasswordChange", password_change_fields);

/* Finds what else is wrong with a registration, and counts the attempt. One that is wrong anyway
 * counts apart: it makes no account, but tells whose addresses are here. */
static enum err check_registration(struct request *req, const struct registration *in)
{
	const struct limit *limit = &req->web->config->limit_register_address;
	bool wrong = req->faults.count > 0;
	struct query queries[2];
	struct result results[2];

	size_t limits = limit_query(limit, wrong ? "register_wrong" : "register", limit_client(req),
				    queries);
	queries[limits] = sql_auth_faults(in->email, in->username, in->timezone);
	TRY(ask_all(req, queries, limits + 1, results));
	if (wrong && limits > 0 && result_integer(&results[0], 0, "_wait_s").value > 0)
		return refuse_faults(req);
	TRY(check_limits(req, results, limits));
	if (!note_account_faults(req, &results[limits]))
		return refuse_faults(req);
	bool email = strcmp(result_text(&results[limits], 0, "_field"), "email") == 0;
	return refuse_noted(req, email ? ERR_EMAIL_TAKEN : ERR_USERNAME_TAKEN);
}

static enum err register_user(struct request *req)
{
	struct registration in = { 0 };
	struct result rows;
	char hash[PASSWORD_HASH_BYTES];

	if (req->web->config->registration == REGISTRATION_CLOSED)
		return refuse(req, ERR_REGISTRATION_CLOSED);
	TRY(body_note(req, &in));
	judge_password(req, "password", in.password,
		       &(struct owner){ in.email, in.username, in.name });
	TRY(check_registration(req, &in));
	if (!password_hash(in.password, req->web->config->bcrypt_cost, hash))
		return refuse(req, ERR_INTERNAL);
	TRY(ask(req,
		sql_auth_register(uuid_v7(), in.email, in.username, in.name, in.timezone, hash,
				  mails_are_sent(req)),
		&rows));
	answer_header(req, "Location", "/api/v1/users/me");
	return reply_with_row(req, 201, &rows);
}

static enum err judge_own_password(struct request *req, const char *password)
{
	struct result row;

	TRY(ask(req, sql_user_get(), &row));
	if (row.row_count == 0)
		return ask_missing(req);
	judge_password(req, "new_password", password,
		       &(struct owner){ result_text(&row, 0, "email"),
					result_text(&row, 0, "username"),
					result_text(&row, 0, "name") });
	return refuse_faults(req);
}

static enum err change_password(struct request *req)
{
	struct password_change in = { 0 };
	struct result rows;
	char hash[PASSWORD_HASH_BYTES];
	struct log_line line;

	TRY(body_read(req, &in));
	TRY(confirm_password(req, "current_password", in.current_password));
	TRY(judge_own_password(req, in.new_password));
	if (!password_hash(in.new_password, req->web->config->bcrypt_cost, hash))
		return refuse(req, ERR_INTERNAL);
	TRY(ask(req, sql_auth_change_password(hash, req->scope.session, mails_are_sent(req)),
		&rows));
	audit_begin(req, &line, "password_changed");
	log_end(&line);
	return answer_empty(req, 204);
}

static const struct route auth_routes[] = {
	{ POST, "/auth/register", ANYBODY, HANDLER(register_user), .password = true,
	  .body = &registration_shape, .answer = &user_shape, .creates = true,
	  .refusals = { ERR_EMAIL_TAKEN, ERR_USERNAME_TAKEN, ERR_REGISTRATION_CLOSED },
	  .doc = "Make an account",
	  .about = "A password has at least 8 characters and at most 72 bytes, among them an "
		   "upper-case letter, a lower-case letter, a digit and a symbol, and is not easy "
		   "to "
		   "guess. A mail asks whether the address is the user's. Log in to get tokens." },
	{ POST, "/auth/change-password", USER, HANDLER(change_password), .password = true,
	  .own_session = true, .body = &password_change_shape, .status = 204,
	  .refusals = { ERR_INVALID_PASSWORD }, .doc = "Change the password; other sessions end",
	  .about = "Attempts are limited like those to log in. This session stays." },
};

const struct resource auth_resource = { .name = "auth",
					.doc = "Registering, logging in and out, passwords",
					ROUTES(auth_routes) };

/* account.c -- /auth: addresses that are confirmed, passwords that were forgotten, mails that are
 * not wanted any more. What a link does is in app/account.c. */
#include "account.h"

#include "app.h"
#include "base/json.h"
#include "daemon/log.h"
#include "settings.h"
#include "shapes.h"
#include "sql/account.h"

#define LINK_EXAMPLE "AZ-8k2bXcY2uJ0m4vQ3n5cVtS1hZ9pKdYw7rEoGfLxNbMqIaCjUeTzHsPvRkDgWy"

struct token {
	const char *token;
};

static const struct field token_fields[] = {
	FIELD(struct token, token, .required = true, .min = 1, .max = 200, .example = LINK_EXAMPLE,
	      .doc = "What the link of the mail has behind `token=`."),
};

static const struct shape token_shape = SHAPE(struct token, "LinkToken", token_fields);

struct reset_request {
	const char *email;
};

/* Whatever cannot be an address is one that nobody has. */
static const struct text_format format_any_address = { .trimmed = true };

static const struct field reset_request_fields[] = {
	FIELD(struct reset_request, email, .required = true, .format = &format_any_address,
	      .example = "ada@example.com"),
};

static const struct shape reset_request_shape =
	SHAPE(struct reset_request, "PasswordResetRequest", reset_request_fields);

struct reset {
	const char *token, *new_password;
};

static const struct field reset_fields[] = {
	FIELD(struct reset, token, .required = true, .min = 1, .max = 200, .example = LINK_EXAMPLE),
	FIELD(struct reset, new_password, .required = true, .format = &format_password,
	      .example = "Better-Battery-8"),
};

static const struct shape reset_shape = SHAPE(struct reset, "PasswordReset", reset_fields);

static const struct field message_fields[] = {
	ANSWER("message", KIND_TEXT, .example = "Reset email sent"),
};

static const struct shape message_shape = ANSWER_SHAPE("Message", message_fields);

static enum err reply_message(struct request *req, const char *message)
{
	struct json json = { req->answer.body };

	answer_start(req, 200);
	json_open(&json, NULL, '{');
	json_text(&json, "message", message);
	json_close(&json, '}');
	return answer_json(req);
}

static enum err verify_email(struct request *req)
{
	struct token in = { 0 };
	struct result user;

	TRY(body_read(req, &in));
	TRY(account_confirm_address(req, in.token, &user));
	return reply_with_row(req, 200, &user);
}

static enum err unsubscribe(struct request *req)
{
	struct token in = { 0 };

	TRY(body_read(req, &in));
	TRY(account_unsubscribe(req, in.token));
	return answer_empty(req, 204);
}

static struct integer whole(int value)
{
	return (struct integer){ value, true };
}

/* The answer comes before the mail: daybook-jobs sends it. */
static enum err resend_verification(struct request *req)
{
	const struct limit *limit = &req->web->config->limit_resend_account;
	struct result row;

	if (!mails_are_sent(req).value)
		return refuse(req, ERR_NOT_CONFIGURED);
	TRY(ask(req, sql_account_request_verification(whole(limit->count), whole(limit->window_s)),
		&row));
	TRY(check_limits(req, &row, 1));
	return answer_empty(req, 202);
}

/* The same work and the same answer for every address: nobody looks here whose it is. */
static enum err request_reset(struct request *req)
{
	const struct limit *email = &req->web->config->limit_reset_email;
	const struct limit *client = &req->web->config->limit_reset_address;
	struct reset_request in = { 0 };
	struct log_line line;
	struct result row;

	if (!mails_are_sent(req).value)
		return refuse(req, ERR_NOT_CONFIGURED);
	TRY(body_read(req, &in));
	TRY(ask(req,
		sql_account_request_reset(possible_address(in.email), limit_client(req),
					  whole(email->count), whole(email->window_s),
					  whole(client->count), whole(client->window_s)),
		&row));
	TRY(check_limits(req, &row, 1));
	audit_begin(req, &line, "reset_requested");
	log_end(&line);
	return reply_message(req, "Reset email sent");
}

/* A token that is good for nothing is refused before a password is hashed. */
static enum err confirm_reset(struct request *req)
{
	struct reset in = { 0 };
	struct link link;

	TRY(body_read(req, &in));
	TRY(account_read_link(req, in.token, &link));
	TRY(account_judge_reset(req, &link, in.new_password));
	TRY(refuse_faults(req));
	TRY(account_reset_password(req, &link, in.new_password));
	return reply_message(req, "Password updated successfully");
}

static const struct route account_routes[] = {
	{ POST, "/auth/verify-email", ANYBODY, HANDLER(verify_email), .body = &token_shape,
	  .answer = &user_shape, .refusals = { ERR_INVALID_TOKEN, ERR_EMAIL_TAKEN },
	  .doc = "Confirm an address by the link of its mail",
	  .about = "It takes the link of a new address, too, which is the user's from then on." },
	{ POST, "/auth/verify-email/resend", USER, HANDLER(resend_verification), .status = 202,
	  .refusals = { ERR_NOT_CONFIGURED }, .doc = "Send the mail with that link once more",
	  .about = "Without a mail if the address is confirmed and no other is to be." },
	{ POST, "/auth/reset-password/request", ANYBODY, request_reset, "request_password_reset",
	  .body = &reset_request_shape, .answer = &message_shape,
	  .refusals = { ERR_NOT_CONFIGURED }, .doc = "Ask for a mail that lets choose a password",
	  .about = "The answer is the same for an address that nobody has here." },
	{ POST, "/auth/reset-password/confirm", ANYBODY, confirm_reset, "reset_password",
	  .password = true, .body = &reset_shape, .answer = &message_shape,
	  .refusals = { ERR_INVALID_TOKEN }, .doc = "Choose a password by the link of that mail",
	  .about = "All sessions end." },
	{ POST, "/auth/unsubscribe", ANYBODY, unsubscribe, "unsubscribe_mails",
	  .body = &token_shape, .status = 204, .refusals = { ERR_INVALID_TOKEN },
	  .doc = "Get no more mails about tasks",
	  .about = "By the link of such a mail, as often as one likes. Preferences turn them on "
		   "again." },
};

const struct resource account_resource = { .name = "auth", ROUTES(account_routes) };

#include "account.h"

#include "app.h"
#include "auth/password.h"
#include "daemon/log.h"
#include "settings.h"
#include "sql/account.h"

struct boolean mails_are_sent(const struct request *req)
{
	return (struct boolean){ *req->web->config->mail_url != '\0', true };
}

/* The log of what a link did: whose account, and nothing of the token. */
static void audit_link(struct request *req, const char *event, const struct uuid *user)
{
	struct log_line line;

	audit_begin(req, &line, event);
	log_uuid(&line, "account", user);
	log_end(&line);
}

static enum err refuse_link(struct request *req)
{
	return refuse(req, ERR_INVALID_TOKEN);
}

enum err account_read_link(struct request *req, const char *token, struct link *out)
{
	return link_token_read(token, &out->user, out->hash) ? OK : refuse_link(req);
}

enum err account_confirm_address(struct request *req, const char *token, struct result *user)
{
	struct link link;

	TRY(account_read_link(req, token, &link));
	TRY(ask(req, sql_account_confirm_address(link.user, link.hash), user));
	if (user->row_count == 0)
		return refuse_link(req);
	audit_link(req, "email_confirmed", &link.user);
	return OK;
}

enum err account_unsubscribe(struct request *req, const char *token)
{
	struct link link;
	struct result row;

	TRY(account_read_link(req, token, &link));
	TRY(ask(req, sql_account_unsubscribe(link.user, link.hash), &row));
	if (!result_bool(&row, 0, "_done"))
		return refuse_link(req);
	audit_link(req, "unsubscribed", &link.user);
	return OK;
}

enum err account_judge_reset(struct request *req, const struct link *link, const char *password)
{
	struct result row;

	TRY(ask(req, sql_account_find_reset(link->user, link->hash), &row));
	if (row.row_count == 0)
		return refuse_link(req);
	judge_password(req, "new_password", password,
		       &(struct owner){ result_text(&row, 0, "_email"),
					result_text(&row, 0, "_username"),
					result_text(&row, 0, "_name") });
	return OK;
}

enum err account_reset_password(struct request *req, const struct link *link, const char *password)
{
	char hash[PASSWORD_HASH_BYTES];
	struct result row;

	if (!password_hash(password, req->web->config->bcrypt_cost, hash))
		return refuse(req, ERR_INTERNAL);
	TRY(ask(req, sql_account_reset_password(link->user, link->hash, hash, limit_network(req)),
		&row));
	if (!result_bool(&row, 0, "_done"))
		return refuse_link(req);
	audit_link(req, "reset_done", &link->user);
	return OK;
}

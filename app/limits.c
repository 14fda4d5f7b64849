/* limits.c -- attempts counted in the database, so that all workers share them. */
#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/network.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "net/envelope.h"
#include "sql/auth.h"

const char *possible_address(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return "";
	return len <= ADDRESS_MAX_BYTES ? text : "";
}

size_t limit_query(const struct limit *limit, const char *scope, const char *key, struct query *out)
{
	if (limit->count == 0 || !key)
		return 0;
	*out = sql_auth_take_attempt(scope, key, (struct integer){ limit->count, true },
				     (struct integer){ limit->window_s, true });
	return 1;
}

const char *limit_client(struct request *req)
{
	char *client = arena_alloc(req->arena, NETWORK_TEXT_BYTES);

	if (!req->in.address)
		return NULL;
	network_client(req->in.address, client);
	return client;
}

const char *limit_network(struct request *req)
{
	char *network = arena_alloc(req->arena, NETWORK_TEXT_BYTES);

	if (!req->in.address)
		return NULL;
	network_neighbourhood(req->in.address, network);
	return network;
}

enum err check_limits(struct request *req, const struct result *results, size_t count)
{
	int64_t wait_s = 0;
	struct log_line line;

	for (size_t i = 0; i < count; i++) {
		int64_t one_s = result_integer(&results[i], 0, "_wait_s").value;
		if (one_s > wait_s)
			wait_s = one_s;
	}
	if (wait_s == 0)
		return OK;
	audit_begin(req, &line, "attempt_limited");
	log_text(&line, "path", req->in.shown_path);
	log_end(&line);
	return refuse_for(req, wait_s);
}

enum err confirm_password(struct request *req, const char *field, const char *password)
{
	struct query queries[2];
	struct result results[2];
	struct log_line line;
	char user[UUID_TEXT_BYTES];

	uuid_format(user, req->scope.user.bytes);
	size_t limits =
		limit_query(&req->web->config->limit_login_account, "password", user, queries);
	queries[limits] = sql_auth_my_password();
	TRY(ask_all(req, queries, limits + 1, results));
	TRY(check_limits(req, results, limits));
	const char *hash = result_text(&results[limits], 0, "_hash");
	if (password_verify(password, hash, req->web->config->bcrypt_cost))
		return OK;
	audit_begin(req, &line, "password_wrong");
	log_end(&line);
	return refuse_field(req, ERR_INVALID_PASSWORD, field, (struct fault){ FAULT_WRONG });
}

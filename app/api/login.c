/* login.c -- /auth/login: how a session begins. */
#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/text.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "sql/login.h"
#include "tokens.h"

struct login {
	const char *email, *password;
};

/* Whatever cannot be an address is one that nobody has. */
static const struct text_format format_any_address = { .trimmed = true };

static const struct field login_fields[] = {
	FIELD(struct login, email, .required = true, .format = &format_any_address,
	      .example = "ada@example.com"),
	FIELD(struct login, password, .required = true, .example = "Correct-Horse-7"),
};

static const struct shape login_shape = SHAPE(struct login, "Login", login_fields);

static struct integer whole(int value)
{
	return (struct integer){ value, true };
}

/* Counts the attempt under every limit and looks the account up, in one round trip. */
static enum err find_login(struct request *req, const char *email, struct result *found)
{
	const struct config *config = req->web->config;
	const struct limit *account = &config->limit_login_account;
	const struct limit *client = &config->limit_login_address;
	struct query queries[] = {
		sql_login_take_attempt(email, limit_client(req), limit_network(req),
				       whole(account->count), whole(account->window_s),
				       whole(client->count), whole(client->window_s)),
		sql_login_find(email),
	};
	struct result results[2];

	TRY(ask_all(req, queries, 2, results));
	enum err err = check_limits(req, results, 1);
	if (err != OK)
		metrics_add(METRIC_LOGIN_LIMITED, 1);
	*found = results[1];
	return err;
}

/* What nobody is known by may be a password in the wrong field. */
static void log_stranger(struct log_line *line, const struct request *req, const char *email)
{
	uint8_t digest[SHA256_BYTES];
	char text[2 * SHA256_BYTES + 1];

	hmac_sha256(req->web->log_key, sizeof req->web->log_key, email, strlen(email), digest);
	hex_encode(digest, sizeof digest / 4, text);
	log_text(line, "email_digest", text);
}

static enum err refuse_login(struct request *req, const char *email, bool known)
{
	struct log_line line;

	metrics_add(METRIC_LOGIN_FAILED, 1);
	audit_begin(req, &line, "login_failed");
	if (known)
		log_email(&line, "email", email);
	else
		log_stranger(&line, req, email);
	log_end(&line);
	return refuse(req, ERR_INVALID_CREDENTIALS);
}

static const char *user_agent(const struct request *req)
{
	const char *agent = request_header(req, "HTTP_USER_AGENT");

	return agent ? text_from_bytes(req->arena, agent) : NULL;
}

static enum err open_session(struct request *req, const struct login *in, struct uuid user,
			     const char *checked_hash)
{
	const struct config *config = req->web->config;
	char new_hash[PASSWORD_HASH_BYTES];
	struct uuid session = uuid_v7();
	struct log_line line;
	struct result rows;
	bool rehash = password_cost(checked_hash) != config->bcrypt_cost &&
		      password_hash(in->password, config->bcrypt_cost, new_hash);

	TRY(ask(req,
		sql_login_open_session(user, checked_hash, session, user_agent(req),
				       req->in.address, limit_network(req),
				       whole(config->refresh_token_s), rehash ? new_hash : NULL),
		&rows));
	if (rows.row_count == 0)
		return refuse_login(req, in->email, true);
	metrics_add(METRIC_LOGIN_OK, 1);
	audit_begin(req, &line, "login_ok");
	log_uuid(&line, "account", &user);
	log_uuid(&line, "session", &session);
	log_end(&line);
	return tokens_reply(req, user, session, result_text(&rows, 0, "_email"), 0);
}

/* A wrong password and an unknown address take the same work and get the same answer. */
static enum err login(struct request *req)
{
	struct login in = { 0 };
	struct result found;

	TRY(body_read(req, &in));
	TRY(find_login(req, possible_address(in.email), &found));
	int cost = req->web->config->bcrypt_cost;
	int64_t dearest = result_integer(&found, 0, "_cost").value;
	const char *hash = result_text(&found, 0, "_hash");
	if (!password_verify(in.password, hash, dearest > cost ? (int)dearest : cost))
		return refuse_login(req, in.email, hash);
	return open_session(req, &in, result_uuid(&found, 0, "_user"), hash);
}

static const struct route login_routes[] = {
	{ POST, "/auth/login", ANYBODY, HANDLER(login), .password = true, .body = &login_shape,
	  .answer = &tokens_shape, .refusals = { ERR_INVALID_CREDENTIALS },
	  .doc = "Log in and get tokens",
	  .about = "A wrong address and a wrong password get the same answer after the same work. "
		   "Attempts are limited." },
};

const struct resource login_resource = { .name = "auth", ROUTES(login_routes) };

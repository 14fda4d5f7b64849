/* login.c -- /auth/login: how a session begins. */
#include <ctype.h>
#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/network.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "sql/login.h"
#include "tokens.h"

struct login {
	const char *email, *password;
};

static const struct field login_fields[] = {
	FIELD(struct login, email, .required = true, .example = "ada@example.com"),
	FIELD(struct login, password, .required = true, .example = "Correct-Horse-7"),
};

static const struct shape login_shape = SHAPE(struct login, "Login", login_fields);
/* The keys under which attempts on an account are counted: from this network, and from anywhere,
 * where ten times as many may come in sixty windows. So a flood from one network cannot lock out
 * the owner, who is in another. */
struct account_keys {
	char here[SHA256_BYTES * 2 + 1], anywhere[SHA256_BYTES * 2 + 1];
};

static void make_account_keys(struct request *req, const char *email, struct account_keys *out)
{
	char network[NETWORK_TEXT_BYTES] = "";
	char *text = arena_copy(req->arena, email, strlen(email));
	uint8_t digest[SHA256_BYTES];

	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	sha256(text, strlen(text), digest);
	hex_encode(digest, sizeof digest, out->anywhere);
	if (req->in.address)
		network_neighbourhood(req->in.address, network);
	text = arena_printf(req->arena, "%s %s", network, text);
	sha256(text, strlen(text), digest);
	hex_encode(digest, sizeof digest, out->here);
}

/* Counts the attempt under every limit and looks the account up, in one round trip. */
static enum err find_login(struct request *req, const char *email, const struct account_keys *keys,
			   struct result *found)
{
	const struct config *config = req->web->config;
	const struct limit here = config->limit_login_account;
	const struct limit anywhere = { 10 * here.count, 60 * here.window_s };
	struct query queries[4];
	struct result results[4];
	size_t count = 0;

	count += limit_query(&here, "login_here", keys->here, queries + count);
	count += limit_query(&anywhere, "login_anywhere", keys->anywhere, queries + count);
	count += limit_query(&config->limit_login_address, "login_address", limit_client(req),
			     queries + count);
	queries[count] = sql_login_find(email);
	TRY(ask_all(req, queries, count + 1, results));
	enum err err = check_limits(req, results, count);
	if (err != OK)
		metrics_add(METRIC_LOGIN_LIMITED, 1);
	*found = results[count];
	return err;
}

static enum err refuse_login(struct request *req, const char *email)
{
	struct log_line line;

	metrics_add(METRIC_LOGIN_FAILED, 1);
	audit_begin(req, &line, "login_failed");
	log_email(&line, "email", email);
	log_end(&line);
	return refuse(req, ERR_INVALID_CREDENTIALS, NULL, NULL);
}

/* A header of the client's as a text that may be stored, or NULL. */
static const char *user_agent(const struct request *req)
{
	const char *agent = request_header(req, "HTTP_USER_AGENT");

	return agent && utf8_valid(agent, strlen(agent)) ? agent : NULL;
}

static enum err start_session(struct request *req, const struct login *in, struct uuid user,
			      const char *checked_hash, const struct account_keys *keys)
{
	const struct config *config = req->web->config;
	const char *forget_here[] = { keys->here }, *forget_anywhere[] = { keys->anywhere };
	char new_hash[PASSWORD_HASH_BYTES];
	struct uuid session = uuid_v7();
	struct log_line line;
	struct result results[3];
	bool rehash = password_cost(checked_hash) < config->bcrypt_cost &&
		      password_hash(in->password, config->bcrypt_cost, new_hash);
	struct query queries[] = {
		sql_login_start_session(user, session, user_agent(req), req->in.address,
					(struct integer){ config->refresh_token_s, true },
					rehash ? new_hash : NULL, checked_hash),
		sql_login_forget_attempts("login_here", (struct strings){ forget_here, 1, true }),
		sql_login_forget_attempts("login_anywhere",
					  (struct strings){ forget_anywhere, 1, true }),
	};

	TRY(ask_all(req, queries, 3, results));
	if (results[0].row_count == 0)
		return refuse_login(req, in->email);
	metrics_add(METRIC_LOGIN_OK, 1);
	audit_begin(req, &line, "login_ok");
	log_uuid(&line, "account", &user);
	log_uuid(&line, "session", &session);
	log_end(&line);
	return tokens_reply(req, user, session, result_text(&results[0], 0, "_email"), 0);
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

/* A wrong password and an unknown address take the same time and get the same answer. */
static enum err login(struct request *req)
{
	struct login in = { 0 };
	struct account_keys keys;
	struct result found;

	TRY(body_read(req, &in));
	make_account_keys(req, in.email, &keys);
	TRY(find_login(req, in.email, &keys, &found));
	/* Addresses are ASCII. The database folds more, such as U+212A to k; here that would be a
	 * way around the count of attempts. */
	bool known = found.row_count > 0 && is_ascii(in.email);
	const char *hash = known ? result_text(&found, 0, "_hash") : NULL;
	if (!password_verify(in.password, hash, req->web->config->bcrypt_cost) || !hash)
		return refuse_login(req, in.email);
	return start_session(req, &in, result_uuid(&found, 0, "_user"), hash, &keys);
}

static const struct route login_routes[] = {
	{ POST, "/auth/login", ANYBODY, HANDLER(login), .body = &login_shape,
	  .answer = &tokens_shape, .refusals = { ERR_INVALID_CREDENTIALS },
	  .doc = "Log in and get tokens",
	  .about = "A wrong address and a wrong password get the same answer after the same work. "
		   "Attempts are limited." },
};

const struct resource login_resource = { .name = "auth", ROUTES(login_routes) };

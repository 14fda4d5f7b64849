#include "settings.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/url.h"
#include "net/envelope.h"

static const char *const environments[] = { "development", "production", "test", NULL };
static const char *const registrations[] = { "open", "closed", NULL };
static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

static const char *check_database_url(const struct config *config, const char *text)
{
	PQconninfoOption *options = PQconninfoParse(text, NULL);

	(void)config;
	PQconninfoFree(options);
	return options ? NULL : "is no PostgreSQL address (postgresql://… or key=value pairs)";
}

static const char *check_login_database_url(const struct config *config, const char *text)
{
	return *text ? check_database_url(config, text) : NULL;
}

/* Whether a text of 16 bytes or fewer, repeated, makes up the secret. */
static bool is_repetition(const char *secret, size_t len)
{
	for (size_t period = 1; period <= 16 && period < len; period++)
		if (memcmp(secret, secret + period, len - period) == 0)
			return true;
	return false;
}

/* RFC 7518 section 3.2: a key as long as the hash or longer; RFC 8725 section 3.5: a random one. */
static const char *check_secret(const struct config *config, const char *secret)
{
	static const char *const samples[] = {
		"change-me",   "change_me",
		"changeme",    "change-this",
		"change_this", "your-secret",
		"your_secret", "your-256-bit-secret",
		"replace-me",  "a-string-secret-at-least-256-bits-long", /* jwt.io's */
	};
	size_t len = strlen(secret);

	(void)config;
	if (len < 32)
		return "must have at least 32 bytes (openssl rand -hex 32 makes a good one)";
	if (strchr(secret, ','))
		return "must not contain a comma, which separates previous keys";
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (strcasestr(secret, samples[i]))
			return "is a sample value that everybody knows; make one with openssl rand "
			       "-hex 32";
	if (is_repetition(secret, len))
		return "repeats a short text; make one with openssl rand -hex 32";
	return NULL;
}

/* A secret that both sign with would let each one's tokens pass for the other's. */
static const char *check_foreign_secret(const struct config *config, const char *secret)
{
	if (*secret == '\0')
		return NULL;
	if (strcmp(secret, config->jwt_secret_key) == 0)
		return "must not be JWT_SECRET_KEY";
	for (size_t i = 0; i < config->jwt_previous_keys.count; i++)
		if (strcmp(secret, config->jwt_previous_keys.items[i].secret) == 0)
			return "must not be one of JWT_PREVIOUS_KEYS";
	return check_secret(config, secret);
}

static const char *check_kid(const struct config *config, const char *kid)
{
	size_t len =
		strspn(kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

	(void)config;
	return len >= 1 && len <= 32 && kid[len] == '\0' ? NULL
							 : "must be 1 to 32 of A-Z a-z 0-9 _ -";
}

static const char *check_previous_keys(const struct config *config, const char *text)
{
	const struct config_keys *keys = &config->jwt_previous_keys;

	(void)text;
	for (size_t i = 0; i < keys->count; i++) {
		if (check_kid(config, keys->items[i].kid))
			return "must have key ids of 1 to 32 of A-Z a-z 0-9 _ -";
		if (check_secret(config, keys->items[i].secret))
			return "must have secrets as good as JWT_SECRET_KEY has to be";
		if (strcmp(keys->items[i].kid, config->jwt_key_id) == 0)
			return "must not use the key id of the current key (JWT_KEY_ID)";
		for (size_t j = 0; j < i; j++)
			if (strcmp(keys->items[i].kid, keys->items[j].kid) == 0)
				return "must not use a key id twice";
	}
	return NULL;
}

static const char *check_printable(const struct config *config, const char *text)
{
	(void)config;
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return "must be printable ASCII";
	return NULL;
}

/* Where links of ours begin: nothing but this machine itself is reached without TLS. */
static const char *check_site(const char *text, struct web_address *out)
{
	if (!web_address_parse(text, "http", out))
		return "must be an address such as https://daybook.example.org";
	if (!out->secure && !web_address_is_local(out))
		return "must begin with https:// (http:// is for this machine only)";
	return NULL;
}

static const char *check_public_url(const struct config *config, const char *text)
{
	struct web_address address = { .rest = "" };
	const char *why = *text ? check_site(text, &address) : NULL;

	(void)config;
	return why ? why : *address.rest ? "must end with the host or its port: no path" : NULL;
}

static const char *check_frontend_url(const struct config *config, const char *text)
{
	static const char in_paths[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-._~!$&'()*+,;=:@%/";
	struct web_address address = { .rest = "" };
	const char *why = *text ? check_site(text, &address) : NULL;
	size_t len = strlen(address.rest);

	(void)config;
	if (why)
		return why;
	if (strspn(address.rest, in_paths) < len)
		return "must have nothing but a path behind the host";
	return len > 0 && address.rest[len - 1] == '/' ? "must not end with a slash" : NULL;
}

static const char *check_path(const struct config *config, const char *text)
{
	(void)config;
	return *text == '/' || *text == '\0' ? NULL : "must be an absolute path or empty";
}

/* Links in mails begin with PUBLIC_URL, or lead to the front end; unsubscribing always to the
 * former. */
static const char *check_mail_url(const struct config *config, const char *text)
{
	struct web_address address;

	if (*text == '\0')
		return NULL;
	if (!web_address_parse(text, "smtp", &address) && strncmp(text, "maildir:///", 11) != 0)
		return "must be empty, smtp://host[:port], smtps://host[:port] or "
		       "maildir:///folder";
	if (*text == 's' && *address.rest)
		return "must end with the host or its port: no path";
	return *config->public_url ? NULL : "needs PUBLIC_URL, where the links of mails lead";
}

static const char *check_mail_from(const struct config *config, const char *text)
{
	struct arena *arena = arena_new(1024);
	struct mailbox mailbox;
	bool right = envelope_parse(arena, text, &mailbox);

	arena_free(arena);
	if (*text == '\0')
		return *config->mail_url ? "is required with MAIL_URL" : NULL;
	return right ? NULL : "must be an address, or Name <address>";
}

/* Over SMTP, whoever has a name here speaks TLS, or no mail is sent. */
static const char *check_mail_user(const struct config *config, const char *text)
{
	if (*text && *config->mail_url != 's')
		return "is of no use without a mail server in MAIL_URL";
	return check_printable(config, text);
}

static const char *check_mail_password(const struct config *config, const char *text)
{
	if ((*text == '\0') != (*config->mail_user == '\0'))
		return "must be set together with MAIL_USER";
	return check_printable(config, text);
}

/* Each is 32 random bytes as hexadecimal digits. */
static const char *check_encryption_keys(const struct config *config, const char *text)
{
	const struct config_keys *keys = &config->token_encryption_keys;

	if (*text == '\0')
		return *config->mail_url ? "is required with MAIL_URL" : NULL;
	for (size_t i = 0; i < keys->count; i++) {
		const char *secret = keys->items[i].secret;
		if (check_kid(config, keys->items[i].kid))
			return "must have key ids of 1 to 32 of A-Z a-z 0-9 _ -";
		if (strlen(secret) != 64 || strspn(secret, "0123456789abcdefABCDEF") != 64)
			return "must have 64 hexadecimal digits a key (openssl rand -hex 32)";
		if (is_repetition(secret, 64))
			return "repeats a short text; make one with openssl rand -hex 32";
		for (size_t j = 0; j < i; j++)
			if (strcmp(keys->items[i].kid, keys->items[j].kid) == 0)
				return "must not use a key id twice";
	}
	return NULL;
}

/* bcrypt below cost 10 is for tests, which hash all the time. */
static const char *check_bcrypt_cost(const struct config *config, const char *text)
{
	(void)text;
	return config->bcrypt_cost >= 10 || config->environment == ENV_TEST
		       ? NULL
		       : "must be at least 10, unless ENVIRONMENT is test";
}

/* What is counted is a sample (sql/deploy/stored_bytes.sql), which says little of fewer bytes. */
static const char *check_quota(const struct config *config, const char *text)
{
	(void)text;
	return config->quota_bytes == 0 || config->quota_bytes >= 1 << 20
		       ? NULL
		       : "must be 0 or at least 1048576";
}

static const char *check_log_target(const struct config *config, const char *text)
{
	(void)config;
	return *text == '/' || strcmp(text, "stderr") == 0 || strcmp(text, "syslog") == 0
		       ? NULL
		       : "must be stderr, syslog or an absolute path";
}

static const struct setting rows[] = {
	SETTING("ENVIRONMENT", environment, .words = environments, .initial = "production",
		.doc = "What this installation is for; test allows weaker password hashes."),
	SETTING("DATABASE_URL", database_url, .only = PROGRAM_WORKER, .secret = true,
		.check = check_database_url,
		.doc = "PostgreSQL's address, such as postgresql:///daybook?user=daybook_app."),
	SETTING("LOGIN_DATABASE_URL", login_database_url, .only = PROGRAM_WORKER, .secret = true,
		.initial = "", .check = check_login_database_url,
		.doc = "The address for what takes a password, as the role daybook_login; empty: "
		       "DATABASE_URL."),
	SETTING("JWT_SECRET_KEY", jwt_secret_key, .only = PROGRAM_WORKER, .secret = true,
		.check = check_secret,
		.doc = "Signs the tokens: 32 random bytes or more (openssl rand -hex 32)."),
	SETTING("JWT_KEY_ID", jwt_key_id, .only = PROGRAM_WORKER, .initial = "main",
		.check = check_kid,
		.doc = "The name (kid) of JWT_SECRET_KEY; give each new key a new one."),
	SETTING("JWT_PREVIOUS_KEYS", jwt_previous_keys, .only = PROGRAM_WORKER, .secret = true,
		.initial = "", .check = check_previous_keys,
		.doc = "Keys that no longer sign but are still accepted, so that a change of key "
		       "logs nobody out."),
	SETTING("BETTER_AUTH_SECRET", better_auth_secret, .only = PROGRAM_WORKER, .secret = true,
		.initial = "", .check = check_foreign_secret,
		.doc = "Signs the tokens (HS256) of a front end with its own login, which are then "
		       "accepted, too."),
	SETTING("TOKEN_ISSUER", token_issuer, .only = PROGRAM_WORKER, .initial = "daybook",
		.min = 1, .max = 200, .check = check_printable,
		.doc = "The issuer (iss) of the tokens."),
	SETTING("TOKEN_AUDIENCE", token_audience, .only = PROGRAM_WORKER, .initial = "daybook",
		.min = 1, .max = 200, .check = check_printable,
		.doc = "The audience (aud) of the tokens."),
	SETTING("ACCESS_TOKEN_SECONDS", access_token_s, .only = PROGRAM_WORKER, .initial = "86400",
		.min = 1, .max = 31536000, .doc = "How long an access token works."),
	SETTING("REFRESH_TOKEN_SECONDS", refresh_token_s, .only = PROGRAM_WORKER,
		.initial = "604800", .min = 1, .max = 31536000,
		.doc = "How long a session lives after its last refresh."),
	SETTING("REFRESH_GRACE_SECONDS", refresh_grace_s, .only = PROGRAM_WORKER, .initial = "10",
		.min = 0, .max = 60,
		.doc = "How long a refresh token still works after the one that came next was "
		       "used."),
	SETTING("BCRYPT_COST", bcrypt_cost, .only = PROGRAM_WORKER, .initial = "12", .min = 4,
		.max = 16, .check = check_bcrypt_cost,
		.doc = "The cost of password hashes; each step doubles the time. Below 10 only in "
		       "tests."),
	SETTING("REGISTRATION", registration, .only = PROGRAM_WORKER, .words = registrations,
		.initial = "open",
		.doc = "Whether strangers may make accounts here. Users of another issuer come in "
		       "either way."),
	SETTING("QUOTA_BYTES", quota_bytes, .only = PROGRAM_WORKER, .initial = "1073741824",
		.check = check_quota, .doc = "How many bytes each user may store; 0: any number."),
	SETTING("ALLOWED_ORIGINS", allowed_origins, .only = PROGRAM_WORKER, .initial = "",
		.doc = "The web pages that may call the API from a browser (CORS)."),
	SETTING("PUBLIC_URL", public_url, .initial = "", .check = check_public_url,
		.doc = "Where clients reach this server, such as https://daybook.example.org; "
		       "calendar feeds and mails need it."),
	SETTING("FRONTEND_URL", frontend_url, .initial = "", .check = check_frontend_url,
		.doc = "The front end's address, with its path if it has one; links lead there."),
	SETTING("MAIL_URL", mail_url, .initial = "", .check = check_mail_url,
		.doc = "How mails leave: smtp://host[:587] (STARTTLS), smtps://host[:465], or "
		       "maildir:///folder for a machine that sends none; empty: there are no "
		       "mails."),
	SETTING("MAIL_FROM", mail_from, .only = PROGRAM_JOBS, .initial = "",
		.check = check_mail_from,
		.doc = "Who mails are from, such as Daybook <daybook@example.org>."),
	SETTING("MAIL_USER", mail_user, .only = PROGRAM_JOBS, .secret = true, .initial = "",
		.max = 254, .check = check_mail_user, .doc = "The name at the mail server."),
	SETTING("MAIL_PASSWORD", mail_password, .only = PROGRAM_JOBS, .secret = true, .initial = "",
		.max = 254, .check = check_mail_password,
		.doc = "The password at the mail server."),
	SETTING("MAIL_CA_FILE", mail_ca_file, .only = PROGRAM_JOBS, .initial = "",
		.check = check_path,
		.doc = "The certificates that the mail server's must come from, an absolute path; "
		       "empty: the system's."),
	SETTING("TOKEN_ENCRYPTION_KEYS", token_encryption_keys, .only = PROGRAM_JOBS,
		.secret = true, .initial = "", .check = check_encryption_keys,
		.doc = "kid:key pairs; the first key makes the links of mails (openssl rand -hex "
		       "32)."),
	SETTING("LIMIT_MAIL", limit_mail, .only = PROGRAM_JOBS, .initial = "600/60",
		.doc = "Mails that one process sends."),
	SETTING("VERIFY_TOKEN_SECONDS", verify_token_s, .only = PROGRAM_JOBS, .initial = "86400",
		.min = 300, .max = 604800,
		.doc = "How long the link works that confirms an address."),
	SETTING("RESET_TOKEN_SECONDS", reset_token_s, .only = PROGRAM_JOBS, .initial = "3600",
		.min = 300, .max = 604800, .doc = "How long the link works that sets a password."),
	SETTING("DATABASE_JOBS_URL", database_jobs_url, .only = PROGRAM_JOBS, .secret = true,
		.check = check_database_url,
		.doc = "PostgreSQL's address for daybook-jobs, as the role daybook_jobs."),
	SETTING("JOBS_STATEMENT_TIMEOUT_MS", jobs_statement_timeout_ms, .only = PROGRAM_JOBS,
		.initial = "30000", .min = 100, .max = 600000,
		.doc = "How long one statement of daybook-jobs may run in PostgreSQL."),
	SETTING("LIMIT_LOGIN_ACCOUNT", limit_login_account, .only = PROGRAM_WORKER,
		.initial = "5/60", .doc = "Login attempts on one account."),
	SETTING("LIMIT_LOGIN_ADDRESS", limit_login_address, .only = PROGRAM_WORKER,
		.initial = "20/60", .doc = "Login attempts from one client address."),
	SETTING("LIMIT_REGISTER_ADDRESS", limit_register_address, .only = PROGRAM_WORKER,
		.initial = "10/3600", .doc = "Registrations from one client address."),
	SETTING("LIMIT_RESET_EMAIL", limit_reset_email, .only = PROGRAM_WORKER, .initial = "3/3600",
		.doc = "Requests for a new password for one address; beyond it they do nothing."),
	SETTING("LIMIT_RESET_ADDRESS", limit_reset_address, .only = PROGRAM_WORKER,
		.initial = "10/3600",
		.doc = "Requests for a new password from one client address."),
	SETTING("LIMIT_RESEND_ACCOUNT", limit_resend_account, .only = PROGRAM_WORKER,
		.initial = "3/3600",
		.doc = "Requests of one account for a mail that confirms its address, or another "
		       "one."),
	SETTING("STATEMENT_TIMEOUT_MS", statement_timeout_ms, .only = PROGRAM_WORKER,
		.initial = "2000", .min = 10, .max = 600000,
		.doc = "How long one statement may run in PostgreSQL; ten times as long "
		       "if it deletes what many rows name."),
	SETTING("LOCK_TIMEOUT_MS", lock_timeout_ms, .initial = "500", .min = 10, .max = 600000,
		.doc = "How long a statement may wait for a lock."),
	SETTING("IDLE_TRANSACTION_TIMEOUT_MS", idle_transaction_timeout_ms, .initial = "5000",
		.min = 10, .max = 600000,
		.doc = "How long a transaction may idle before PostgreSQL ends it."),
	SETTING("CONNECT_TIMEOUT_S", connect_timeout_s, .initial = "3", .min = 2, .max = 60,
		.doc = "How long connecting to PostgreSQL may take, for each of its hosts."),
	SETTING("TCP_USER_TIMEOUT_MS", tcp_user_timeout_ms, .initial = "3000", .min = 100,
		.max = 600000,
		.doc = "How long sent data may stay unacknowledged before the connection to "
		       "PostgreSQL counts as lost."),
	SETTING("TRANSFER_TIMEOUT_S", transfer_timeout_s, .only = PROGRAM_WORKER, .initial = "10",
		.min = 1, .max = 600,
		.doc = "How long the web server may take to send the next part of a request, or "
		       "to take the next part of an answer."),
	SETTING("LOG_TARGET", log_target, .initial = "stderr", .check = check_log_target,
		.doc = "Where log lines go: stderr, syslog or an absolute path."),
	SETTING("LOG_LEVEL", log_level, .words = log_levels, .initial = "info",
		.doc = "The least important lines that are still logged."),
	SETTING("METRICS_FILE", metrics_file, .initial = "", .check = check_path,
		.doc = "The file in which all workers count, an absolute path; empty: each counts "
		       "alone."),
};

static const char *const prefixes[] = { "BCRYPT_", "JWT_", "LIMIT_", "MAIL_", NULL };

const struct setting_table settings = { rows, sizeof rows / sizeof *rows, sizeof(struct config),
					prefixes };

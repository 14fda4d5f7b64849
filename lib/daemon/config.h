/* config.h -- the settings, read once at the start from a table of rows (config.c).
 *
 * A setting is one row there and one member here, named like it in lower case. Where one is set
 * more than once the later wins: default, $CREDENTIALS_DIRECTORY/daybook.env, the env file, the
 * environment. Any fault stops the start. Texts live as long as the process. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/types.h"
#include "daemon/log.h"

#define CONFIG_FAULT_BYTES 512

enum environment { ENV_DEVELOPMENT, ENV_PRODUCTION, ENV_TEST };

enum registration_policy { REGISTRATION_OPEN, REGISTRATION_CLOSED };

/* At most `count` times in `window_s` seconds; without a limit `count` is 0. */
struct limit {
	int count;
	int window_s;
};

struct config_key {
	const char *kid;
	const char *secret;
};

struct config_keys {
	struct config_key *items;
	size_t count;
};

struct config {
	enum environment environment;
	const char *database_url;
	const char *login_database_url; /* "" = database_url */
	const char *jwt_secret_key;
	const char *jwt_key_id;
	struct config_keys jwt_previous_keys;
	const char *better_auth_secret; /* "" = no other issuer */
	const char *token_issuer;
	const char *token_audience;
	int access_token_s;
	int refresh_token_s;
	int refresh_grace_s;
	int bcrypt_cost;
	unsigned registration; /* enum registration_policy */
	struct strings allowed_origins;
	struct limit limit_login_account;
	struct limit limit_login_address;
	struct limit limit_register_address;
	int statement_timeout_ms;
	int lock_timeout_ms;
	int idle_transaction_timeout_ms;
	int connect_timeout_s;
	int tcp_user_timeout_ms;
	int transfer_timeout_s;
	const char *log_target;
	unsigned log_level;	  /* enum log_level */
	const char *public_url;	  /* without a path; "" = unknown */
	const char *frontend_url; /* without a slash at its end; "" = there is none */
	const char *metrics_file; /* "" = counters are private to the process */
};

/* Reads all settings; `env_file` may be NULL. On failure `fault` is one sentence that names the
 * setting and where it stands, never a secret, and `out` is untouched. Secrets that came by the
 * environment are wiped from it, so that /proc/PID/environ does not show them. */
bool config_load(struct config *out, const char *env_file, char *fault, size_t fault_bytes)
	__attribute__((warn_unused_result));

/* Prints every setting with its effective value; of a secret only whether it is set. */
void config_print(const struct config *config, FILE *out);

/* Prints conf/daybook.env.example: every setting with its sentence, limits and default. */
void config_print_example(FILE *out);

#endif

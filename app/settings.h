/* settings.h -- Daybook's settings: one member here and one row in settings.c each.
 *
 * A member is named like its setting, in lower case. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "daemon/config.h"

/* The programs that share settings.c, as bits of setting.only. */
enum program { PROGRAM_WORKER = 1 << 0, PROGRAM_JOBS = 1 << 1 };

enum environment { ENV_DEVELOPMENT, ENV_PRODUCTION, ENV_TEST };

enum registration_policy { REGISTRATION_OPEN, REGISTRATION_CLOSED };

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
	int64_t quota_bytes;   /* 0 = none */
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
	const char *mail_url;	  /* "" = there are no mails */
	const char *mail_from, *mail_user, *mail_password, *mail_ca_file;
	struct config_keys token_encryption_keys; /* of 64 hexadecimal digits each */
	struct limit limit_mail;
	int verify_token_s, reset_token_s;
	const char *database_jobs_url;
	int jobs_statement_timeout_ms;
	struct limit limit_reset_email, limit_reset_address, limit_resend_account;
	const char *metrics_file; /* "" = counters are private to the process */
};

extern const struct setting_table settings;

#endif

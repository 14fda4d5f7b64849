/* test_config.c -- every kind of good and bad setting, and what the fault says. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/env_file.h"
#include "daemon/log.h"
#include "settings.h"

#define URL "DATABASE_URL=postgresql:///daybook?user=daybook_app\n"
#define KEY "q8Zr2Lw5Tn0Xc7Vb4Jm1Hs6Gd9Kf3Pya"
#define GOOD URL "JWT_SECRET_KEY=" KEY "\n"
#define OTHER_KEY "zzR2Lw5Tn0Xc7Vb4Jm1Hs6Gd9Kf3Pyaq"

static char folder[] = "/tmp/test_config.XXXXXX";
static char env_path[64];
static char fault[CONFIG_FAULT_BYTES];

static void write_env_file(const char *text, size_t len, mode_t mode)
{
	unlink(env_path);
	int fd = open(env_path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* Loads from a file with `text`. */
static bool load(const char *text, struct config *out)
{
	*fault = '\0';
	write_env_file(text, strlen(text), 0640);
	return config_load(&settings, PROGRAM_WORKER, out, env_path, fault);
}

/* The fault with the test's own path replaced by FILE. */
static const char *readable_fault(void)
{
	static char text[CONFIG_FAULT_BYTES + 8];
	const char *path = strstr(fault, env_path);

	if (!path)
		return fault;
	snprintf(text, sizeof text, "%.*sFILE%s", (int)(path - fault), fault,
		 path + strlen(env_path));
	return text;
}

static const struct {
	const char *text, *fault;
} bad_files[] = {
	{ "", "DATABASE_URL is required: set it in the environment or an env file" },
	{ URL, "JWT_SECRET_KEY is required: set it in the environment or an env file" },
	{ GOOD "JWT_SECRET_KEY=\n",
	  "JWT_SECRET_KEY is required: set it in the environment or an env file" },

	/* the grammar of the file */
	{ GOOD "nonsense\n", "FILE:3: the line must be NAME=value" },
	{ GOOD "\n# fine\n=12\n", "FILE:5: the line must be NAME=value" },
	{ GOOD "BCRYPT_COST = 12\n", "FILE:3: the line must be NAME=value" },
	{ GOOD "BCRYPT_COST: 12\n", "FILE:3: the line must be NAME=value" },
	{ GOOD "bcrypt_cost=12\n", "FILE:3: the line must be NAME=value" },
	{ GOOD "export\n", "FILE:3: the line must be NAME=value" },
	{ GOOD "BCRYPT_COST='12\n",
	  "FILE:3: the value must have matching quotes and no comment behind it" },
	{ GOOD "BCRYPT_COST=\"\n",
	  "FILE:3: the value must have matching quotes and no comment behind it" },
	{ GOOD "BCRYPT_COST=\"12' # twelve\n",
	  "FILE:3: the value must have matching quotes and no comment behind it" },
	{ GOOD "BCRYPT_COST=\"1\"2\"\n",
	  "FILE:3: the value must have matching quotes and no comment behind it" },
	{ GOOD "BCRYPT_COST=12 # twelve\n",
	  "FILE:3: the value must have matching quotes and no comment behind it" },
	{ GOOD "BCRYPTCOST=12\n", "FILE:3: BCRYPTCOST is no setting of Daybook" },
	{ "DATABASE=x\n" GOOD, "FILE:1: DATABASE is no setting of Daybook" },

	/* secrets */
	{ "DATABASE_URL=nonsense\n",
	  "DATABASE_URL (FILE:1): is no PostgreSQL address (postgresql://… or key=value pairs)" },
	{ "DATABASE_URL=postgresql://u:pw@[::1/x\n",
	  "DATABASE_URL (FILE:1): is no PostgreSQL address (postgresql://… or key=value pairs)" },
	{ "DATABASE_URL=host=x nonsense=1\n",
	  "DATABASE_URL (FILE:1): is no PostgreSQL address (postgresql://… or key=value pairs)" },
	{ URL "JWT_SECRET_KEY=q8Zr2Lw5Tn0Xc7Vb4Jm1Hs6Gd9Kf3Py\n",
	  "JWT_SECRET_KEY (FILE:2): must have at least 32 bytes (openssl rand -hex 32 makes a good "
	  "one)" },
	{ URL "JWT_SECRET_KEY=" KEY "," KEY "\n",
	  "JWT_SECRET_KEY (FILE:2): must not contain a comma, which separates previous keys" },
	{ URL "JWT_SECRET_KEY=Change-Me-q8Zr2Lw5Tn0Xc7Vb4Jm1Hs6Gd9Kf3Pya\n",
	  "JWT_SECRET_KEY (FILE:2): is a sample value that everybody knows; make one with openssl "
	  "rand -hex 32" },
	{ URL "JWT_SECRET_KEY=your-256-bit-secret-your-512-bit-secret\n",
	  "JWT_SECRET_KEY (FILE:2): is a sample value that everybody knows; make one with openssl "
	  "rand -hex 32" },
	{ URL "JWT_SECRET_KEY=a-string-secret-at-least-256-bits-long\n",
	  "JWT_SECRET_KEY (FILE:2): is a sample value that everybody knows; make one with openssl "
	  "rand -hex 32" },
	{ URL "JWT_SECRET_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
	  "JWT_SECRET_KEY (FILE:2): repeats a short text; make one with openssl rand -hex 32" },
	{ URL "JWT_SECRET_KEY=secretsecretsecretsecretsecretsecr\n",
	  "JWT_SECRET_KEY (FILE:2): repeats a short text; make one with openssl rand -hex 32" },
	{ URL "JWT_SECRET_KEY=0123456789abcdef0123456789abcdef\n",
	  "JWT_SECRET_KEY (FILE:2): repeats a short text; make one with openssl rand -hex 32" },
	{ URL "JWT_SECRET_KEY=q8Zr2Lw5Tn0Xc7Vb\t4Jm1Hs6Gd9Kf3Pya\n",
	  "JWT_SECRET_KEY (FILE:2): must not contain control characters" },
	{ GOOD "JWT_KEY_ID=\n", "JWT_KEY_ID (FILE:3): must be 1 to 32 of A-Z a-z 0-9 _ -" },
	{ GOOD "JWT_KEY_ID=../key\n", "JWT_KEY_ID (FILE:3): must be 1 to 32 of A-Z a-z 0-9 _ -" },
	{ GOOD "JWT_KEY_ID=123456789012345678901234567890123\n",
	  "JWT_KEY_ID (FILE:3): must be 1 to 32 of A-Z a-z 0-9 _ -" },
	{ GOOD "BETTER_AUTH_SECRET=short\n",
	  "BETTER_AUTH_SECRET (FILE:3): must have at least 32 bytes (openssl rand -hex 32 makes a "
	  "good one)" },
	{ GOOD "JWT_PREVIOUS_KEYS=old:" OTHER_KEY "\nBETTER_AUTH_SECRET=" OTHER_KEY "\n",
	  "BETTER_AUTH_SECRET (FILE:4): must not be one of JWT_PREVIOUS_KEYS" },
	{ GOOD "JWT_PREVIOUS_KEYS=" OTHER_KEY "\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must be kid:secret pairs, separated by commas" },
	{ GOOD "JWT_PREVIOUS_KEYS=old:" OTHER_KEY ",\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must be kid:secret pairs, separated by commas" },
	{ GOOD "JWT_PREVIOUS_KEYS=o/ld:" OTHER_KEY "\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must have key ids of 1 to 32 of A-Z a-z 0-9 _ -" },
	{ GOOD "JWT_PREVIOUS_KEYS=:" OTHER_KEY "\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must have key ids of 1 to 32 of A-Z a-z 0-9 _ -" },
	{ GOOD "JWT_PREVIOUS_KEYS=old:short\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must have secrets as good as JWT_SECRET_KEY has to be" },
	{ GOOD "JWT_PREVIOUS_KEYS=main:" OTHER_KEY "\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must not use the key id of the current key (JWT_KEY_ID)" },
	{ GOOD "JWT_PREVIOUS_KEYS=a:" OTHER_KEY ",b:" OTHER_KEY ",a:" OTHER_KEY "\n",
	  "JWT_PREVIOUS_KEYS (FILE:3): must not use a key id twice" },

	/* numbers, words, texts, limits */
	{ GOOD "BCRYPT_COST=\n", "BCRYPT_COST (FILE:3): must be a whole number from 4 to 16" },
	{ GOOD "QUOTA_BYTES=1G\n", "QUOTA_BYTES (FILE:3): must be a number of bytes, digits only" },
	{ GOOD "QUOTA_BYTES=1234567890123456789\n",
	  "QUOTA_BYTES (FILE:3): must be a number of bytes, digits only" },
	{ GOOD "QUOTA_BYTES=-1\n", "QUOTA_BYTES (FILE:3): must be a number of bytes, digits only" },
	{ GOOD "QUOTA_BYTES=\n", "QUOTA_BYTES (FILE:3): must be a number of bytes, digits only" },
	{ GOOD "QUOTA_BYTES=1048575\n", "QUOTA_BYTES (FILE:3): must be 0 or at least 1048576" },
	{ GOOD "BCRYPT_COST=17\n", "BCRYPT_COST (FILE:3): must be a whole number from 4 to 16" },
	{ GOOD "BCRYPT_COST=3\nENVIRONMENT=test\n",
	  "BCRYPT_COST (FILE:3): must be a whole number from 4 to 16" },
	{ GOOD "BCRYPT_COST=9\n",
	  "BCRYPT_COST (FILE:3): must be at least 10, unless ENVIRONMENT is test" },
	{ GOOD "BCRYPT_COST=4\nENVIRONMENT=development\n",
	  "BCRYPT_COST (FILE:3): must be at least 10, unless ENVIRONMENT is test" },
	{ GOOD "BCRYPT_COST=+12\n", "BCRYPT_COST (FILE:3): must be a whole number from 4 to 16" },
	{ GOOD "BCRYPT_COST=12.0\n", "BCRYPT_COST (FILE:3): must be a whole number from 4 to 16" },
	{ GOOD "ACCESS_TOKEN_SECONDS=99999999999999999999\n",
	  "ACCESS_TOKEN_SECONDS (FILE:3): must be a whole number from 1 to 31536000" },
	{ GOOD "REFRESH_TOKEN_SECONDS=0\n",
	  "REFRESH_TOKEN_SECONDS (FILE:3): must be a whole number from 1 to 31536000" },
	{ GOOD "REFRESH_GRACE_SECONDS=-1\n",
	  "REFRESH_GRACE_SECONDS (FILE:3): must be a whole number from 0 to 60" },
	{ GOOD "STATEMENT_TIMEOUT_MS=2s\n",
	  "STATEMENT_TIMEOUT_MS (FILE:3): must be a whole number from 10 to 600000" },
	{ GOOD "LOCK_TIMEOUT_MS=0\n",
	  "LOCK_TIMEOUT_MS (FILE:3): must be a whole number from 10 to 600000" },
	{ GOOD "IDLE_TRANSACTION_TIMEOUT_MS=0\n",
	  "IDLE_TRANSACTION_TIMEOUT_MS (FILE:3): must be a whole number from 10 to 600000" },
	{ GOOD "CONNECT_TIMEOUT_S=1\n",
	  "CONNECT_TIMEOUT_S (FILE:3): must be a whole number from 2 to 60" },
	{ GOOD "TCP_USER_TIMEOUT_MS=x\n",
	  "TCP_USER_TIMEOUT_MS (FILE:3): must be a whole number from 100 to 600000" },
	{ GOOD "ENVIRONMENT=Production\n",
	  "ENVIRONMENT (FILE:3): must be development, production or test" },
	{ GOOD "LOG_LEVEL=warn\n", "LOG_LEVEL (FILE:3): must be debug, info, warning or error" },
	{ GOOD "LOG_TARGET=daybook.log\n",
	  "LOG_TARGET (FILE:3): must be stderr, syslog or an absolute path" },
	{ GOOD "METRICS_FILE=metrics\n",
	  "METRICS_FILE (FILE:3): must be an absolute path or empty" },
	{ GOOD "PUBLIC_URL=daybook.example\n",
	  "PUBLIC_URL (FILE:3): must be an address such as https://daybook.example.org" },
	{ GOOD "PUBLIC_URL=https://daybook.example/\n",
	  "PUBLIC_URL (FILE:3): must end with the host or its port: no path" },
	{ GOOD "PUBLIC_URL=http://daybook.example\n",
	  "PUBLIC_URL (FILE:3): must begin with https:// (http:// is for this machine only)" },
	{ GOOD "PUBLIC_URL=http://localhost.example\n",
	  "PUBLIC_URL (FILE:3): must begin with https:// (http:// is for this machine only)" },
	{ GOOD "FRONTEND_URL=https://user@app.example\n",
	  "FRONTEND_URL (FILE:3): must be an address such as https://daybook.example.org" },
	{ GOOD "FRONTEND_URL=http://app.example/x\n",
	  "FRONTEND_URL (FILE:3): must begin with https:// (http:// is for this machine only)" },
	{ GOOD "FRONTEND_URL=https://app.example/x/\n",
	  "FRONTEND_URL (FILE:3): must not end with a slash" },
	{ GOOD "FRONTEND_URL=https://app.example/x?y\n",
	  "FRONTEND_URL (FILE:3): must have nothing but a path behind the host" },
	{ GOOD "FRONTEND_URL=https://app.example#x\n",
	  "FRONTEND_URL (FILE:3): must have nothing but a path behind the host" },
	{ GOOD "TOKEN_ISSUER=\n", "TOKEN_ISSUER (FILE:3): must be a text of 1 to 200 bytes" },
	{ GOOD "TOKEN_AUDIENCE=d\xc3\xa4ybook\n",
	  "TOKEN_AUDIENCE (FILE:3): must be printable ASCII" },
	{ GOOD "LIMIT_LOGIN_ACCOUNT=5\n",
	  "LIMIT_LOGIN_ACCOUNT (FILE:3): must be count/seconds such as 5/60, or off" },
	{ GOOD "LIMIT_LOGIN_ADDRESS=0/60\n",
	  "LIMIT_LOGIN_ADDRESS (FILE:3): must be count/seconds such as 5/60, or off" },
	{ GOOD "LIMIT_LOGIN_ADDRESS=5/86401\n",
	  "LIMIT_LOGIN_ADDRESS (FILE:3): must be count/seconds such as 5/60, or off" },
	{ GOOD "LIMIT_REGISTER_ADDRESS=5/60/2\n",
	  "LIMIT_REGISTER_ADDRESS (FILE:3): must be count/seconds such as 5/60, or off" },
};

static void test_bad_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
		struct config config = { .bcrypt_cost = -1 };
		assert_false(load(bad_files[i].text, &config));
		assert_string_equal(readable_fault(), bad_files[i].fault);
		assert_int_equal(config.bcrypt_cost, -1);
	}
}

static const char *const bad_origins[] = {
	"*",
	"null",
	"https://*",
	"https://*.example.org",
	"example.org",
	"https://",
	"://a",
	"1a://b",
	"https://a/",
	"https://a/x",
	"https://a?x",
	"https://a#x",
	"https://u@a",
	"https://a:",
	"https://a:0",
	"https://a:65536",
	"https://a:x",
	"https://[::1",
	"https://[]",
	"https://a b",
	"https://a,",
	",https://a",
	"https://a,,https://b",
	"https://\xc3\xa4.de",
	"https:/a",
};

static void test_bad_origins(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_origins / sizeof *bad_origins; i++) {
		char text[512];
		struct config config;
		snprintf(text, sizeof text, GOOD "ALLOWED_ORIGINS=%s\n", bad_origins[i]);
		assert_false(load(text, &config));
		assert_string_equal(
			readable_fault(),
			"ALLOWED_ORIGINS (FILE:3): must be origins such as https://app.example.org "
			"(scheme://host[:port], no path, no *), separated by commas");
	}
}

static void test_defaults(void **state)
{
	struct config config;

	(void)state;
	assert_true(load(GOOD, &config));
	assert_string_equal(config.database_url, "postgresql:///daybook?user=daybook_app");
	assert_string_equal(config.jwt_secret_key, KEY);
	assert_string_equal(config.jwt_key_id, "main");
	assert_int_equal(config.jwt_previous_keys.count, 0);
	assert_string_equal(config.token_issuer, "daybook");
	assert_string_equal(config.token_audience, "daybook");
	assert_int_equal(config.access_token_s, 86400);
	assert_int_equal(config.refresh_token_s, 604800);
	assert_int_equal(config.refresh_grace_s, 10);
	assert_int_equal(config.bcrypt_cost, 12);
	assert_int_equal(config.environment, ENV_PRODUCTION);
	assert_int_equal(config.quota_bytes, 1073741824);
	assert_int_equal(config.allowed_origins.count, 0);
	assert_int_equal(config.limit_login_account.count, 5);
	assert_int_equal(config.limit_login_account.window_s, 60);
	assert_int_equal(config.limit_login_address.count, 20);
	assert_int_equal(config.limit_register_address.window_s, 3600);
	assert_string_equal(config.public_url, "");
	assert_string_equal(config.frontend_url, "");
	assert_int_equal(config.statement_timeout_ms, 2000);
	assert_int_equal(config.lock_timeout_ms, 500);
	assert_int_equal(config.idle_transaction_timeout_ms, 5000);
	assert_int_equal(config.connect_timeout_s, 3);
	assert_int_equal(config.tcp_user_timeout_ms, 3000);
	assert_string_equal(config.log_target, "stderr");
	assert_int_equal(config.log_level, LEVEL_INFO);
	assert_string_equal(config.metrics_file, "");
}

static void test_every_form(void **state)
{
	struct config config;

	(void)state;
	assert_true(
		load("\n  # a comment\n\t\r\n"
		     "export DATABASE_URL='host=/run/pg dbname=daybook password=\"x'\r\n"
		     "  JWT_SECRET_KEY=\"" KEY "\"  \n"
		     "JWT_KEY_ID=k-2026_11\n"
		     "JWT_PREVIOUS_KEYS=main:" OTHER_KEY ", older:a:b" OTHER_KEY "\n"
		     "ENVIRONMENT=development\n"
		     "ENVIRONMENT=test\n"
		     "BCRYPT_COST=4\n"
		     "ALLOWED_ORIGINS=HTTPS://App.Example.org:443 ,http://localhost:3000,"
		     "http://a:80,capacitor://localhost,https://[2001:DB8::1]:8443,https://[::1]\n"
		     "PUBLIC_URL=http://127.0.0.1:8080\n"
		     "FRONTEND_URL=https://app.example.org/day/book\n"
		     "QUOTA_BYTES=999999999999999999\n"
		     "LIMIT_LOGIN_ACCOUNT=off\n"
		     "LIMIT_LOGIN_ADDRESS=1000000/86400\n"
		     "LOG_LEVEL=error\n"
		     "LOG_TARGET=/var/log/daybook/api.log\n"
		     "METRICS_FILE=\n"
		     "TOKEN_ISSUER=https://day.example.org",
		     &config));
	assert_string_equal(config.database_url, "host=/run/pg dbname=daybook password=\"x");
	assert_string_equal(config.jwt_secret_key, KEY);
	assert_int_equal(config.jwt_previous_keys.count, 2);
	assert_string_equal(config.jwt_previous_keys.items[0].kid, "main");
	assert_string_equal(config.jwt_previous_keys.items[0].secret, OTHER_KEY);
	assert_string_equal(config.jwt_previous_keys.items[1].kid, "older");
	assert_string_equal(config.jwt_previous_keys.items[1].secret, "a:b" OTHER_KEY);
	assert_int_equal(config.environment, ENV_TEST);
	assert_int_equal(config.bcrypt_cost, 4);
	assert_int_equal(config.allowed_origins.count, 6);
	assert_string_equal(config.allowed_origins.items[0], "https://app.example.org");
	assert_string_equal(config.allowed_origins.items[1], "http://localhost:3000");
	assert_string_equal(config.allowed_origins.items[2], "http://a");
	assert_string_equal(config.allowed_origins.items[3], "capacitor://localhost");
	assert_string_equal(config.allowed_origins.items[4], "https://[2001:db8::1]:8443");
	assert_string_equal(config.allowed_origins.items[5], "https://[::1]");
	assert_string_equal(config.public_url, "http://127.0.0.1:8080");
	assert_string_equal(config.frontend_url, "https://app.example.org/day/book");
	assert_int_equal(config.quota_bytes, 999999999999999999);
	assert_int_equal(config.limit_login_account.count, 0);
	assert_int_equal(config.limit_login_address.count, 1000000);
	assert_int_equal(config.limit_login_address.window_s, 86400);
	assert_int_equal(config.log_level, LEVEL_ERROR);
	assert_string_equal(config.log_target, "/var/log/daybook/api.log");
	assert_string_equal(config.token_issuer, "https://day.example.org");
}

static void test_files_that_cannot_be_read(void **state)
{
	static char big[ENV_FILE_MAX_BYTES + 1];
	struct config config;
	char expected[CONFIG_FAULT_BYTES];

	(void)state;
	unlink(env_path);
	assert_false(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	assert_string_equal(readable_fault(), "FILE: cannot be read: No such file or directory");

	assert_false(config_load(&settings, PROGRAM_WORKER, &config, folder, fault));
	snprintf(expected, sizeof expected, "%s: cannot be read: Is a directory", folder);
	assert_string_equal(fault, expected);

	memset(big, '\n', sizeof big);
	memcpy(big, GOOD, strlen(GOOD));
	write_env_file(big, sizeof big - 1, 0600);
	assert_true(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	write_env_file(big, sizeof big, 0600);
	assert_false(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	assert_string_equal(readable_fault(), "FILE: cannot be read: it has more than 64 KiB");

	write_env_file(GOOD "\0", sizeof GOOD, 0600);
	assert_false(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	assert_string_equal(readable_fault(), "FILE: cannot be read: it contains a NUL byte");
}

static void test_secrets_that_everybody_may_read(void **state)
{
	static const mode_t refused[] = { 0644, 0604, 0602 }, taken[] = { 0400, 0600, 0640, 0660 };
	struct config config;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		write_env_file(GOOD, strlen(GOOD), refused[i]);
		assert_false(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
		assert_string_equal(readable_fault(), "FILE: everybody may read it although it "
						      "sets DATABASE_URL; chmod 0640 it");
	}
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		write_env_file(GOOD, strlen(GOOD), taken[i]);
		assert_true(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	}
	setenv("DATABASE_URL", "postgresql:///x", 1);
	setenv("JWT_SECRET_KEY", KEY, 1);
	write_env_file("BCRYPT_COST=11\n", 15, 0644);
	assert_true(config_load(&settings, PROGRAM_WORKER, &config, env_path, fault));
	assert_int_equal(config.bcrypt_cost, 11);
}

static void test_who_wins(void **state)
{
	struct config config;
	char path[80];

	(void)state;
	write_env_file("BCRYPT_COST=10\nLOCK_TIMEOUT_MS=100\nLOG_LEVEL=debug\n" GOOD,
		       strlen("BCRYPT_COST=10\nLOCK_TIMEOUT_MS=100\nLOG_LEVEL=debug\n" GOOD), 0600);
	snprintf(path, sizeof path, "%s/daybook.env", folder);
	assert_int_equal(rename(env_path, path), 0);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	setenv("LOCK_TIMEOUT_MS", "300", 1);
	assert_true(load("LOCK_TIMEOUT_MS=200\nBCRYPT_COST=11\n", &config));
	assert_int_equal(config.log_level, LEVEL_DEBUG);
	assert_int_equal(config.bcrypt_cost, 11);
	assert_int_equal(config.lock_timeout_ms, 300);
	assert_string_equal(config.jwt_secret_key, KEY);
	assert_true(config_load(&settings, PROGRAM_WORKER, &config, NULL, fault));
	assert_int_equal(config.bcrypt_cost, 10);

	setenv("LOCK_TIMEOUT_MS", "nonsense", 1);
	assert_false(config_load(&settings, PROGRAM_WORKER, &config, NULL, fault));
	assert_string_equal(fault, "LOCK_TIMEOUT_MS (environment): must be a whole number from 10 "
				   "to 600000");
	unsetenv("LOCK_TIMEOUT_MS");
	unlink(path);
	assert_false(config_load(&settings, PROGRAM_WORKER, &config, NULL, fault));
	assert_string_equal(fault, "DATABASE_URL is required: set it in the environment or an env "
				   "file");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_typos_in_the_environment(void **state)
{
	static const char *const typos[] = { "JWT_SECRET", "BCRYPT_COSTS", "LIMIT_LOGIN" };
	struct config config;
	char expected[CONFIG_FAULT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof typos / sizeof *typos; i++) {
		setenv(typos[i], "hidden", 1);
		assert_false(load(GOOD, &config));
		snprintf(expected, sizeof expected, "environment: %s is no setting of Daybook",
			 typos[i]);
		assert_string_equal(fault, expected);
		unsetenv(typos[i]);
	}
}

/* Run by the test below in a process of its own: 0 if the kernel no longer shows the secrets. */
static int child_main(void)
{
	static char before[4096], after[4096];
	char path[] = "/proc/self/environ";
	struct config config;

	for (int pass = 0; pass < 2; pass++) {
		char *text = pass == 0 ? before : after;
		int fd = open(path, O_RDONLY);
		ssize_t len = read(fd, text, sizeof before);
		close(fd);
		if (len <= 0 || !memmem(text, (size_t)len, "BCRYPT_COST=11", 14))
			return 10;
		if (!!memmem(text, (size_t)len, KEY, strlen(KEY)) != (pass == 0) ||
		    !!memmem(text, (size_t)len, "hunter2", 7) != (pass == 0))
			return 11 + pass;
		if (pass == 0 && !config_load(&settings, PROGRAM_WORKER, &config, NULL, fault))
			return 13;
	}
	return strcmp(config.jwt_secret_key, KEY) != 0 || getenv("JWT_SECRET_KEY") ? 14 : 0;
}

static void test_secrets_leave_the_environment(void **state)
{
	char *const argv[] = { "test_config", "--child", NULL };
	char *const envp[] = { "JWT_SECRET_KEY=" KEY, "BCRYPT_COST=11",
			       "DATABASE_URL=postgresql://u:hunter2@/daybook",
			       "ASAN_OPTIONS=detect_leaks=0", NULL };
	int status;

	(void)state;
	pid_t child = fork();
	if (child == 0) {
		execve("/proc/self/exe", argv, envp);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static char *printed(void (*print)(const struct config *, FILE *), const struct config *config)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	print(config, out);
	fclose(out);
	return text;
}

static void print_settings(const struct config *config, FILE *out)
{
	config_print(&settings, PROGRAM_WORKER, config, out);
}

static void print_jobs(const struct config *config, FILE *out)
{
	config_print(&settings, PROGRAM_JOBS, config, out);
}

#define JOBS "DATABASE_JOBS_URL=postgresql:///daybook?user=daybook_jobs\n"
#define SITE "PUBLIC_URL=https://daybook.example\n"
#define LINKS                                                                                      \
	"TOKEN_ENCRYPTION_KEYS=a:"                                                                 \
	"8f0c0d9b7e6a5f4e3d2c1b0a99887766554433221100ffeeddccbbaa00112233\n"
#define MAIL "MAIL_FROM=Daybook <daybook@example.org>\n" LINKS

/* What daybook-jobs needs, and nobody else. */
static const struct {
	const char *text, *fault;
} bad_mails[] = {
	{ "", "DATABASE_JOBS_URL is required: set it in the environment or an env file" },
	{ JOBS "MAIL_URL=smtp://a.example\n",
	  "MAIL_URL (FILE:2): needs PUBLIC_URL, where the links of mails lead" },
	{ JOBS SITE "MAIL_URL=http://a.example\n",
	  "MAIL_URL (FILE:3): must be empty, smtp://host[:port], smtps://host[:port] or "
	  "maildir:///folder" },
	{ JOBS SITE "MAIL_URL=smtp://u:p@a.example\n",
	  "MAIL_URL (FILE:3): must be empty, smtp://host[:port], smtps://host[:port] or "
	  "maildir:///folder" },
	{ JOBS SITE "MAIL_URL=smtp://a.example/x\n",
	  "MAIL_URL (FILE:3): must end with the host or its port: no path" },
	{ JOBS SITE "MAIL_URL=maildir://x\n",
	  "MAIL_URL (FILE:3): must be empty, smtp://host[:port], smtps://host[:port] or "
	  "maildir:///folder" },
	{ JOBS SITE "MAIL_URL=smtp://a.example\n",
	  "MAIL_FROM (default): is required with MAIL_URL" },
	{ JOBS SITE "MAIL_FROM=nobody\n",
	  "MAIL_FROM (FILE:3): must be an address, or Name <address>" },
	{ JOBS SITE "MAIL_URL=smtp://a.example\nMAIL_FROM=a@b.org\n",
	  "TOKEN_ENCRYPTION_KEYS (default): is required with MAIL_URL" },
	{ JOBS SITE "MAIL_URL=maildir:///x\nMAIL_USER=u\n" MAIL,
	  "MAIL_USER (FILE:4): is of no use without a mail server in MAIL_URL" },
	{ JOBS SITE "MAIL_URL=smtp://a.example\nMAIL_USER=u\n" MAIL,
	  "MAIL_PASSWORD (default): must be set together with MAIL_USER" },
	{ JOBS SITE "MAIL_URL=smtp://a.example\nMAIL_PASSWORD=p\n" MAIL,
	  "MAIL_PASSWORD (FILE:4): must be set together with MAIL_USER" },
	{ JOBS "MAIL_CA_FILE=ca.pem\n",
	  "MAIL_CA_FILE (FILE:2): must be an absolute path or empty" },
	{ JOBS "TOKEN_ENCRYPTION_KEYS=a:0123\n",
	  "TOKEN_ENCRYPTION_KEYS (FILE:2): must have 64 hexadecimal digits a key (openssl rand "
	  "-hex 32)" },
	{ JOBS "TOKEN_ENCRYPTION_KEYS=a:"
	       "abababababababababababababababababababababababababababababababab\n",
	  "TOKEN_ENCRYPTION_KEYS (FILE:2): repeats a short text; make one with openssl rand -hex "
	  "32" },
	{ JOBS "MAIL_NAME=x\n", "FILE:2: MAIL_NAME is no setting of Daybook" },
	{ JOBS "VERIFY_TOKEN_SECONDS=60\n",
	  "VERIFY_TOKEN_SECONDS (FILE:2): must be a whole number from 300 to 604800" },
};

static bool load_jobs(const char *text, struct config *out)
{
	write_env_file(text, strlen(text), 0640);
	return config_load(&settings, PROGRAM_JOBS, out, env_path, fault);
}

static void test_jobs(void **state)
{
	struct config config;

	(void)state;
	for (size_t i = 0; i < sizeof bad_mails / sizeof bad_mails[0]; i++) {
		assert_false(load_jobs(bad_mails[i].text, &config));
		assert_string_equal(readable_fault(), bad_mails[i].fault);
	}
	assert_true(load_jobs(JOBS, &config));
	assert_string_equal(config.mail_url, "");
	assert_true(load_jobs(JOBS SITE "MAIL_URL=smtps://mail.example:465\n"
					"MAIL_USER=u\nMAIL_PASSWORD=p\n" MAIL,
			      &config));
	assert_string_equal(config.token_encryption_keys.items[0].kid, "a");
	assert_int_equal(config.limit_mail.count, 600);
}

/* No program holds a secret that it does not need, nor asks for it. */
static void test_secrets_of_others(void **state)
{
	struct config config;

	(void)state;
	assert_true(load_jobs(JOBS GOOD, &config));
	assert_null(config.jwt_secret_key);
	assert_null(config.database_url);
	char *text = printed(print_jobs, &config);
	assert_null(strstr(text, "JWT_"));
	assert_non_null(strstr(text, "MAIL_PASSWORD=(not set)\n"));
	free(text);
	assert_true(load(GOOD JOBS SITE "MAIL_URL=smtp://a.example\n" MAIL, &config));
	assert_null(config.database_jobs_url);
	assert_null(config.token_encryption_keys.items);
	assert_string_equal(config.mail_url, "smtp://a.example");
}

static void test_print(void **state)
{
	struct config config;

	(void)state;
	assert_true(load(GOOD "ALLOWED_ORIGINS=https://a,https://b\nLIMIT_LOGIN_ACCOUNT=off\n",
			 &config));
	char *text = printed(print_settings, &config);
	assert_string_equal(text, "ENVIRONMENT=production\n"
				  "DATABASE_URL=(set)\n"
				  "LOGIN_DATABASE_URL=(not set)\n"
				  "JWT_SECRET_KEY=(set)\n"
				  "JWT_KEY_ID=main\n"
				  "JWT_PREVIOUS_KEYS=(not set)\n"
				  "BETTER_AUTH_SECRET=(not set)\n"
				  "TOKEN_ISSUER=daybook\n"
				  "TOKEN_AUDIENCE=daybook\n"
				  "ACCESS_TOKEN_SECONDS=86400\n"
				  "REFRESH_TOKEN_SECONDS=604800\n"
				  "REFRESH_GRACE_SECONDS=10\n"
				  "BCRYPT_COST=12\n"
				  "REGISTRATION=open\n"
				  "QUOTA_BYTES=1073741824\n"
				  "ALLOWED_ORIGINS=https://a,https://b\n"
				  "PUBLIC_URL=\n"
				  "FRONTEND_URL=\n"
				  "MAIL_URL=\n"
				  "LIMIT_LOGIN_ACCOUNT=off\n"
				  "LIMIT_LOGIN_ADDRESS=20/60\n"
				  "LIMIT_REGISTER_ADDRESS=10/3600\n"
				  "LIMIT_RESET_EMAIL=3/3600\n"
				  "LIMIT_RESET_ADDRESS=10/3600\n"
				  "LIMIT_RESEND_ACCOUNT=3/3600\n"
				  "STATEMENT_TIMEOUT_MS=2000\n"
				  "LOCK_TIMEOUT_MS=500\n"
				  "IDLE_TRANSACTION_TIMEOUT_MS=5000\n"
				  "CONNECT_TIMEOUT_S=3\n"
				  "TCP_USER_TIMEOUT_MS=3000\n"
				  "TRANSFER_TIMEOUT_S=10\n"
				  "LOG_TARGET=stderr\n"
				  "LOG_LEVEL=info\n"
				  "METRICS_FILE=\n");
	free(text);
	assert_true(load(GOOD "JWT_PREVIOUS_KEYS=old:" OTHER_KEY "\n", &config));
	text = printed(print_settings, &config);
	assert_non_null(strstr(text, "JWT_PREVIOUS_KEYS=(set)\n"));
	free(text);
}

static void print_example(const struct config *config, FILE *out)
{
	(void)config;
	config_print_example(&settings, out);
}

static void test_example_is_the_file(void **state)
{
	const char *root = getenv("DAYBOOK_SOURCE_ROOT");
	static char text[32768], path[1024];
	struct config config;

	(void)state;
	snprintf(path, sizeof path, "%s/conf/daybook.env.example", root ? root : ".");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	char *example = printed(print_example, NULL);
	assert_string_equal(text, example);
	free(example);

	/* With the required values it is a file that loads, and so it is with every default. */
	assert_true(len + strlen(GOOD) < sizeof text);
	strcat(text, GOOD);
	assert_true(load(text, &config));
	for (char *at = text; (at = strstr(at, "\n#")); at++)
		if (at[2] != ' ' && at[2] != '\n' && strchr(at, '='))
			at[1] = ' ';
	assert_true(load(text, &config));
	assert_int_equal(config.limit_login_address.count, 20);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(env_path, sizeof env_path, "%s/env", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(env_path);
	return rmdir(folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_bad_origins),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_files_that_cannot_be_read),
		cmocka_unit_test(test_secrets_that_everybody_may_read),
		cmocka_unit_test(test_who_wins),
		cmocka_unit_test(test_typos_in_the_environment),
		cmocka_unit_test(test_secrets_leave_the_environment),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_secrets_of_others),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_example_is_the_file),
	};

	if (argc > 1 && strcmp(argv[1], "--child") == 0)
		return child_main();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

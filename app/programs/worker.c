/* worker.c -- daybook-worker: the FastCGI application on descriptor 0. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "app.h"
#include "base/crypto.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/signals.h"
#include "openapi/openapi.h"
#include "settings.h"
#include "sql/changes.h"
#include "sql/requests.h"
#include "statements.h"
#include "web/router.h"
#include "web/serve.h"

static const char usage[] =
	"usage: daybook-worker [OPTION]...\n"
	"\n"
	"Answers FastCGI requests on the listening socket on descriptor 0, as spawn-fcgi,\n"
	"multiwatch and systemd provide it. Settings come from the environment and an env file.\n"
	"\n"
	"  --env-file FILE            read settings from FILE\n"
	"  --check-config             print the settings in force and exit\n"
	"  --print-settings-example   print all settings with their defaults and exit\n"
	"  --openapi                  print the OpenAPI document and exit\n"
	"  --version                  print the version and exit\n"
	"  --help                     print this and exit\n";

enum {
	ENV_FILE = 'e',
	CHECK_CONFIG = 'c',
	EXAMPLE = 'p',
	OPENAPI = 'o',
	VERSION = 'v',
	HELP = 'h'
};

static const struct option options[] = {
	{ "env-file", required_argument, NULL, ENV_FILE },
	{ "check-config", no_argument, NULL, CHECK_CONFIG },
	{ "print-settings-example", no_argument, NULL, EXAMPLE },
	{ "openapi", no_argument, NULL, OPENAPI },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static int print_openapi(void)
{
	struct router *router = router_new(resources, resource_count);
	struct buf document = { 0 };

	openapi_write(router, DAYBOOK_VERSION, &document);
	printf("%.*s\n", (int)document.len, document.data);
	buf_free(&document);
	router_free(router);
	return 0;
}

static struct jwt_keys *make_keys(const struct config *config)
{
	struct jwt_keys *keys = jwt_keys_new(config->token_issuer, config->token_audience);

	jwt_keys_add(keys, config->jwt_key_id, config->jwt_secret_key,
		     strlen(config->jwt_secret_key));
	for (size_t i = 0; i < config->jwt_previous_keys.count; i++) {
		const struct config_key *key = &config->jwt_previous_keys.items[i];
		jwt_keys_add(keys, key->kid, key->secret, strlen(key->secret));
	}
	if (config->better_auth_secret[0])
		jwt_keys_add_foreign(keys, config->better_auth_secret,
				     strlen(config->better_auth_secret));
	return keys;
}

/* A worker of a newer program may meet an older schema: it says so, and answers 503 until that is
 * migrated. */
static void check_schema(struct web *web)
{
	if (db_state(web->db, web->arena) == DB_OUTDATED)
		log_event(LEVEL_ERROR, "schema_outdated",
			  "the database lacks the change \"%s\": migrate", schema_change);
	arena_reset(web->arena);
}

static bool sweep(struct web *web, struct query query)
{
	struct result rows;
	bool more = db_run(web->db, web->arena, NULL, &query, 1, &rows) == OK &&
		    result_bool(&rows, 0, "_more");

	arena_reset(web->arena);
	return more;
}

/* No stored answer outlives its day by much, and no tombstone its 90 days, also when their user
 * never comes back. */
static bool do_chores(struct web *web)
{
	bool more_answers = sweep(web, sql_request_sweep_answers());
	bool more_deletions = sweep(web, sql_change_sweep());

	return more_answers || more_deletions;
}

static int run_worker(const struct config *config)
{
	struct db_settings database = {
		.url = config->database_url,
		.application_name = "daybook-worker",
		.connect_timeout_s = config->connect_timeout_s,
		.statement_timeout_ms = config->statement_timeout_ms,
		.lock_timeout_ms = config->lock_timeout_ms,
		.idle_transaction_timeout_ms = config->idle_transaction_timeout_ms,
		.tcp_user_timeout_ms = config->tcp_user_timeout_ms,
		.quota_bytes = config->quota_bytes,
		.schema_change = schema_change,
	};
	struct db_settings login_database = database;
	struct web web = { .config = config,
			   .allowed_origins = config->allowed_origins,
			   .transfer_timeout_s = config->transfer_timeout_s,
			   .version = DAYBOOK_VERSION,
			   .constraints = constraints,
			   .chores = do_chores,
			   .put_refusal_page = put_refusal_page,
			   .page_policy = page_policy,
			   .arena = arena_new(65536),
			   .keys = make_keys(config),
			   .router = router_new(resources, resource_count),
			   .db = db_new(&database) };

	login_database.url = config->login_database_url;
	web.login_db = *login_database.url ? db_new(&login_database) : web.db;
	hmac_sha256(config->jwt_secret_key, strlen(config->jwt_secret_key), "daybook cursors", 15,
		    web.cursor_key);
	hmac_sha256(config->jwt_secret_key, strlen(config->jwt_secret_key), "daybook log", 11,
		    web.log_key);
	metrics_add(METRIC_WORKER_STARTS, 1);
	check_schema(&web);
	int status = serve(&web);
	if (web.login_db != web.db)
		db_free(web.login_db);
	db_free(web.db);
	router_free(web.router);
	jwt_keys_free(web.keys);
	arena_free(web.arena);
	buf_free(&web.head);
	buf_free(&web.body);
	return status;
}

static int start(const char *env_file, bool only_check)
{
	static struct config config;
	char fault[CONFIG_FAULT_BYTES];

	signals_hold();
	if (!config_load(&settings, PROGRAM_WORKER, &config, env_file, fault)) {
		fprintf(stderr, "daybook-worker: %s\n", fault);
		return 1;
	}
	if (only_check) {
		config_print(&settings, PROGRAM_WORKER, &config, stdout);
		return 0;
	}
	if (!serve_has_listener()) {
		fputs(usage, stderr);
		return 2;
	}
	/* No core file, no debugger: the memory holds secrets. The tests look for leaks in it. */
	if (config.environment != ENV_TEST)
		prctl(PR_SET_DUMPABLE, 0);
	log_open(config.log_target, (enum log_level)config.log_level, "daybook-worker");
	if (!metrics_open(config.metrics_file, fault, sizeof fault)) {
		log_event(LEVEL_ERROR, "start_failed", "%s", fault);
		fprintf(stderr, "daybook-worker: %s\n", fault);
		return 1;
	}
	return run_worker(&config);
}

int main(int argc, char **argv)
{
	const char *env_file = NULL;
	bool only_check = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case ENV_FILE:
			env_file = optarg;
			break;
		case CHECK_CONFIG:
			only_check = true;
			break;
		case EXAMPLE:
			config_print_example(&settings, stdout);
			return 0;
		case OPENAPI:
			return print_openapi();
		case VERSION:
			puts("daybook-worker " DAYBOOK_VERSION);
			return 0;
		case HELP:
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	return start(env_file, only_check);
}

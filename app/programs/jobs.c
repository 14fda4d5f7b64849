/* jobs.c -- daybook-jobs: what is done by the clock, and mails. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "app_jobs.h"
#include "daemon/log.h"
#include "daemon/signals.h"
#include "statements.h"

static const char usage[] =
	"usage: daybook-jobs [OPTION]... [LANE]...\n"
	"\n"
	"Does the jobs of the lanes, clock and mail; without a name those of both, one after the\n"
	"other. Any number of processes may run. Settings come from the environment and an env "
	"file.\n"
	"\n"
	"  --env-file FILE            read settings from FILE\n"
	"  --run JOB                  do one job now, due or not, print what it made, and exit\n"
	"  --status                   print jobs, mails that wait, and mails that failed\n"
	"  --retry ID|all             send mails that failed again\n"
	"  --preview-mail [NAME]      print a mail with example values, or the names of all\n"
	"  --check-config             print the settings in force and exit\n"
	"  --print-settings-example   print all settings with their defaults and exit\n"
	"  --version                  print the version and exit\n"
	"  --help                     print this and exit\n";

enum { EXIT_USAGE = 2 };

static const struct option options[] = {
	{ "env-file", required_argument, NULL, 'e' },
	{ "run", required_argument, NULL, 'r' },
	{ "status", no_argument, NULL, 's' },
	{ "retry", required_argument, NULL, 't' },
	{ "preview-mail", optional_argument, NULL, 'm' },
	{ "check-config", no_argument, NULL, 'c' },
	{ "print-settings-example", no_argument, NULL, 'p' },
	{ "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* What the arguments ask for. */
struct wish {
	int what; /* the option that says what to do; 0: serve */
	const char *env_file, *argument;
	const struct job *jobs[8];
	size_t count;
};

const struct job *const all_jobs[] = { &deadlines_job, &reminders_job, &tidy_job,
				       &resets_job,    &mail_job,      NULL };

static const struct job *find_job(const char *name)
{
	for (const struct job *const *job = all_jobs; *job; job++)
		if (strcmp((*job)->name, name) == 0)
			return *job;
	return NULL;
}

static void add_job(struct wish *wish, const struct job *job)
{
	for (size_t i = 0; i < wish->count; i++)
		if (wish->jobs[i] == job)
			return;
	wish->jobs[wish->count++] = job;
}

/* The jobs of a lane, or of all lanes; false if there is none of that name. */
static bool add_lane(struct wish *wish, const char *lane)
{
	size_t before = wish->count;

	for (const struct job *const *job = all_jobs; *job; job++)
		if (!lane || strcmp((*job)->lane, lane) == 0)
			add_job(wish, *job);
	return wish->count > before;
}

static int print_names(void)
{
	for (const struct mail_template *template = mail_templates; template->name; template ++)
		puts(template->name);
	return 0;
}

static int preview(const struct config *config, const char *name)
{
	struct config shown = *config;
	struct buf mail = { 0 };

	if (!name)
		return print_names();
	if (!*shown.mail_from)
		shown.mail_from = "Daybook <daybook@example.org>";
	bool known = letter_put_example(&shown, name, &mail);
	if (known)
		fwrite(mail.data, 1, mail.len, stdout);
	else
		fprintf(stderr, "daybook-jobs: there is no mail %s\n", name);
	buf_free(&mail);
	return known ? 0 : EXIT_USAGE;
}

/* Jobs of a newer program may meet an older schema: they wait until it is migrated. */
static void check_schema(struct lane *lane)
{
	if (db_state(lane->db, lane->arena) == DB_OUTDATED)
		log_event(LEVEL_ERROR, "schema_outdated",
			  "the database lacks the change \"%s\": migrate", schema_change);
	arena_reset(lane->arena);
}

static int serve(struct lane *lane, const struct wish *wish)
{
	const struct jobs_context *context = lane->context;

	check_schema(lane);
	log_event(LEVEL_INFO, "jobs_started", "mail: %s",
		  *context->config->mail_url ? context->config->mail_url : "off");
	return lane_serve(lane, wish->jobs, wish->count);
}

static int carry_out(struct lane *lane, const struct wish *wish)
{
	switch (wish->what) {
	case 'r':
		return lane_run_once(lane, find_job(wish->argument)) ? 0 : 1;
	case 's':
		return report_status(lane) ? 0 : 1;
	case 't':
		return report_retry(lane, wish->argument) ? 0 : 1;
	default:
		return serve(lane, wish);
	}
}

static int run(const struct config *config, const struct wish *wish)
{
	struct db_settings database = {
		.url = config->database_jobs_url,
		.application_name = "daybook-jobs",
		.connect_timeout_s = config->connect_timeout_s,
		.statement_timeout_ms = config->jobs_statement_timeout_ms,
		.lock_timeout_ms = config->jobs_statement_timeout_ms / 6,
		.idle_transaction_timeout_ms = config->idle_transaction_timeout_ms,
		.tcp_user_timeout_ms = config->tcp_user_timeout_ms,
		.schema_change = schema_change,
	};
	struct jobs_context context = { .config = config };
	struct lane lane = { .db = db_new(&database),
			     .arena = arena_new(65536),
			     .context = &context };

	if (*config->mail_url)
		context.mailer = mailer_new(config);
	int status = carry_out(&lane, wish);
	if (context.mailer)
		mailer_free(context.mailer);
	db_free(lane.db);
	arena_free(lane.arena);
	return status;
}

static int start(const struct wish *wish)
{
	static struct config config;
	char fault[CONFIG_FAULT_BYTES];

	signals_hold();
	if (!config_load(&settings, PROGRAM_JOBS, &config, wish->env_file, fault)) {
		fprintf(stderr, "daybook-jobs: %s\n", fault);
		return 1;
	}
	if (wish->what == 'm')
		return preview(&config, wish->argument);
	if (wish->what == 'c') {
		config_print(&settings, PROGRAM_JOBS, &config, stdout);
		return 0;
	}
	/* No core file, no debugger: the memory holds secrets. The tests look for leaks in it. */
	if (config.environment != ENV_TEST)
		prctl(PR_SET_DUMPABLE, 0);
	log_open(config.log_target, (enum log_level)config.log_level, "daybook-jobs");
	if (!metrics_open(config.metrics_file, fault, sizeof fault)) {
		log_event(LEVEL_ERROR, "start_failed", "%s", fault);
		fprintf(stderr, "daybook-jobs: %s\n", fault);
		return 1;
	}
	return run(&config, wish);
}

/* Options that need no settings; -1: there was none. */
static int answer_at_once(int option)
{
	switch (option) {
	case 'p':
		config_print_example(&settings, stdout);
		return 0;
	case 'v':
		puts("daybook-jobs " DAYBOOK_VERSION);
		return 0;
	case 'h':
		fputs(usage, stdout);
		return 0;
	case '?':
		fputs(usage, stderr);
		return EXIT_USAGE;
	default:
		return -1;
	}
}

static bool is_right(const struct wish *wish)
{
	return wish->what != 'r' || find_job(wish->argument);
}

int main(int argc, char **argv)
{
	struct wish wish = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int status = answer_at_once(option);
		if (status >= 0)
			return status;
		if (option == 'e') {
			wish.env_file = optarg;
		} else {
			wish.what = option;
			wish.argument = optarg;
		}
	}
	bool right = is_right(&wish);
	for (int i = optind; i < argc; i++) {
		if (wish.what == 'm' && !wish.argument)
			wish.argument = argv[i];
		else
			right = right && wish.what == 0 && add_lane(&wish, argv[i]);
	}
	if (!right) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (wish.count == 0)
		add_lane(&wish, NULL);
	return start(&wish);
}

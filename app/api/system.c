/* system.c -- what operators and tools ask: health, readiness, metrics, the contract. */
#include <string.h>

#include "app.h"
#include "base/instant.h"
#include "daemon/metrics.h"
#include "openapi/openapi.h"
#include "sql/system.h"

static const struct words health_words = WORDS("HealthStatus", "ok");
static const struct words readiness_words = WORDS("ReadinessStatus", "ready", "unavailable");
static const struct words database_words = WORDS("DatabaseCheck", "ok", "unavailable");
static const struct words schema_words = WORDS("SchemaCheck", "ok", "outdated", "unknown");
static const struct words job_words = WORDS("JobsCheck", "ok", "late", "none");

static const struct field health_fields[] = {
	ANSWER("status", KIND_TEXT, .words = &health_words),
	ANSWER("timestamp", KIND_INSTANT),
	ANSWER("version", KIND_TEXT, .example = "1.0.0", .doc = "That of the program."),
};

static const struct field check_fields[] = {
	ANSWER("database", KIND_TEXT, .words = &database_words),
	ANSWER("schema", KIND_TEXT, .words = &schema_words),
	ANSWER("jobs", KIND_TEXT, .words = &job_words),
};

static const struct shape checks_shape = ANSWER_SHAPE("Checks", check_fields);

static const struct field readiness_fields[] = {
	ANSWER("status", KIND_TEXT, .words = &readiness_words),
	ANSWER("checks", KIND_OBJECT, .shape = &checks_shape),
};

static const struct shape health_shape = ANSWER_SHAPE("Health", health_fields);
static const struct shape readiness_shape = ANSWER_SHAPE("Readiness", readiness_fields);

/* Says that this process answers; the database is not asked. */
static enum err get_health(struct request *req)
{
	char now[INSTANT_TEXT_BYTES];

	instant_format(now, req->now.us);
	answer_start(req, 200);
	buf_printf(req->answer.body, "{\"status\":\"ok\",\"timestamp\":\"%s\",\"version\":\"%s\"}",
		   now, req->web->version);
	return answer_json(req);
}

/* They never make the server unready: the API works without them. */
static const char *job_state(struct request *req)
{
	struct query query = sql_system_job_state();
	struct result row;

	if (db_run(req->web->db, req->arena, NULL, &query, 1, &row) != OK)
		return "none";
	return result_text(&row, 0, "_state");
}

static enum err get_ready(struct request *req)
{
	static const char *const database[] = { "ok", "ok", "unavailable" };
	static const char *const schema[] = { "ok", "outdated", "unknown" };
	enum db_state state = db_state(req->web->db, req->arena);
	bool ready = state == DB_READY;
	const char *jobs = ready ? job_state(req) : "none";

	answer_start(req, ready ? 200 : 503);
	if (!ready)
		answer_header(req, "Retry-After", "1");
	buf_printf(req->answer.body,
		   "{\"status\":\"%s\",\"checks\":{\"database\":\"%s\",\"schema\":\"%s\","
		   "\"jobs\":\"%s\"}}",
		   ready ? "ready" : "unavailable", database[state], schema[state], jobs);
	return answer_json(req);
}

/* What the database knows of jobs and mails. */
static const struct gauge {
	const char *metric, *name, *label, *help;
} gauges[] = {
	{ "job_failures", "daybook_job_failures", "job",
	  "Failures of a job since its last success." },
	{ "job_last_success_seconds", "daybook_job_last_success_seconds", "job",
	  "Seconds since a job succeeded." },
	{ "outbox_messages", "daybook_outbox_messages", "state", "Mails that were not sent." },
	{ "outbox_oldest_seconds", "daybook_outbox_oldest_seconds", NULL,
	  "Seconds for which the oldest mail has been due." },
};

static void put_gauge(struct buf *out, const struct gauge *gauge, const struct result *rows)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", gauge->name, gauge->help, gauge->name);
	for (int i = 0; i < rows->row_count; i++) {
		if (strcmp(result_text(rows, i, "_metric"), gauge->metric) != 0)
			continue;
		buf_puts(out, gauge->name);
		if (gauge->label)
			buf_printf(out, "{%s=\"%s\"}", gauge->label,
				   result_text(rows, i, "_label"));
		buf_printf(out, " %s\n", result_text(rows, i, "_value"));
	}
}

/* Without the database they are left out, and the counters remain. */
static void put_gauges(struct request *req)
{
	struct query query = sql_system_job_figures();
	struct result rows;

	if (db_run(req->web->db, req->arena, NULL, &query, 1, &rows) != OK)
		return;
	for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++)
		put_gauge(req->answer.body, &gauges[i], &rows);
}

static enum err get_metrics(struct request *req)
{
	answer_start(req, 200);
	metrics_write(req->answer.body);
	put_gauges(req);
	answer_header(req, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	return OK;
}

static enum err get_openapi(struct request *req)
{
	openapi_write(req->web->router, req->web->version, req->answer.body);
	return reply_digested(req);
}

static const struct route system_routes[] = {
	{ GET, "/health", ANYBODY, HANDLER(get_health), .answer = &health_shape,
	  .outside_api = true, .doc = "Whether the server answers",
	  .about = "The process answers, and asks nobody else." },
	{ GET, "/health", ANYBODY, get_health, "get_api_health", .answer = &health_shape,
	  .doc = "Whether the server answers", .about = "The same as `/health`." },
	{ GET, "/ready", ANYBODY, get_ready, "get_readiness", .answer = &readiness_shape,
	  .unready = true, .outside_api = true, .doc = "Whether the server can do its work",
	  .about = "503 while the database is away, or its schema older than the program. "
		   "`jobs` is `late` when reminders or mails are, and `none` when "
		   "daybook-jobs has never run." },
	{ GET, "/metrics", ANYBODY, HANDLER(get_metrics), .outside_api = true,
	  .media_type = "text/plain", .doc = "Counters for Prometheus",
	  .about = "In the text format of Prometheus. The web server lets only local addresses "
		   "in." },
	{ GET, "/openapi.json", ANYBODY, HANDLER(get_openapi), .media_type = "application/json",
	  .digested = true, .doc = "This contract",
	  .about = "An OpenAPI 3.1 document, which `daybook-worker --openapi` prints as well." },
};

const struct resource system_resource = { .name = "system",
					  .doc = "What operators and tools ask",
					  ROUTES(system_routes) };

#include "loopback.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "web/dispatch.h"
#include "web/router.h"

enum { MAX_VARIABLES = 16, MAX_RESULTS = 8 };

/* A result that waits for its query, and afterwards for the end of the request. */
struct prepared_result {
	enum err err;
	struct result rows;
};

static struct web web;
static struct request request;
static struct buf text;
static struct prepared_result results[MAX_RESULTS];
static size_t result_count, results_asked;

struct web *loopback_open(const struct resource *resource)
{
	static const struct constraint none[] = { { .name = NULL } };
	static const char *origins[] = { "https://app.example", "http://localhost:3000" };

	web = (struct web){ .allowed_origins = { origins, 2, true },
			    .keys = jwt_keys_new("daybook", "daybook"),
			    .router = router_new(&resource, 1),
			    .constraints = none,
			    .arena = arena_new(4096),
			    .version = "1.0.0" };
	jwt_keys_add(web.keys, "main", "a secret of thirty-two bytes ....", 33);
	return &web;
}

static void end_request(void)
{
	for (size_t i = 0; i < result_count; i++)
		if (results[i].err == OK)
			rows_free(&results[i].rows);
	result_count = results_asked = 0;
	buf_clear(&web.head);
	buf_clear(&web.body);
	arena_reset(web.arena);
}

void loopback_close(void)
{
	end_request();
	buf_free(&text);
	buf_free(&web.head);
	buf_free(&web.body);
	router_free(web.router);
	jwt_keys_free(web.keys);
	arena_free(web.arena);
}

static void prepare(struct prepared_result result)
{
	if (request.answer.status != 0)
		end_request();
	request.answer.status = 0;
	assert_true(result_count < MAX_RESULTS);
	results[result_count++] = result;
}

void loopback_rows(const struct value *values, int columns, int rows)
{
	prepare((struct prepared_result){ .rows = rows_make(values, columns, rows) });
}

void loopback_fails(enum err err)
{
	prepare((struct prepared_result){ .err = err });
}

/* The linker puts these in the place of those of db.h. */
enum err __wrap_db_run(struct db *db, struct arena *arena, const struct db_scope *scope,
		       const struct query *queries, size_t count, struct result *out);
const struct db_fault *__wrap_db_fault(const struct db *db);

enum err __wrap_db_run(struct db *db, struct arena *arena, const struct db_scope *scope,
		       const struct query *queries, size_t count, struct result *out)
{
	(void)db;
	(void)arena;
	(void)scope;
	(void)queries;
	for (size_t i = 0; i < count; i++) {
		assert_true(results_asked < result_count);
		const struct prepared_result *result = &results[results_asked++];
		if (result->err != OK)
			return result->err;
		out[i] = result->rows;
	}
	return OK;
}

const struct db_fault *__wrap_db_fault(const struct db *db)
{
	static const struct db_fault none = { .message = "as the test wants it" };

	(void)db;
	return &none;
}

const char *loopback_token(int64_t seconds)
{
	static char header[JWT_MAX_BYTES + 64] = "HTTP_AUTHORIZATION=Bearer ";
	int64_t now_s = clock_now_us() / 1000000;
	struct jwt_claims claims = { .email = "ann@example.org",
				     .issued_s = now_s,
				     .expires_s = now_s + seconds };

	assert_true(uuid_parse(LOOPBACK_USER, strlen(LOOPBACK_USER), &claims.user));
	assert_true(uuid_parse(LOOPBACK_SESSION, strlen(LOOPBACK_SESSION), &claims.session));
	jwt_sign(web.keys, &claims, header + strlen("HTTP_AUTHORIZATION=Bearer "));
	return header;
}

/* A text as the web server hands it over: for writing, too. */
static char *variable(const char *name, const char *value)
{
	return arena_printf(web.arena, "%s=%s", name, value);
}

const struct request *loopback_ask(const char *method, const char *target, const char *body,
				   const char *const *variables)
{
	char **env;
	size_t count = 0;

	if (request.answer.status != 0)
		end_request();
	env = arena_alloc(web.arena, MAX_VARIABLES * sizeof *env);
	for (; variables[count]; count++)
		env[count] = arena_copy(web.arena, variables[count], strlen(variables[count]));
	assert_true(count + 4 < MAX_VARIABLES);
	env[count++] = variable("REQUEST_METHOD", method);
	env[count++] = variable("REQUEST_URI", target);
	if (body)
		env[count++] = variable("CONTENT_TYPE", "application/json");
	request = (struct request){
		.web = &web,
		.arena = web.arena,
		.in = { .env = env, .body = body ? body : "", .body_len = body ? strlen(body) : 0 },
		.answer = { .head = &web.head, .body = &web.body }
	};
	dispatch_answer(&request);
	return &request;
}

const char *loopback_header(const char *name)
{
	const char *line = arena_copy(web.arena, web.head.data, web.head.len);
	size_t len = strlen(name);

	for (; *line; line = strstr(line, "\r\n") + 2)
		if (strncmp(line, name, len) == 0 && strncmp(line + len, ": ", 2) == 0)
			return arena_copy(web.arena, line + len + 2, strcspn(line, "\r") - len - 2);
	return NULL;
}

void assert_answer(int status, const char *part)
{
	buf_clear(&text);
	buf_put(&text, web.body.data, web.body.len);
	buf_putc(&text, '\0');
	if (request.answer.status != status || !strstr(text.data, part))
		fail_msg("%d %s\nis not %d %s", request.answer.status, text.data, status, part);
	assert_int_equal(results_asked, result_count);
}

void assert_header(const char *name, const char *value)
{
	const char *found = loopback_header(name);

	if (!value)
		assert_null(found);
	else if (!found)
		fail_msg("no %s", name);
	else
		assert_string_equal(found, value);
}

#include "web/dispatch.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "web/idempotency.h"
#include "web/router.h"
#include "web/send.h"

enum { KEPT_BYTES = 1 << 18 };
enum { MAX_PATH_BYTES = 2048, MAX_QUERY_BYTES = 8192, MAX_REQUEST_ID = 64 };

static enum method find_method(const char *name)
{
	for (int method = 0; method < METHOD_UNKNOWN; method++)
		if (method_names[method] && strcmp(method_names[method], name) == 0)
			return (enum method)method;
	return METHOD_UNKNOWN;
}

/* A valid inbound X-Request-Id is kept, so that a caller can follow its request through. */
static const char *choose_request_id(struct request *req)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	const char *inbound = request_header(req, "HTTP_X_REQUEST_ID");
	size_t len = inbound ? strspn(inbound, allowed) : 0;

	if (len > 0 && len <= MAX_REQUEST_ID && inbound[len] == '\0')
		return inbound;
	struct uuid made = uuid_v7();
	char *text = arena_alloc(req->arena, UUID_TEXT_BYTES);
	uuid_format(text, made.bytes);
	return text;
}

static void put_common_headers(struct request *req)
{
	reply_header(req, "X-Request-Id", req->id_text);
	buf_puts(req->head,
		 "X-Content-Type-Options: nosniff\r\n"
		 "Referrer-Policy: no-referrer\r\n"
		 "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
}

/* CORS (Fetch standard): only exact origins, and never `*`. */
static bool put_cors(struct request *req)
{
	const struct strings *allowed = &req->web->config->allowed_origins;
	const char *origin = request_header(req, "HTTP_ORIGIN");

	reply_header(req, "Vary", "Origin");
	for (size_t i = 0; origin && i < allowed->count; i++) {
		if (strcmp(allowed->items[i], origin) != 0)
			continue;
		reply_header(req, "Access-Control-Allow-Origin", origin);
		buf_puts(
			req->head,
			"Access-Control-Allow-Credentials: true\r\n"
			"Access-Control-Expose-Headers: ETag, Location, Retry-After, X-Request-Id, "
			"Idempotency-Replayed\r\n");
		return true;
	}
	return false;
}

static enum err answer_options(struct request *req, bool origin_allowed)
{
	reply_header(req, "Allow", req->allow);
	if (origin_allowed && request_header(req, "HTTP_ACCESS_CONTROL_REQUEST_METHOD")) {
		reply_header(req, "Access-Control-Allow-Methods", req->allow);
		buf_puts(req->head,
			 "Access-Control-Allow-Headers: Authorization, Content-Type, If-Match, "
			 "If-None-Match, Idempotency-Key, X-Request-Id\r\n"
			 "Access-Control-Max-Age: 600\r\n");
	}
	return reply_empty(req, 204);
}

/* Checks the access token alone; the session is checked by the transaction of the handler. */
static enum err authenticate(struct request *req)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(req, "HTTP_AUTHORIZATION");

	if (!header || !*header)
		return refuse_token(req, ERR_UNAUTHORIZED, "no token");
	if (strncasecmp(header, scheme, strlen(scheme)) != 0)
		return refuse_token(req, ERR_UNAUTHORIZED, "no bearer token");
	const char *token = header + strlen(scheme);
	enum err err = jwt_verify(req->web->keys, token, strlen(token), JWT_ACCESS,
				  req->now.us / 1000000, &req->claims);
	if (err == ERR_UNAUTHORIZED)
		err = jwt_verify_foreign(req->web->keys, token, strlen(token),
					 req->now.us / 1000000, &req->claims);
	if (err != OK)
		return refuse_token(req, err, err_info(err)->word);
	req->scope = (struct db_scope){ req->claims.user, req->claims.session, req->claims.email };
	if (req->route->own_session && !req->scope.session.set)
		return refuse(req, ERR_FORBIDDEN, NULL, "this needs a login at this server");
	return OK;
}

/* {id} and {user_id} are UUIDs; whatever else stands in their place does not exist. */
static enum err bind_params(struct request *req, const struct match *match)
{
	struct log_line line;
	struct uuid value;

	for (size_t i = 0; i < match->param_count; i++) {
		if (!uuid_parse(match->values[i], strlen(match->values[i]), &value))
			return refuse(req, ERR_NOT_FOUND, NULL, NULL);
		if (strcmp(match->names[i], "{user_id}") != 0) {
			req->id = value;
			continue;
		}
		req->user_scoped = true;
		if (!uuid_equal(&value, &req->scope.user)) {
			audit_begin(req, &line, "foreign_access");
			log_text(&line, "resource", "users");
			log_uuid(&line, "id", &value);
			log_end(&line);
			return refuse(req, ERR_FORBIDDEN, NULL, NULL);
		}
	}
	return OK;
}

/* The target as the client sent it, cut into path and query string. */
static enum err read_target(struct request *req)
{
	const char *target = request_header(req, "REQUEST_URI");
	size_t len = target ? strcspn(target, "?") : 0;

	if (len == 0 || target[0] != '/')
		return refuse(req, ERR_BAD_REQUEST, NULL, NULL);
	req->query = target[len] ? target + len + 1 : "";
	if (len > MAX_PATH_BYTES || strlen(req->query) > MAX_QUERY_BYTES)
		return refuse(req, ERR_URI_TOO_LONG, NULL, NULL);
	req->path = arena_copy(req->arena, target, len);
	return OK;
}

static enum err find_route(struct request *req, struct match *match, bool origin_allowed)
{
	const char *segments[PATH_MAX_SEGMENTS];
	size_t count;

	if (!path_split(req->arena, req->path, segments, &count))
		return refuse(req, ERR_NOT_FOUND, NULL, NULL);
	if (!router_find(req->web->router, segments, count, match))
		return refuse(req, ERR_NOT_FOUND, NULL, NULL);
	enum method method = req->method == HEAD ? GET : req->method;
	req->route = method < METHOD_COUNT ? match->routes[method] : NULL;
	if (req->route)
		return OK;
	req->allow = match_allow(req->arena, match);
	return req->method == OPTIONS ? answer_options(req, origin_allowed)
				      : refuse(req, ERR_METHOD_NOT_ALLOWED, NULL, NULL);
}

/* The way of a request up to its handler; each step that says no has answered. */
static enum err answer(struct request *req)
{
	struct match match = { 0 };

	put_common_headers(req);
	bool origin_allowed = put_cors(req);
	TRY(read_target(req));
	TRY(find_route(req, &match, origin_allowed));
	if (!req->route)
		return OK; /* OPTIONS */
	if (req->route->audience == USER)
		TRY(authenticate(req));
	TRY(bind_params(req, &match));
	if (!req->route->query)
		TRY(read_query(req, NULL));
	const char *key = request_header(req, "HTTP_IDEMPOTENCY_KEY");
	if (key && req->route->idempotent)
		return idempotency_run(req, key);
	return req->route->handler(req);
}

/* Whether nothing of the request is still to be read. Without a body its end came along with the
 * headers; otherwise asking could wait for an end that never comes. */
static bool is_read(const struct request *req)
{
	const char *length = request_header(req, "CONTENT_LENGTH");
	bool no_body = (!length || strspn(length, "0") == strlen(length)) &&
		       !request_header(req, "HTTP_TRANSFER_ENCODING");

	return req->received || (no_body && FCGX_GetChar(req->in) == EOF);
}

static void log_request(const struct request *req, int64_t duration_us)
{
	struct log_line line;

	metrics_request(method_names[req->method], req->status, duration_us);
	log_begin(&line, LEVEL_INFO, "request");
	log_text(&line, "method", method_names[req->method]);
	log_text(&line, "path", req->path);
	log_int(&line, "status", req->status);
	log_text(&line, "error", req->refusal);
	log_ms(&line, "duration_ms", duration_us);
	log_text(&line, "request_id", req->id_text);
	log_uuid(&line, "user", &req->scope.user);
	log_text(&line, "ip", req->address);
	log_end(&line);
}

/* What a large request took goes back to the system, so that no worker stays as large as its
 * largest request. */
static void give_back(struct web *web, size_t received)
{
	bool large = web->body.cap > KEPT_BYTES;

	if (large)
		buf_free(&web->body);
	if (large || received > KEPT_BYTES)
		malloc_trim(KEPT_BYTES);
}

void dispatch(struct web *web, FCGX_Request *fcgi)
{
	struct request req = { .web = web,
			       .arena = web->arena,
			       .env = fcgi->envp,
			       .in = fcgi->in,
			       .head = &web->head,
			       .body = &web->body };
	const char *method = request_header(&req, "REQUEST_METHOD");
	int64_t started_us = monotonic_us();

	if (!method) {
		log_event(LEVEL_WARNING, "request_aborted", "the web server sent no method");
		return;
	}
	req.method = find_method(method);
	req.now = (struct instant){ instant_now_us(), true };
	req.address = request_header(&req, "REMOTE_ADDR");
	req.id_text = choose_request_id(&req);
	enum err err = answer(&req);
	if (req.status == 0) {
		log_event(LEVEL_ERROR, "no_answer", "a handler returned %d without an answer", err);
		refuse(&req, ERR_INTERNAL, NULL, NULL);
	}
	send_answer(&req, fcgi);
	if (is_read(&req))
		FCGX_Detach(fcgi); /* closed at once, without waiting for the web server to do so */
	log_request(&req, monotonic_us() - started_us);
	buf_free(&req.faults);
	buf_clear(&web->head);
	buf_clear(&web->body);
	arena_reset(web->arena);
	give_back(web, req.raw_len);
}

#include "web/dispatch.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/network.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/authenticate.h"
#include "web/condition.h"
#include "web/cors.h"
#include "web/filter.h"
#include "web/idempotency.h"
#include "web/refuse.h"
#include "web/router.h"
#include "web/send.h"
#include "web/spool.h"

enum { KEPT_BYTES = 1 << 18, TRIM_BYTES = 1 << 14 };
enum { MAX_PATH_BYTES = 2048, MAX_QUERY_BYTES = 8192, MAX_REQUEST_ID = 64 };

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
	answer_header(req, "X-Request-Id", req->in.request_id);
	buf_puts(req->answer.head, "X-Content-Type-Options: nosniff\r\n"
				   "Referrer-Policy: no-referrer\r\n");
}

/* What a browser may do with the answer, which depends on the route. */
static void put_policy(struct request *req)
{
	bool page = req->route && req->route->page;

	answer_header(req, "Content-Security-Policy",
		      page ? req->web->page_policy : "default-src 'none'; frame-ancestors 'none'");
}

/* {id} and {user_id} are UUIDs: whatever else stands in their place does not exist. */
static enum err bind_params(struct request *req, const struct match *match)
{
	struct uuid value;

	for (size_t i = 0; i < match->param_count; i++) {
		if (strncmp(match->names[i], ROUTE_SECRET, strlen(ROUTE_SECRET)) == 0) {
			req->secret = match->values[i];
			continue;
		}
		if (!uuid_parse(match->values[i], strlen(match->values[i]), &value))
			return refuse(req, ERR_NOT_FOUND);
		if (strcmp(match->names[i], "{user_id}") != 0) {
			req->id = value;
			continue;
		}
		req->user_scoped = true;
		if (!uuid_equal(&value, &req->scope.user)) {
			audit_foreign_access(req, "users", match->values[i]);
			return refuse(req, ERR_FORBIDDEN);
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
		return refuse(req, ERR_BAD_REQUEST);
	req->in.query = target[len] ? target + len + 1 : "";
	if (len > MAX_PATH_BYTES || strlen(req->in.query) > MAX_QUERY_BYTES)
		return refuse(req, ERR_URI_TOO_LONG);
	req->in.path = arena_copy(req->arena, target, len);
	return OK;
}

/* The path up to what stands for {secret}, if anything does: /api/v1/feeds/-. */
static const char *shown_path(struct request *req, const struct match *match)
{
	const char *end = req->in.path;

	if (match->secret_at == 0)
		return req->in.path;
	for (size_t i = 0; i <= match->secret_at; i++)
		end = strchr(end, '/') + 1;
	return arena_printf(req->arena, "%.*s-", (int)(end - req->in.path), req->in.path);
}

/* Whether the path leads anywhere. What cannot be decoded is not shown, since nobody knows what it
 * was to name. */
static bool find_match(struct request *req, struct match *match)
{
	const char *segments[PATH_MAX_SEGMENTS];
	size_t count;

	req->in.shown_path = "(unreadable)";
	if (!path_split(req->arena, req->in.path, segments, &count))
		return false;
	bool found = router_find(req->web->router, segments, count, match);
	req->in.shown_path = shown_path(req, match);
	return found;
}

static enum err find_route(struct request *req, const struct match *match, bool origin_allowed)
{
	const struct endpoint *endpoint = match_find(match, req->in.method);
	if (endpoint) {
		req->resource = endpoint->resource;
		req->route = endpoint->route;
		ask_role(req, req->route->password);
		return OK;
	}
	req->allow = match_allow(req->arena, match);
	return req->in.method == OPTIONS ? cors_answer_options(req, origin_allowed)
					 : refuse(req, ERR_METHOD_NOT_ALLOWED);
}

static void step_aside(const struct web *web)
{
	if (web->step_aside)
		web->step_aside(web->step_aside_context);
}

/* The way of a request up to its handler; each step that says no has answered. */
static enum err find_answer(struct request *req)
{
	struct match match = { 0 };

	put_common_headers(req);
	bool origin_allowed = cors_put(req);
	TRY(read_target(req));
	bool found = find_match(req, &match);
	if (req->in.fault)
		return refuse(req, req->in.fault);
	if (!found)
		return refuse(req, ERR_NOT_FOUND);
	TRY(find_route(req, &match, origin_allowed));
	if (!req->route)
		return OK; /* OPTIONS */
	req->slow = req->route->slow || filter_is_slow(req);
	if (req->route->audience == USER)
		TRY(authenticate(req));
	TRY(bind_params(req, &match));
	if (req->route->methods != GET)
		TRY(condition_read(req));
	if (!req->route->query)
		TRY(filter_read_none(req));
	if (req->slow)
		step_aside(req->web);
	const char *key = request_header(req, "HTTP_IDEMPOTENCY_KEY");
	if (key && route_is_idempotent(req->route))
		return idempotency_run(req, key);
	return req->route->handler(req);
}

static void log_request(const struct request *req, int64_t duration_us)
{
	struct log_line line;

	metrics_request(method_name(req->in.method), req->answer.status, duration_us);
	log_begin(&line, LEVEL_INFO, "request");
	log_text(&line, "method", method_name(req->in.method));
	log_text(&line, "path", req->in.shown_path);
	log_int(&line, "status", req->answer.status);
	log_text(&line, "error", req->answer.refusal);
	log_ms(&line, "duration_ms", duration_us);
	log_text(&line, "request_id", req->in.request_id);
	log_uuid(&line, "user", &req->scope.user);
	log_text(&line, "ip", req->in.address);
	log_end(&line);
}

/* A request that is not begun: its client has gone while it waited, and was told that it failed. */
static void log_given_up(const struct request *req)
{
	struct log_line line;

	log_begin(&line, LEVEL_INFO, "request_given_up");
	log_text(&line, "method", request_header(req, "REQUEST_METHOD"));
	log_text(&line, "request_id", request_header(req, "HTTP_X_REQUEST_ID"));
	log_end(&line);
}

/* What a large request took goes back to the system, so that no worker stays as large as its
 * largest request. */
static void give_back(struct web *web, size_t received)
{
	bool large = web->body.cap > KEPT_BYTES;

	if (large)
		buf_free(&web->body);
	if (large || received > TRIM_BYTES)
		malloc_trim(KEPT_BYTES);
}

/* Who asks, as the web server says; NULL if that is no plain address. */
static const char *client_address(struct request *req)
{
	const char *said = request_header(req, "REMOTE_ADDR");
	char *address = arena_alloc(req->arena, NETWORK_TEXT_BYTES);

	return said && network_read(said, address) ? address : NULL;
}

void dispatch_answer(struct request *req)
{
	request_trim(req);
	const char *method = request_header(req, "REQUEST_METHOD");

	req->faults.arena = req->arena;
	req->now = (struct instant){ clock_now_us(), true };
	req->in.method = method ? method_find(method) : METHOD_UNKNOWN;
	req->in.address = client_address(req);
	req->in.request_id = choose_request_id(req);
	enum err err = find_answer(req);
	if (req->answer.status == 0) {
		log_event(LEVEL_ERROR, "no_answer", "a handler returned %d without an answer", err);
		refuse(req, ERR_INTERNAL);
	}
	put_policy(req);
}

/* Answers and sends; false if the answer could not be sent, or nobody waits for one. */
static bool carry_out(struct request *req, struct peer *peer)
{
	int64_t started_us = clock_monotonic_us();

	if (!peer_is_there(peer)) {
		log_given_up(req);
		return false;
	}
	dispatch_answer(req);
	bool sent = send_answer(req, peer);
	log_request(req, clock_monotonic_us() - started_us);
	return sent;
}

enum fastcgi_state dispatch(struct web *web, struct peer *peer)
{
	char *env[FASTCGI_MAX_VARIABLES + 1];
	enum err fault = fastcgi_variables(&peer->in, env);
	struct request req = { .web = web,
			       .arena = web->arena,
			       .in = { .env = env,
				       .body = fastcgi_body(&peer->in),
				       .body_len = peer->in.spool ? spool_size(peer->in.spool)
								  : peer->in.body_len,
				       .spool = peer->in.spool,
				       .fault = peer->in.fault ? peer->in.fault : fault },
			       .answer = { .head = &web->head, .body = &web->body } };

	bool sent = carry_out(&req, peer);
	buf_clear(&web->head);
	buf_clear(&web->body);
	arena_reset(web->arena);
	enum fastcgi_state next = fastcgi_next(&peer->in);
	give_back(web, req.in.body_len);
	return sent ? next : FASTCGI_BROKEN;
}

#include "web/cors.h"

#include <string.h>

#include "web/answer.h"

/* CORS (Fetch standard): only exact origins, and never `*`. */
bool cors_put(struct request *req)
{
	const struct strings *allowed = &req->web->allowed_origins;
	const char *origin = request_header(req, "HTTP_ORIGIN");

	answer_header(req, "Vary", "Origin");
	for (size_t i = 0; origin && i < allowed->count; i++) {
		if (strcmp(allowed->items[i], origin) != 0)
			continue;
		answer_header(req, "Access-Control-Allow-Origin", origin);
		buf_puts(req->answer.head,
			 "Access-Control-Allow-Credentials: true\r\n"
			 "Access-Control-Expose-Headers: Allow, Content-Disposition, ETag, "
			 "Idempotency-Replayed, Location, Retry-After, WWW-Authenticate, "
			 "X-Request-Id\r\n");
		return true;
	}
	return false;
}

enum err cors_answer_options(struct request *req, bool origin_allowed)
{
	answer_header(req, "Allow", req->allow);
	/* Chromium keeps a preflight for two hours at most. */
	if (origin_allowed && request_header(req, "HTTP_ACCESS_CONTROL_REQUEST_METHOD")) {
		answer_header(req, "Access-Control-Allow-Methods", req->allow);
		buf_puts(req->answer.head,
			 "Access-Control-Allow-Headers: Authorization, Content-Type, If-Match, "
			 "If-None-Match, Idempotency-Key, X-Request-Id\r\n"
			 "Access-Control-Max-Age: 7200\r\n");
	}
	return answer_empty(req, 204);
}

/* echo.c -- the floor of a request, for scripts/bench: a worker whose dispatch() is this one, and
 * not that of lib/web. It gets the same request through the same loop over kept connections, and
 * sends an answer as long as one task. Tokens, JSON, the database and the log are left out. */
#include "web/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "daemon/signals.h"
#include "web/answer.h"
#include "web/router.h"
#include "web/send.h"
#include "web/serve.h"

enum { BODY_BYTES = 420 };

/* The headers of a task, but for their values. */
static const char headers[] =
	"X-Request-Id: 0199e0a0-0000-7000-8000-000000000000\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
	"Vary: Origin\r\n"
	"ETag: \"0199e0a0-0000-4000-8000-000000000000\"\r\n";

static void answer(struct request *req)
{
	const char *uri = request_header(req, "REQUEST_URI");
	char body[BODY_BYTES + 1];

	snprintf(body, sizeof body, "{\"uri\":\"%.64s\"}%400s", uri ? uri : "", "");
	buf_put(req->answer.head, headers, sizeof headers - 1);
	buf_puts(req->answer.body, body);
	answer_start(req, 200);
	answer_json(req);
}

enum fastcgi_state dispatch(struct web *web, struct peer *peer)
{
	char *env[FASTCGI_MAX_VARIABLES + 1];
	struct request req = { .web = web,
			       .in = { .env = env, .method = GET },
			       .answer = { .head = &web->head, .body = &web->body } };

	if (!peer_is_there(peer) || fastcgi_variables(&peer->in, env) != OK)
		return FASTCGI_BROKEN;
	answer(&req);
	bool sent = send_answer(&req, peer);
	buf_clear(&web->head);
	buf_clear(&web->body);
	return sent ? fastcgi_next(&peer->in) : FASTCGI_BROKEN;
}

static bool no_chores(struct web *web)
{
	(void)web;
	return false;
}

int main(void)
{
	static const struct db_settings no_database;
	struct web web = { .transfer_timeout_s = 10,
			   .db = db_new(&no_database),
			   .router = router_new(NULL, 0),
			   .chores = no_chores };

	web.login_db = web.db;
	signals_hold();
	return serve(&web);
}

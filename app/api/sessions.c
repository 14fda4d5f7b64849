/* sessions.c -- /auth/sessions: where a user is logged in. */
#include "sql/sessions.h"
#include "app.h"

static const struct field session_fields[] = {
	ANSWER("id", KIND_UUID),
	ANSWER("user_agent", KIND_TEXT, .nullable = true),
	ANSWER("ip", KIND_TEXT, .nullable = true, .doc = "The address it was opened from."),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("last_used_at", KIND_INSTANT, .doc = "To the minute."),
	ANSWER("current", KIND_BOOLEAN, .doc = "Whether it is the one that asks."),
};

static const struct shape session_shape = ANSWER_SHAPE("Session", session_fields);

static enum err list_sessions(struct request *req)
{
	return reply_list(req, sql_session_list(req->scope.session));
}

static enum err revoke_session(struct request *req)
{
	return reply_deleted(req, sql_session_revoke(req->id), sql_session_get(req->id));
}

static const struct route sessions_routes[] = {
	{ GET, "/auth/sessions", USER, HANDLER(list_sessions), .own_session = true,
	  .answer = &session_shape, .list = "sessions", .unpaged = true,
	  .doc = "List where I am logged in",
	  .about = "Each login is a session; `current` marks the one that asks." },
	{ DELETE, "/auth/sessions/{id}", USER, HANDLER(revoke_session), .own_session = true,
	  .status = 204, .doc = "End one session", .about = "Its tokens stop working at once." },
};

const struct resource sessions_resource = { .name = "sessions",
					    .doc = "Where a user is logged in",
					    ROUTES(sessions_routes) };

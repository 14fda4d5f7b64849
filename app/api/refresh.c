/* refresh.c -- /auth/refresh and /auth/logout: a session goes on, or ends. */
#include <string.h>

#include "app.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "sql/refresh.h"
#include "tokens.h"
#include "web/authenticate.h"

struct refresh {
	const char *refresh_token;
};

static const struct field refresh_fields[] = {
	FIELD(struct refresh, refresh_token, .required = true, .example = TOKEN_EXAMPLE,
	      .doc = "The one of the last answer; each is good once."),
	ANSWER("access_token", KIND_TEXT, .doc = "Ignored, as are the other members of an answer."),
	ANSWER("token_type", KIND_TEXT),
	ANSWER("expires_in", KIND_INTEGER),
	ANSWER("refresh_expires_in", KIND_INTEGER),
	ANSWER("session_id", KIND_UUID),
};

static const struct words logout_scopes = WORDS("LogoutScope", "this", "others", "all");

struct logout {
	const char *scope, *refresh_token;
};

static const struct field logout_fields[] = {
	FIELD(struct logout, scope, .words = &logout_scopes, .preset = "this", .example = "this",
	      .doc = "Which sessions end."),
	FIELD(struct logout, refresh_token,
	      .doc = "Names the session when there is no access token, or an expired one."),
};

static const struct shape refresh_shape = SHAPE(struct refresh, "Refresh", refresh_fields);
static const struct shape logout_shape = SHAPE(struct logout, "Logout", logout_fields);

static void audit_session(struct request *req, const struct jwt_claims *claims, const char *event)
{
	struct log_line line;

	audit_begin(req, &line, event);
	log_uuid(&line, "account", &claims->user);
	log_uuid(&line, "session", &claims->session);
	log_end(&line);
}

static enum err refuse_refresh(struct request *req, const struct jwt_claims *claims,
			       const char *outcome)
{
	bool reused = strcmp(outcome, "reused") == 0;

	audit_session(req, claims, reused ? "refresh_reused" : "refresh_refused");
	return refuse(req,
		      strcmp(outcome, "expired") == 0 ? ERR_SESSION_EXPIRED : ERR_SESSION_REVOKED);
}

static enum err refresh(struct request *req)
{
	const struct config *config = req->web->config;
	struct refresh in = { 0 };
	struct jwt_claims claims;
	struct result rows;

	TRY(body_read(req, &in));
	enum jwt_verdict verdict = tokens_read_refresh(req, in.refresh_token, &claims);
	if (verdict != JWT_GOOD)
		return tokens_refuse_refresh(req, verdict);
	/* The database counts in 32 bits; what is beyond them was never given. */
	int64_t counter = claims.counter < INT32_MAX ? claims.counter : INT32_MAX;
	TRY(ask(req,
		sql_refresh_session(claims.user, claims.session, (struct integer){ counter, true },
				    req->in.address, limit_network(req),
				    (struct integer){ config->refresh_grace_s, true },
				    (struct integer){ config->refresh_token_s, true },
				    mails_are_sent(req)),
		&rows));
	const char *outcome = result_text(&rows, 0, "_outcome");
	if (strcmp(outcome, "ok") != 0)
		return refuse_refresh(req, &claims, outcome);
	if (result_bool(&rows, 0, "_elsewhere"))
		audit_session(req, &claims, "refresh_late_elsewhere");
	return tokens_reply(req, claims.user, claims.session, result_text(&rows, 0, "_email"),
			    result_integer(&rows, 0, "_counter").value);
}

/* Who has neither an access token nor a body with a refresh token learns nothing else. */
static enum err read_logout(struct request *req, struct logout *in)
{
	size_t head_len = req->answer.head->len;
	bool known = authenticate_if_valid(req);
	enum err err = body_read(req, in);

	if (known || (err == OK && in->refresh_token))
		return err;
	answer_reset(req, head_len);
	return authenticate(req);
}

/* Takes the session of the refresh token, when there is no valid access token. Two tokens that do
 * not fit together are a mistake of the client. */
static enum err find_session(struct request *req, const char *refresh_token)
{
	struct jwt_claims claims;
	enum jwt_verdict verdict = tokens_read_refresh(req, refresh_token, &claims);

	if (!req->scope.user.set && verdict != JWT_GOOD)
		return tokens_refuse_refresh(req, verdict);
	if (!req->scope.user.set)
		req->scope = (struct db_scope){ .user = claims.user, .session = claims.session };
	else if (verdict != JWT_GOOD || !uuid_equal(&claims.session, &req->scope.session))
		return refuse_field(req, ERR_VALIDATION, "refresh_token",
				    (struct fault){ FAULT_CONFLICT, "is not of this session" });
	return OK;
}

static enum err logout(struct request *req)
{
	struct logout in = { 0 };
	struct result rows;

	TRY(read_logout(req, &in));
	if (in.refresh_token)
		TRY(find_session(req, in.refresh_token));
	TRY(ask(req, sql_refresh_log_out(req->scope.session, in.scope), &rows));
	return answer_empty(req, 204);
}

static const struct route refresh_routes[] = {
	{ POST, "/auth/refresh", ANYBODY, refresh, "refresh_tokens", .body = &refresh_shape,
	  .answer = &tokens_shape,
	  .refusals = { ERR_UNAUTHORIZED, ERR_SESSION_EXPIRED, ERR_SESSION_REVOKED },
	  .doc = "Get new tokens for a refresh token",
	  .about = "A refresh token is good once, and the answer has the next one. An older one "
		   "ends the session, since somebody may have stolen it." },
	{ POST, "/auth/logout", MAYBE_USER, HANDLER(logout), .own_session = true,
	  .body = &logout_shape, .optional_body = true, .status = 204,
	  .refusals = { ERR_SESSION_EXPIRED }, .doc = "End this session, the others, or all",
	  .about = "The tokens of a session that has ended stop working at once. Without a valid "
		   "access token the refresh token names the session." },
};

const struct resource refresh_resource = { .name = "auth", ROUTES(refresh_routes) };

#include "tokens.h"

#include <string.h>

#include "app.h"
#include "base/json.h"
#include "base/uuid.h"

static const struct words token_types = WORDS("TokenType", "Bearer");

static const struct field tokens_fields[] = {
	ANSWER("access_token", KIND_TEXT, .example = TOKEN_EXAMPLE,
	       .doc = "For `Authorization: Bearer`."),
	ANSWER("refresh_token", KIND_TEXT, .example = TOKEN_EXAMPLE,
	       .doc = "For /auth/refresh; each is good once."),
	ANSWER("token_type", KIND_TEXT, .words = &token_types),
	ANSWER("expires_in", KIND_INTEGER, .example = "86400",
	       .doc = "Seconds that the access token lives."),
	ANSWER("refresh_expires_in", KIND_INTEGER, .example = "604800",
	       .doc = "Seconds that the refresh token lives."),
	ANSWER("session_id", KIND_UUID),
};

const struct shape tokens_shape = ANSWER_SHAPE("Tokens", tokens_fields);

static const char *sign(struct request *req, struct jwt_claims *claims, enum jwt_type type,
			int lifetime_s)
{
	char *token = arena_alloc(req->arena, JWT_MAX_BYTES);

	claims->type = type;
	claims->expires_s = claims->issued_s + lifetime_s;
	jwt_sign(req->web->keys, claims, token);
	return token;
}

enum err tokens_reply(struct request *req, struct uuid user, struct uuid session, const char *email,
		      int64_t counter)
{
	const struct config *config = req->web->config;
	struct json json = { req->answer.body };
	char id[UUID_TEXT_BYTES];
	struct jwt_claims claims = { .user = user,
				     .session = session,
				     .issued_s = req->now.us / 1000000,
				     .counter = counter };

	strncpy(claims.email, email, sizeof claims.email - 1);
	uuid_format(id, session.bytes);
	answer_start(req, 200);
	json_open(&json, NULL, '{');
	json_text(&json, "access_token", sign(req, &claims, JWT_ACCESS, config->access_token_s));
	json_text(&json, "refresh_token", sign(req, &claims, JWT_REFRESH, config->refresh_token_s));
	json_text(&json, "token_type", "Bearer");
	json_integer(&json, "expires_in", config->access_token_s);
	json_integer(&json, "refresh_expires_in", config->refresh_token_s);
	json_text(&json, "session_id", id);
	json_close(&json, '}');
	return answer_json(req);
}

enum jwt_verdict tokens_read_refresh(struct request *req, const char *token, struct jwt_claims *out)
{
	return jwt_verify(req->web->keys, token, strlen(token), JWT_REFRESH, req->now.us / 1000000,
			  out);
}

enum err tokens_refuse_refresh(struct request *req, enum jwt_verdict verdict)
{
	audit_token(req, jwt_word(verdict));
	return verdict == JWT_EXPIRED
		       ? refuse(req, ERR_SESSION_EXPIRED)
		       : refuse_saying(req, ERR_UNAUTHORIZED, "a valid refresh token is required");
}

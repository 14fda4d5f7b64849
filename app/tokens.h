/* tokens.h -- the two tokens of a session: how they are given, and what names a session again. */
#ifndef TOKENS_H
#define TOKENS_H

#include "auth/jwt.h"
#include "web/request.h"

extern const struct shape tokens_shape;

/* What a token looks like; a real one is longer. */
#define TOKEN_EXAMPLE                                                                              \
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMWExZmI4ZCJ9."                                           \
	"3Qm0yX5nYv8lW2kR7tJ1cZ4uB6aE9dF0gH2iK5oP8sM"

/* The answer of a login: both tokens of a session. The refresh token carries its number. */
enum err tokens_reply(struct request *req, struct uuid user, struct uuid session, const char *email,
		      int64_t counter);

/* Reads a refresh token. Quiet: ERR_SESSION_EXPIRED if it is too old, ERR_UNAUTHORIZED for whatever
 * else is wrong with it. Its session may have ended. */
enum err tokens_read_refresh(struct request *req, const char *token, struct jwt_claims *out)
	__attribute__((warn_unused_result));

/* Refuses with what tokens_read_refresh() has said. */
enum err tokens_refuse_refresh(struct request *req, enum err err);

#endif

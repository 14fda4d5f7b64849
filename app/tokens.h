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

/* Reads a refresh token. Quiet: `out` is untouched unless the token is JWT_GOOD, and even then its
 * session may have ended. */
enum jwt_verdict tokens_read_refresh(struct request *req, const char *token, struct jwt_claims *out)
	__attribute__((warn_unused_result));

/* Refuses a refresh token that is not JWT_GOOD, as a session that has expired or with 401, and logs
 * the verdict. */
enum err tokens_refuse_refresh(struct request *req, enum jwt_verdict verdict);

#endif

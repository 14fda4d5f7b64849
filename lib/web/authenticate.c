#include "web/authenticate.h"

#include <string.h>
#include <strings.h>

#include "web/refuse.h"

/* Sets req->scope by the access token. Quiet; `reason` tells the log why not. */
static enum err check_token(struct request *req, const char **reason)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(req, "HTTP_AUTHORIZATION");

	*reason = header && *header ? "no bearer token" : "no token";
	if (!header || strncasecmp(header, scheme, strlen(scheme)) != 0)
		return ERR_UNAUTHORIZED;
	const char *token = header + strlen(scheme);
	token += strspn(token, " "); /* one or more (RFC 6750 section 2.1) */
	struct jwt_claims claims;
	int64_t now_s = req->now.us / 1000000;
	enum jwt_verdict verdict =
		jwt_verify(req->web->keys, token, strlen(token), JWT_ACCESS, now_s, &claims);
	if (verdict != JWT_GOOD && verdict != JWT_EXPIRED) {
		enum jwt_verdict foreign =
			jwt_verify_foreign(req->web->keys, token, strlen(token), now_s, &claims);
		/* Whose signature it has knows better what is wrong with it. */
		if (foreign == JWT_GOOD || foreign > JWT_SIGNATURE)
			verdict = foreign;
	}
	if (verdict != JWT_GOOD) {
		*reason = jwt_word(verdict);
		return jwt_err(verdict);
	}
	if (req->route->own_session && !claims.session.set)
		return ERR_FORBIDDEN;
	req->token_issued_s = claims.issued_s;
	req->scope = (struct db_scope){
		.user = claims.user,
		.session = claims.session,
		.email = arena_copy(req->arena, claims.email, strlen(claims.email)),
		.slow = req->slow,
	};
	return OK;
}

enum err authenticate(struct request *req)
{
	const char *reason;
	enum err err = check_token(req, &reason);

	if (err == ERR_FORBIDDEN)
		return refuse_saying(req, err, "this needs a login at this server");
	return err == OK ? OK : refuse_token(req, err, reason);
}

bool authenticate_if_valid(struct request *req)
{
	const char *reason;

	return check_token(req, &reason) == OK;
}

#include "web/authenticate.h"

#include <string.h>
#include <strings.h>

#include "web/refuse.h"

/* Checks the access token alone; the session is checked by the transaction of the handler. */
enum err authenticate(struct request *req)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(req, "HTTP_AUTHORIZATION");

	if (!header || !*header)
		return refuse_token(req, ERR_UNAUTHORIZED, "no token");
	if (strncasecmp(header, scheme, strlen(scheme)) != 0)
		return refuse_token(req, ERR_UNAUTHORIZED, "no bearer token");
	const char *token = header + strlen(scheme);
	struct jwt_claims claims;
	enum err err = jwt_verify(req->web->keys, token, strlen(token), JWT_ACCESS,
				  req->now.us / 1000000, &claims);
	if (err == ERR_UNAUTHORIZED)
		err = jwt_verify_foreign(req->web->keys, token, strlen(token),
					 req->now.us / 1000000, &claims);
	if (err != OK)
		return refuse_token(req, err, err_info(err)->word);
	req->scope = (struct db_scope){
		.user = claims.user,
		.session = claims.session,
		.email = arena_copy(req->arena, claims.email, strlen(claims.email)),
		.slow = req->slow,
	};
	if (req->route->own_session && !req->scope.session.set)
		return refuse(req, ERR_FORBIDDEN, NULL, "this needs a login at this server");
	return OK;
}

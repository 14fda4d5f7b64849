/* authenticate.h -- who asks: the bearer token of a request (RFC 6750 section 2.1). */
#ifndef AUTHENTICATE_H
#define AUTHENTICATE_H

#include "web/request.h"

/* Verifies the access token and sets req->scope. The session is checked later, by the first
 * statement of the handler's transaction. */
enum err authenticate(struct request *req) __attribute__((warn_unused_result));

/* The same where nothing is refused: false if there is no valid access token. */
bool authenticate_if_valid(struct request *req);

#endif

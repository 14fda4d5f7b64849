/* condition.h -- entity tags and what requests demand of them (RFC 9110 sections 8.8.3 and 13.1).
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "db/result.h"
#include "web/request.h"

/* Reads If-Match and If-None-Match of a change into req->when; 400 when one is malformed. */
enum err condition_read(struct request *req) __attribute__((warn_unused_result));

/* The first row's entity tag without its quotes, or NULL if its kind has none. */
const char *condition_tag(const struct result *rows);

/* Writes the ETag header; NULL writes none. */
void condition_put_tag(struct request *req, const char *tag);

/* Whether If-None-Match of a GET has the tag, so that 304 says enough. */
bool condition_is_known(struct request *req, const char *tag);

/* Refuses a change whose conditions do not hold for the first row, with that row as `current`: 412
 * for a header, 409 for `version` alone. OK if they hold. */
enum err condition_check(struct request *req, const struct result *rows)
	__attribute__((warn_unused_result));

#endif

/* cors.h -- Cross-Origin Resource Sharing (Fetch standard, section 3.2): exact origins, never `*`.
 */
#ifndef CORS_H
#define CORS_H

#include "web/request.h"

/* Adds the headers of an allowed origin. Returns whether the origin is allowed. */
bool cors_put(struct request *req);

/* Answers OPTIONS, which may be a preflight of an allowed origin. */
enum err cors_answer_options(struct request *req, bool origin_allowed);

#endif

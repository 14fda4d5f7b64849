/* dispatch.h -- one request from its parameters to its answer and its line in the log. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <fcgiapp.h>

#include "web/request.h"

/* Answers a request whose web, arena, `in` and answer buffers are set: on return there is an
 * answer, which nobody has sent yet. */
void dispatch_answer(struct request *req);

/* Answers the request that `fcgi` has accepted. An aborted one (without a method) is only logged.
 */
void dispatch(struct web *web, FCGX_Request *fcgi);

#endif

/* dispatch.h -- one request from its parameters to its answer and its line in the log. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "web/web.h"

/* Answers the request that `fcgi` has accepted. An aborted one (without a method) is only logged.
 */
void dispatch(struct web *web, FCGX_Request *fcgi);

#endif

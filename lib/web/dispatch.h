/* dispatch.h -- one request from its parameters to its answer and its line in the log. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "web/peer.h"
#include "web/request.h"

/* Answers a request whose web, arena, variables, body and answer buffers are set: on return there
 * is an answer, which nobody has sent yet. */
void dispatch_answer(struct request *req);

/* Answers the complete request that `peer` has received, and tells what follows it there. */
enum fastcgi_state dispatch(struct web *web, struct peer *peer) __attribute__((warn_unused_result));

#endif

/* send.h -- the answer goes to the web server. */
#ifndef SEND_H
#define SEND_H

#include "web/peer.h"
#include "web/request.h"

/* Sends status, headers with the length, body, and the end of the request, in one system call if
 * the socket has room for it all. A worker that is killed in between leaves an answer without its
 * end, which the web server notices. False: the connection is of no use any more. */
bool send_answer(struct request *req, struct peer *peer) __attribute__((warn_unused_result));

#endif

/* send.h -- the answer goes to the web server. */
#ifndef SEND_H
#define SEND_H

#include "web.h"

/* Sends status, headers and body, and the end of the request in the same write. Everything leaves
 * complete and with its length, so that a broken answer can never pass for a whole one. */
void send_answer(struct request *req, FCGX_Request *fcgi);

#endif

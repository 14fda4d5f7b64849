/* send.h -- the answer goes to the web server. */
#ifndef SEND_H
#define SEND_H

#include <fcgiapp.h>

#include "web/request.h"

/* Sends status, headers with the length, body, and the end of the request. Up to 64 kB headers and
 * body are one write, so that a worker that is killed leaves a whole answer or none. */
void send_answer(struct request *req, FCGX_Request *fcgi);

#endif

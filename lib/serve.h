/* serve.h -- the worker's loop over a listening socket that it shares with others. */
#ifndef SERVE_H
#define SERVE_H

#include "web.h"

/* Answers requests from the listening socket on descriptor 0 until SIGTERM, SIGINT or SIGUSR1; the
 * request under way is finished first. Returns the process's exit status. */
int serve(struct web *web);

#endif

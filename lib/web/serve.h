/* serve.h -- the worker's loop over a listening socket that it shares with others. */
#ifndef SERVE_H
#define SERVE_H

#include "web/web.h"

/* Keeps the signals that end or tell serve() for it. To be called before any function of libfcgi,
 * whose own handlers would swallow one that comes while the worker starts. */
void serve_hold_signals(void);

/* Answers requests from the listening socket on descriptor 0 until SIGTERM, SIGINT or SIGUSR1; the
 * request under way is finished first. serve_hold_signals() has been called. Returns the process's
 * exit status. */
int serve(struct web *web);

#endif

/* serve.h -- the worker's loop over a listening socket that it shares with others. */
#ifndef SERVE_H
#define SERVE_H

#include "web/web.h"

/* Blocks the signals that serve() handles (SIGTERM, SIGINT, SIGUSR1, SIGHUP) until it reads them.
 * Call it before any libfcgi function, whose own handlers would lose one that arrives during
 * start-up. */
void serve_hold_signals(void);

/* Answers requests from the listening socket on descriptor 0 until SIGTERM, SIGINT or SIGUSR1; the
 * request under way is finished first. serve_hold_signals() has been called. Returns the process's
 * exit status. */
int serve(struct web *web);

#endif

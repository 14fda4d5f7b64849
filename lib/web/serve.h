/* serve.h -- the worker's loop over a listening socket that it shares with others. */
#ifndef SERVE_H
#define SERVE_H

#include "web/web.h"

/* Whether descriptor 0 is a listening socket. */
bool serve_has_listener(void);

/* Answers requests from the listening socket on descriptor 0 until SIGTERM, SIGINT or SIGUSR1; what
 * has arrived by then is answered first. signals_hold() has been called. Returns the
 * process's exit status. */
int serve(struct web *web);

#endif

/* signals.h -- the signals that end a program or open its log anew. They stay blocked for its whole
 * life and are read from a descriptor, between two pieces of work. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* Blocks SIGTERM, SIGINT, SIGUSR1 (what multiwatch sends) and SIGHUP. Call it first of all, so that
 * none is lost that arrives during start-up. */
void signals_hold(void);

/* The descriptor, non-blocking, which is readable when a signal waits; -1 on failure. */
int signals_open(void);

/* Takes the signals that wait: SIGHUP opens the log anew. Whether one of the others came, which
 * ends the program. */
bool signals_end(int fd);

#endif

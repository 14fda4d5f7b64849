/* cancel.h -- asks PostgreSQL to give up what it does on a connection.
 *
 * libpq's call for that may block as long as the network likes, so a thread of its own makes it. */
#ifndef CANCEL_H
#define CANCEL_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A request on its way to the server; all zero: none. */
struct cancel {
	bool under_way, taken;
	pthread_t thread;
};

/* Sends the request, unless one is under way. */
void cancel_begin(struct cancel *cancel, PGconn *conn);

/* Waits until the request has come to its end, by the deadline: then it cannot meet a later
 * statement, and `taken` tells whether the server has heard it. True also when there is none. */
bool cancel_is_over(struct cancel *cancel, int64_t deadline_us) __attribute__((warn_unused_result));

/* Lets a request that is under way come to its end by itself, before its connection is closed. */
void cancel_abandon(struct cancel *cancel);

#endif

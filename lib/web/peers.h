/* peers.h -- all connections of one worker to the web server, and whose turn it is.
 *
 * A request is answered when all of it has arrived, one at a time. Between two requests a
 * connection is idle; the web server may use it again at any moment, so it is only ended by
 * peer_stop_receiving(). */
#ifndef PEERS_H
#define PEERS_H

#include "web/peer.h"
#include "web/web.h"

enum { PEERS_MAX = 64 };

struct peers {
	struct web *web;
	int epoll_fd;	       /* watches them; the event's number is the place */
	size_t max_body_bytes; /* of a request */
	struct peer places[PEERS_MAX];
	size_t count;
	struct peer *current; /* whose request is being answered */
	bool ending;
};

void peers_open(struct peers *peers, struct web *web, int epoll_fd);

/* Takes over an accepted socket, and answers what has arrived on it. When there is no place, the
 * one that has waited longest has to go. */
void peers_add(struct peers *peers, int fd);

/* Answers what has arrived at a place. */
void peers_answer(struct peers *peers, uint32_t place);

/* When peers_expire() is to be called, in milliseconds from now; -1: never. */
int peers_timeout_ms(const struct peers *peers);

/* Refuses the requests that arrive too slowly. */
void peers_expire(struct peers *peers);

/* Before what may take long, and while it does: gives the idle connections of these peers back, so
 * that nobody waits for this worker. A GET or HEAD that has just arrived on one is not answered,
 * and the web server repeats it elsewhere (RFC 9110 section 9.2.2); any other request waits. */
void peers_step_aside(void *context);

/* Answers what has arrived, and from now on ends each connection after its request. When `count` is
 * zero, nobody waits for this worker any more. */
void peers_end(struct peers *peers);

#endif

/* peer.h -- a connection to the web server, which may carry many requests, one after another.
 *
 * Nothing here waits for a request to arrive; only peer_write() waits, for the other side to take
 * what is written. */
#ifndef PEER_H
#define PEER_H

#include <sys/uio.h>

#include "web/fastcgi.h"

struct peer {
	int fd; /* -1: a free place */
	struct fastcgi in;
	int64_t moved_us; /* when something last arrived, by monotonic_us() */
	bool kept;	  /* has had an answer before */
	bool stopped;	  /* by peer_stop_receiving() */
};

/* Takes over the non-blocking socket `fd`. */
void peer_open(struct peer *peer, int fd, size_t max_body_bytes);
void peer_close(struct peer *peer);

/* Receives what has arrived, without waiting. FASTCGI_BROKEN is the end of the connection. */
enum fastcgi_state peer_receive(struct peer *peer) __attribute__((warn_unused_result));

/* Lets the web server write no more: what it wrote before can still be received and answered, then
 * comes FASTCGI_BROKEN. What it writes from now on fails there, and nothing of that is received. */
void peer_stop_receiving(struct peer *peer);

/* Whether it has had an answer, and nothing of another request has arrived since. */
bool peer_is_idle(const struct peer *peer);

/* Whether somebody still waits for the answer. A web server that has only finished sending does. */
bool peer_is_there(const struct peer *peer);

/* Writes all parts, in as few system calls as possible; changes them. False: the other side has
 * gone away, or has taken nothing for `timeout_s`. */
bool peer_write(struct peer *peer, struct iovec *parts, size_t count, int timeout_s)
	__attribute__((warn_unused_result));

#endif

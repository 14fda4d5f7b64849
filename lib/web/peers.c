#include "web/peers.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "daemon/log.h"
#include "web/dispatch.h"
#include "web/router.h"

/* What requests that have not arrived completely may hold in all. */
enum { MAX_HELD_BYTES = 8 << 20, LARGE_BYTES = 1 << 16 };

#define EACH_PEER(peers, peer)                                                                     \
	for (typeof(&(peers)->places[0]) peer = (peers)->places;                                   \
	     peer < (peers)->places + PEERS_MAX; peer++)                                           \
		if (peer->fd >= 0)

/* Of a request that may bring a large body: how large, by its route. */
static size_t spool_bytes(const struct fastcgi *in, const void *context)
{
	const struct web *web = context;
	const char *method, *target;
	size_t method_len, target_len;

	if (!fastcgi_find(in, "REQUEST_METHOD", &method, &method_len) ||
	    !fastcgi_find(in, "REQUEST_URI", &target, &target_len))
		return 0;
	return router_spool_bytes(web->router, method, method_len, target, target_len);
}

void peers_open(struct peers *peers, struct web *web, int epoll_fd)
{
	*peers = (struct peers){ .web = web,
				 .epoll_fd = epoll_fd,
				 .max_body_bytes = router_max_body_bytes(web->router) };
	for (size_t i = 0; i < PEERS_MAX; i++)
		peers->places[i].fd = -1;
}

static void drop(struct peers *peers, struct peer *peer)
{
	peer_close(peer);
	peers->count--;
}

/* Answers what has arrived from a peer, and closes the connection if that was its end. */
static void answer(struct peers *peers, struct peer *peer)
{
	enum fastcgi_state state;

	peers->current = peer;
	do {
		state = peer_receive(peer);
		while (state == FASTCGI_REQUEST) {
			if (peers->ending)
				peer_stop_receiving(peer);
			state = dispatch(peers->web, peer);
			peer->kept = true;
		}
	} while (state == FASTCGI_MORE && peer->stopped);
	peers->current = NULL;
	if (state != FASTCGI_MORE)
		drop(peers, peer);
}

/* Ends a connection without losing what may be on its way. */
static void give_back(struct peers *peers, struct peer *peer)
{
	peer_stop_receiving(peer);
	answer(peers, peer);
}

/* Ends a connection whose request does not arrive. */
static void give_up(struct peers *peers, struct peer *peer)
{
	if (fastcgi_cut(&peer->in, ERR_REQUEST_TIMEOUT))
		answer(peers, peer);
	else
		drop(peers, peer);
}

/* The idle ones first. */
static struct peer *longest_waiting(struct peers *peers)
{
	struct peer *found = NULL;

	EACH_PEER(peers, peer)
	{
		bool idle = peer_is_idle(peer);
		if (!found || (idle && !peer_is_idle(found)) ||
		    (idle == peer_is_idle(found) && peer->moved_us < found->moved_us))
			found = peer;
	}
	return found;
}

static void make_room(struct peers *peers)
{
	struct peer *peer = longest_waiting(peers);

	if (peer_is_idle(peer))
		give_back(peers, peer);
	else
		give_up(peers, peer);
}

static struct peer *free_place(struct peers *peers)
{
	for (struct peer *peer = peers->places;; peer++)
		if (peer->fd < 0)
			return peer;
}

void peers_add(struct peers *peers, int fd)
{
	if (peers->count == PEERS_MAX)
		make_room(peers);
	struct peer *peer = free_place(peers);
	struct epoll_event event = { .events = EPOLLIN,
				     .data.u32 = (uint32_t)(peer - peers->places) };
	peer_open(peer, fd, peers->max_body_bytes);
	peer->in.spool_bytes = spool_bytes;
	peer->in.spool_context = peers->web;
	peers->count++;
	answer(peers, peer);
	if (peer->fd >= 0 && epoll_ctl(peers->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		log_event(LEVEL_WARNING, "watch_failed", "%s", strerror(errno));
		drop(peers, peer);
	}
}

static size_t held_bytes(const struct peers *peers)
{
	size_t bytes = 0;

	EACH_PEER(peers, peer)
	bytes += peer->in.bytes.cap;
	return bytes;
}

void peers_answer(struct peers *peers, uint32_t place)
{
	struct peer *peer = &peers->places[place];

	if (peer->fd < 0)
		return; /* it has ended since the event */
	answer(peers, peer);
	while (peer->in.bytes.cap > LARGE_BYTES && held_bytes(peers) > MAX_HELD_BYTES)
		make_room(peers);
}

/* When a request that has begun must have moved on; an idle connection may be so for ever. */
static int64_t deadline_us(const struct peers *peers, const struct peer *peer)
{
	return peer_is_idle(peer)
		       ? INT64_MAX
		       : peer->moved_us + INT64_C(1000000) * peers->web->transfer_timeout_s;
}

int peers_timeout_ms(const struct peers *peers)
{
	int64_t first_us = INT64_MAX, now_us = clock_monotonic_us();

	EACH_PEER(peers, peer)
	{
		int64_t us = deadline_us(peers, peer);
		first_us = us < first_us ? us : first_us;
	}
	if (first_us == INT64_MAX)
		return -1;
	return first_us > now_us ? (int)((first_us - now_us) / 1000) + 1 : 0;
}

void peers_expire(struct peers *peers)
{
	int64_t now_us = clock_monotonic_us();

	EACH_PEER(peers, peer)
	if (deadline_us(peers, peer) <= now_us)
		give_up(peers, peer);
}

/* Methods that a web server may repeat when the connection ends without an answer. */
static bool is_repeatable(const struct peer *peer)
{
	return fastcgi_has(&peer->in, "REQUEST_METHOD", "GET") ||
	       fastcgi_has(&peer->in, "REQUEST_METHOD", "HEAD");
}

void peers_step_aside(void *context)
{
	struct peers *peers = context;
	enum fastcgi_state state;

	log_flush();
	EACH_PEER(peers, peer)
	{
		if (peer == peers->current || !peer_is_idle(peer))
			continue;
		peer_stop_receiving(peer);
		do {
			state = peer_receive(peer);
		} while (state == FASTCGI_MORE);
		if (state == FASTCGI_BROKEN || is_repeatable(peer))
			drop(peers, peer);
	}
}

void peers_end(struct peers *peers)
{
	peers->ending = true;
	EACH_PEER(peers, peer)
	if (peer_is_idle(peer))
		give_back(peers, peer);
}

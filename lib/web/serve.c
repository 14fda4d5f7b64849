/* serve.c -- one loop over everything that a worker waits for: signals, the database, the listening
 * socket, and the connections that the web server keeps.
 *
 * Signals stay blocked and come through a signalfd. The shared listening socket is watched with
 * EPOLLEXCLUSIVE, so that a connection wakes one worker. It is non-blocking, so that a lost race is
 * an error and not a wait. */
#include "web/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "daemon/log.h"
#include "daemon/signals.h"
#include "web/peers.h"

enum { LISTEN_FD = 0, MAX_EVENTS = 16, MAX_IN_A_ROW = 8 };
enum { CHORES_PAUSE_MS = 600000 };

/* What an event is about: the place of a peer, or one of these. */
enum { SIGNAL = PEERS_MAX, DATABASE, LISTENER };

struct loop {
	struct web *web;
	int epoll_fd, signal_fd;
	int db_fd; /* the database socket that is watched, or -1 */
	unsigned db_generation;
	struct peers peers;
	int64_t chores_us; /* when chores are due */
};

bool serve_has_listener(void)
{
	int listens = 0;
	socklen_t len = sizeof listens;

	return getsockopt(LISTEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens;
}

static bool watch(const struct loop *loop, int fd, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* While one request takes long, no other waits for this worker. */
static void never_hold_up(struct loop *loop)
{
	struct web *web = loop->web;

	web->step_aside = peers_step_aside;
	web->step_aside_context = &loop->peers;
	db_on_delay(web->db, peers_step_aside, &loop->peers);
	db_on_delay(web->login_db, peers_step_aside, &loop->peers);
}

static bool loop_open(struct loop *loop)
{
	int flags = fcntl(LISTEN_FD, F_GETFL);

	if (flags < 0 || fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return false;
	loop->signal_fd = signals_open();
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	peers_open(&loop->peers, loop->web, loop->epoll_fd);
	never_hold_up(loop);
	return loop->signal_fd >= 0 && loop->epoll_fd >= 0 &&
	       watch(loop, LISTEN_FD, EPOLLIN | EPOLLEXCLUSIVE, LISTENER) &&
	       watch(loop, loop->signal_fd, EPOLLIN, SIGNAL);
}

/* While the worker is idle, a server that goes away is noticed at once. */
static void watch_database(struct loop *loop)
{
	struct db *db = loop->web->db;
	int fd = db_socket(db);

	if (fd == loop->db_fd && db_generation(db) == loop->db_generation)
		return;
	loop->db_fd = fd; /* a closed descriptor has left the epoll by itself */
	loop->db_generation = db_generation(db);
	if (fd >= 0 && !watch(loop, fd, EPOLLIN | EPOLLRDHUP, DATABASE))
		log_event(LEVEL_WARNING, "watch_failed", "%s", strerror(errno));
}

/* Takes connections that wait, without asking epoll again for each, but not so many that the kept
 * ones wait for long. */
static void accept_peers(struct loop *loop, int count)
{
	for (int fd; count > 0; count--) {
		fd = accept4(LISTEN_FD, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			peers_add(&loop->peers, fd);
			continue;
		}
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_event(LEVEL_WARNING, "accept_failed", "%s", strerror(errno));
		return;
	}
}

/* Takes no more connections but the first one that waits: the kernel woke nobody else for it. */
static void stop(struct loop *loop)
{
	if (loop->peers.ending)
		return;
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, LISTEN_FD, NULL);
	accept_peers(loop, 1);
	peers_end(&loop->peers);
}

static void handle(struct loop *loop, uint32_t what)
{
	switch (what) {
	case SIGNAL:
		if (signals_end(loop->signal_fd))
			stop(loop);
		break;
	case DATABASE:
		db_check(loop->web->db);
		break;
	case LISTENER:
		if (!loop->peers.ending)
			accept_peers(loop, MAX_IN_A_ROW);
		break;
	default:
		peers_answer(&loop->peers, what);
	}
}

/* Whatever was logged is written before the worker waits. */
static int wait_for_events(const struct loop *loop, struct epoll_event *events, int wait_ms)
{
	int count = epoll_wait(loop->epoll_fd, events, MAX_EVENTS, 0);

	if (count != 0)
		return count;
	log_flush();
	return epoll_wait(loop->epoll_fd, events, MAX_EVENTS, wait_ms);
}

/* How long to wait for events: until a peer is too late, after peers_ms, or chores are due. A
 * worker that ends does none. */
static int timeout_ms(const struct loop *loop, int peers_ms)
{
	if (loop->peers.ending)
		return peers_ms;
	int64_t chores_ms = (loop->chores_us - clock_monotonic_us()) / 1000 + 1;

	if (peers_ms >= 0 && peers_ms < chores_ms)
		return peers_ms;
	return chores_ms > 0 ? (int)chores_ms : 0;
}

/* Does chores that are due, when nobody waits for the worker. The pause is jittered, so that the
 * workers do not all come at once. */
static void do_chores(struct loop *loop)
{
	uint8_t dice;

	if (loop->peers.ending || clock_monotonic_us() < loop->chores_us)
		return;
	bool more = loop->web->chores(loop->web);
	random_bytes(&dice, sizeof dice);
	loop->chores_us = clock_monotonic_us() +
			  (more ? 0 : INT64_C(1000) * CHORES_PAUSE_MS * (128 + dice) / 256);
}

int serve(struct web *web)
{
	struct epoll_event events[MAX_EVENTS];
	struct loop loop = { .web = web, .db_fd = -1 };

	if (!loop_open(&loop)) {
		log_event(LEVEL_ERROR, "start_failed", "%s", strerror(errno));
		return 1;
	}
	log_gather(true);
	while (!loop.peers.ending || loop.peers.count > 0) {
		watch_database(&loop);
		int peers_ms = peers_timeout_ms(&loop.peers);
		if (peers_ms == 0)
			peers_expire(&loop.peers);
		int count = wait_for_events(&loop, events, timeout_ms(&loop, peers_ms));
		for (int i = 0; i < count; i++)
			handle(&loop, events[i].data.u32);
		if (count == 0)
			do_chores(&loop);
	}
	log_gather(false);
	return 0;
}

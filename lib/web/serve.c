/* serve.c -- libfcgi without its signal handling, which can lose a signal between its check and
 * accept(2) and cut a body in half. Signals stay blocked and come through a signalfd; the shared
 * listening socket is watched with EPOLLEXCLUSIVE, so that a connection wakes one worker, and is
 * non-blocking, so that a lost race is an error and not a wait. */
#include "web/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/log.h"
#include "web/dispatch.h"

enum { LISTEN_FD = 0, MAX_EVENTS = 4, MAX_IN_A_ROW = 8 };

struct loop {
	int epoll_fd, signal_fd;
	int db_fd; /* the database socket that is watched, or -1 */
	unsigned db_generation;
};

static bool watch(int epoll_fd, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void set_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGUSR1); /* what multiwatch sends */
	sigaddset(signals, SIGHUP);
}

void serve_hold_signals(void)
{
	sigset_t signals;

	set_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

static bool loop_open(struct loop *loop)
{
	sigset_t signals;
	int flags = fcntl(LISTEN_FD, F_GETFL);

	set_signals(&signals);
	if (flags < 0 || fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return false;
	loop->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return loop->signal_fd >= 0 && loop->epoll_fd >= 0 &&
	       watch(loop->epoll_fd, LISTEN_FD, EPOLLIN | EPOLLEXCLUSIVE) &&
	       watch(loop->epoll_fd, loop->signal_fd, EPOLLIN);
}

/* While the worker is idle, a server that goes away is noticed at once. */
static void watch_database(struct loop *loop, struct db *db)
{
	int fd = db_socket(db);

	if (fd == loop->db_fd && db_generation(db) == loop->db_generation)
		return;
	loop->db_fd = fd; /* a closed descriptor has left the epoll by itself */
	loop->db_generation = db_generation(db);
	if (fd >= 0 && !watch(loop->epoll_fd, fd, EPOLLIN | EPOLLRDHUP))
		log_event(LEVEL_WARNING, "watch_failed", "%s", strerror(errno));
}

/* Whether to go on; SIGHUP only opens the log anew. */
static bool take_signal(int signal_fd)
{
	struct signalfd_siginfo info;

	while (read(signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo != SIGHUP)
			return false;
		log_reopen();
	}
	return true;
}

/* Whether the web server has closed the connection, as nginx does when its client goes away while
 * the request waits in the queue: whoever asked has been told that it failed, or does not care. One
 * that has only finished sending still waits for the answer; that would be POLLRDHUP alone. */
static bool is_given_up(FCGX_Request *fcgi)
{
	struct pollfd web_server = { .fd = fcgi->ipcFd };

	return poll(&web_server, 1, 0) == 1 && (web_server.revents & (POLLHUP | POLLERR));
}

/* Says which request was never begun. */
static void log_given_up(FCGX_Request *fcgi)
{
	struct log_line line;

	log_begin(&line, LEVEL_INFO, "request_given_up");
	log_text(&line, "method", FCGX_GetParam("REQUEST_METHOD", fcgi->envp));
	log_text(&line, "request_id", FCGX_GetParam("HTTP_X_REQUEST_ID", fcgi->envp));
	log_end(&line);
}

/* Answers one request; false if there is none, or another worker has taken it. A web server that
 * asks to keep the connection is refused: an idle connection would pin this worker. */
static bool take_request(struct web *web, FCGX_Request *fcgi)
{
	int error = FCGX_Accept_r(fcgi);

	if (error < 0) {
		if (error != -EAGAIN && error != -EINTR && error != -ECONNABORTED)
			log_event(LEVEL_WARNING, "accept_failed", "%s", strerror(-error));
		return false;
	}
	if (is_given_up(fcgi))
		log_given_up(fcgi);
	else
		dispatch(web, fcgi);
	FCGX_Finish_r(fcgi);
	if (fcgi->ipcFd >= 0)
		FCGX_Free(fcgi, 1);
	return true;
}

int serve(struct web *web)
{
	struct epoll_event events[MAX_EVENTS];
	struct loop loop = { .db_fd = -1 };
	FCGX_Request fcgi;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, LISTEN_FD, 0) != 0 || !loop_open(&loop)) {
		log_event(LEVEL_ERROR, "start_failed", "%s", strerror(errno));
		return 1;
	}
	for (;;) {
		watch_database(&loop, web->db);
		int count = epoll_wait(loop.epoll_fd, events, MAX_EVENTS, -1);
		bool request = false, stop = false;
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == loop.signal_fd)
				stop = !take_signal(loop.signal_fd);
			if (events[i].data.fd == loop.db_fd)
				db_check(web->db);
			request = request || events[i].data.fd == LISTEN_FD;
		}
		/* Also when stopping: the kernel woke nobody else for the first. Those behind it
		 * are taken without asking again, but a signal does not wait for many of them. */
		for (int left = stop ? 1 : MAX_IN_A_ROW; request && left > 0; left--)
			request = take_request(web, &fcgi);
		if (stop)
			return 0;
	}
}

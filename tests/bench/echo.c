/* echo.c -- the floor of a FastCGI request, for scripts/bench: the loop of lib/web/serve.c, and an
 * answer as long as one task that needs no token, no JSON and no database. */
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { LISTEN_FD = 0, BODY_BYTES = 420 };

static bool watch(int epoll_fd, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1); /* what multiwatch sends */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The headers of a task, but for their values. */
static const char headers[] =
	"X-Request-Id: 0199e0a0-0000-7000-8000-000000000000\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n"
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
	"Vary: Origin\r\n"
	"ETag: \"1\"\r\n"
	"Content-Type: application/json; charset=utf-8\r\n"
	"Cache-Control: private, no-cache\r\n\r\n";

static void answer(FCGX_Request *fcgi)
{
	const char *uri = FCGX_GetParam("REQUEST_URI", fcgi->envp);
	char body[BODY_BYTES];

	memset(body, ' ', sizeof body);
	snprintf(body, sizeof body, "{\"uri\":\"%.64s\"}", uri ? uri : "");
	body[strlen(body)] = ' ';
	FCGX_FPrintF(fcgi->out, "Status: 200 OK\r\nContent-Length: %d\r\n", (int)sizeof body);
	FCGX_PutStr(headers, sizeof headers - 1, fcgi->out);
	FCGX_PutStr(body, sizeof body, fcgi->out);
}

int main(void)
{
	struct epoll_event events[2];
	FCGX_Request fcgi;
	int signal_fd = open_signals(), epoll_fd = epoll_create1(EPOLL_CLOEXEC);

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgi, LISTEN_FD, 0) != 0 ||
	    fcntl(LISTEN_FD, F_SETFL, O_NONBLOCK) < 0 ||
	    !watch(epoll_fd, LISTEN_FD, EPOLLIN | EPOLLEXCLUSIVE) ||
	    !watch(epoll_fd, signal_fd, EPOLLIN)) {
		perror("echo");
		return 1;
	}
	for (;;) {
		int count = epoll_wait(epoll_fd, events, 2, -1);
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == signal_fd)
				return 0;
			if (FCGX_Accept_r(&fcgi) < 0)
				continue; /* another process was faster */
			answer(&fcgi);
			if (FCGX_GetChar(fcgi.in) == EOF)
				FCGX_Detach(&fcgi);
			FCGX_Finish_r(&fcgi);
			if (fcgi.ipcFd >= 0)
				FCGX_Free(&fcgi, 1);
		}
	}
}

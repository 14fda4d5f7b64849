#include "daemon/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SYSLOG_SOCKET "/dev/log"

struct sink {
	enum { FILE_SINK, SOCKET_SINK, SYSLOG_SINK } kind;
	int fd;
	bool may_block; /* the descriptor is shared with others, so O_NONBLOCK is not ours to set */
	bool half_line; /* the disk filled up in mid-line: the next one starts with a line break */
};

static struct sink sink = { .fd = STDERR_FILENO, .may_block = true };
static const char *sink_target = "stderr";
static const char *program_name = "daybook";

/* Descriptor 2 must not be given to a file or to PostgreSQL: what libraries print goes there. */
static void keep_stderr_taken(void)
{
	if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	int fd = open("/dev/null", O_WRONLY);
	if (fd >= 0 && fd != STDERR_FILENO) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

/* Our own open description of what stderr is, since O_NONBLOCK on a shared one would hit the
 * shell or the supervisor too. Where that is not allowed, poll(2) has to do. */
static struct sink open_stderr(void)
{
	enum { FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };
	struct stat status;

	if (fstat(STDERR_FILENO, &status) == 0 && S_ISSOCK(status.st_mode))
		return (struct sink){ .kind = SOCKET_SINK, .fd = STDERR_FILENO };
	int fd = open("/proc/self/fd/2", FLAGS);
	if (fd < 0)
		return (struct sink){ .fd = STDERR_FILENO, .may_block = true };
	return (struct sink){ .fd = fd };
}

static bool open_syslog(const char *path, struct sink *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		int why = errno;
		close(fd);
		errno = why;
		return false;
	}
	*out = (struct sink){ .kind = SYSLOG_SINK, .fd = fd };
	return true;
}

static bool open_target(const char *target, struct sink *out)
{
	enum { FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };
	const char *path = strcmp(target, "syslog") == 0 ? SYSLOG_SOCKET : target;
	struct stat status;

	if (strcmp(target, "stderr") == 0) {
		*out = open_stderr();
		return true;
	}
	if (path != target || (stat(path, &status) == 0 && S_ISSOCK(status.st_mode)))
		return open_syslog(path, out);
	int fd = open(path, FLAGS, 0640);
	if (fd < 0)
		return false;
	*out = (struct sink){ .fd = fd };
	return true;
}

static void replace_sink(struct sink fresh)
{
	if (sink.fd != STDERR_FILENO)
		close(sink.fd);
	sink = fresh;
}

bool log_sink_open(const char *target, const char *program)
{
	struct sink fresh;

	signal(SIGPIPE, SIG_IGN);
	keep_stderr_taken();
	sink_target = target;
	program_name = program;
	bool opened = open_target(target, &fresh);
	int why = errno;
	replace_sink(opened ? fresh : open_stderr());
	errno = why;
	return opened;
}

bool log_sink_reopen(void)
{
	struct sink fresh;

	if (!open_target(sink_target, &fresh))
		return false;
	replace_sink(fresh);
	return true;
}

static bool send_text(const char *text, size_t len)
{
	return send(sink.fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
}

/* One datagram in the form that syslog(3) sends, which itself would wait for a busy daemon. */
static bool send_syslog(const char *line, size_t len, int severity)
{
	char text[PIPE_BUF + 128], when[32];
	time_t now = time(NULL);
	struct tm local;

	strftime(when, sizeof when, "%b %e %T", localtime_r(&now, &local));
	int text_len = snprintf(text, sizeof text, "<%d>%s %.32s[%d]: %.*s", LOG_DAEMON | severity,
				when, program_name, (int)getpid(), (int)len - 1, line);
	if (send_text(text, (size_t)text_len))
		return true;
	/* The daemon may have been started anew. */
	return errno != EAGAIN && log_sink_reopen() && send_text(text, (size_t)text_len);
}

static size_t write_file(const char *lines, size_t len)
{
	struct iovec parts[] = { { (char[]){ '\n' }, sink.half_line },
				 { (char *)(uintptr_t)lines, len } };
	struct pollfd writable = { .fd = sink.fd, .events = POLLOUT };
	size_t first = sink.half_line ? 0 : 1;

	if (sink.may_block && (poll(&writable, 1, 0) != 1 || !(writable.revents & POLLOUT)))
		return 0;
	ssize_t written = writev(sink.fd, parts + first, (int)(2 - first));
	if (written <= 0)
		return 0;
	size_t of_lines = (size_t)written - (first == 0);
	sink.half_line = of_lines > 0 && lines[of_lines - 1] != '\n';
	return of_lines;
}

bool log_sink_takes_many(void)
{
	return sink.kind != SYSLOG_SINK;
}

size_t log_sink_write(const char *lines, size_t len, int severity)
{
	switch (sink.kind) {
	case SOCKET_SINK:
		return send_text(lines, len) ? len : 0;
	case SYSLOG_SINK:
		return send_syslog(lines, len, severity) ? len : 0;
	case FILE_SINK:
	default:
		return write_file(lines, len);
	}
}

#include "web/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"

struct spool {
	int fd;
	size_t size;
};

static void log_failure(void)
{
	const char *reason = strerror(errno);
	struct log_line line;

	log_begin(&line, LEVEL_ERROR, "spool_failed");
	log_text(&line, "message", reason);
	log_end(&line);
}

static void spool_close(void *object)
{
	close(((struct spool *)object)->fd);
}

struct spool *spool_open(struct arena *arena)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		log_failure();
		return NULL;
	}
	struct spool *spool = arena_alloc(arena, sizeof *spool);
	spool->fd = fd;
	arena_defer(arena, spool_close, spool);
	return spool;
}

bool spool_put(struct spool *spool, struct buf *buf)
{
	for (size_t done = 0; done < buf->len;) {
		ssize_t written = write(spool->fd, buf->data + done, buf->len - done);
		if (written <= 0) {
			log_failure();
			return false;
		}
		done += (size_t)written;
	}
	spool->size += buf->len;
	buf_clear(buf);
	return true;
}

size_t spool_size(const struct spool *spool)
{
	return spool->size;
}

size_t spool_read(const struct spool *spool, size_t offset, char *out, size_t room)
{
	ssize_t got = pread(spool->fd, out, room, (off_t)offset);

	return got > 0 ? (size_t)got : 0;
}

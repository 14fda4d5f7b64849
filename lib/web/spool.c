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

struct spool *spool_new(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		log_failure();
		return NULL;
	}
	struct spool *spool = calloc(1, sizeof *spool);
	if (!spool)
		abort();
	spool->fd = fd;
	return spool;
}

void spool_free(struct spool *spool)
{
	if (!spool)
		return;
	close(spool->fd);
	free(spool);
}

static void release_spool(void *spool)
{
	spool_free(spool);
}

struct spool *spool_open(struct arena *arena)
{
	struct spool *spool = spool_new();

	if (spool)
		arena_defer(arena, release_spool, spool);
	return spool;
}

bool spool_append(struct spool *spool, const char *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t written = write(spool->fd, data + done, len - done);
		if (written <= 0) {
			log_failure();
			return false;
		}
		done += (size_t)written;
	}
	spool->size += len;
	return true;
}

bool spool_put(struct spool *spool, struct buf *buf)
{
	bool whole = spool_append(spool, buf->data, buf->len);

	if (whole)
		buf_clear(buf);
	return whole;
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

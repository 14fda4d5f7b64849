#include "daemon/metrics_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0660 };

static const char magic[8] = "daybook";

/* Writes the header and takes the room, so that a full disk is found out now and not as SIGBUS at
 * the first count. */
static bool initialise(int fd, uint64_t layout, size_t bytes)
{
	struct metrics_file_header header = { .layout = layout, .bytes = bytes };

	memcpy(header.magic, magic, sizeof magic);
	errno = posix_fallocate(fd, 0, (off_t)bytes);
	return errno == 0 && pwrite(fd, &header, sizeof header, 0) == (ssize_t)sizeof header;
}

/* What is in the file: nothing or another layout of ours may be replaced, anything else not. */
static enum { CURRENT, REPLACEABLE, FOREIGN } look(int fd, uint64_t layout, size_t bytes)
{
	struct metrics_file_header header = { .layout = 0 };
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return FOREIGN;
	if (status.st_size == 0)
		return REPLACEABLE;
	if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
	    memcmp(header.magic, magic, sizeof magic) != 0)
		return FOREIGN;
	return header.layout == layout && header.bytes == bytes && status.st_size == (off_t)bytes
		       ? CURRENT
		       : REPLACEABLE;
}

/* Makes a new file beside the old one and renames it into its place. */
static bool replace(const char *path, uint64_t layout, size_t bytes)
{
	char fresh[PATH_MAX];

	if (snprintf(fresh, sizeof fresh, "%s.XXXXXX", path) >= (int)sizeof fresh) {
		errno = ENAMETOOLONG;
		return false;
	}
	int fd = mkostemp(fresh, O_CLOEXEC);
	if (fd < 0)
		return false;
	bool done =
		fchmod(fd, MODE) == 0 && initialise(fd, layout, bytes) && rename(fresh, path) == 0;
	int why = errno;
	if (!done)
		unlink(fresh);
	close(fd);
	errno = why;
	return done;
}

/* Whether the open file is still the one at `path`. */
static bool is_at(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
	       mine.st_dev == there.st_dev;
}

/* Under the file's lock: maps it, or replaces it and says to come again. NULL and an errno, which
 * is EAGAIN if another process has put a new file there, or this one has. */
static void *map_locked(int fd, const char *path, uint64_t layout, size_t bytes)
{
	void *mapped;

	if (flock(fd, LOCK_EX) != 0)
		return NULL;
	if (!is_at(fd, path)) {
		errno = EAGAIN;
		return NULL;
	}
	switch (look(fd, layout, bytes)) {
	case CURRENT:
		mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		return mapped == MAP_FAILED ? NULL : mapped;
	case REPLACEABLE:
		if (replace(path, layout, bytes))
			errno = EAGAIN;
		return NULL;
	case FOREIGN:
	default:
		errno = EEXIST;
		return NULL;
	}
}

void *metrics_file_map(const char *path, uint64_t layout, size_t bytes, char *fault,
		       size_t fault_bytes)
{
	enum { TRIES = 100 }; /* more only if two versions start workers all the time */

	for (int i = 0; i < TRIES; i++) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, MODE);
		void *mapped = fd >= 0 ? map_locked(fd, path, layout, bytes) : NULL;
		int why = errno;
		if (fd >= 0) {
			flock(fd, LOCK_UN); /* close() does not: the mapping keeps the file open */
			close(fd);
		}
		if (mapped)
			return mapped;
		snprintf(fault, fault_bytes, "cannot count in %s: %s", path,
			 why == EEXIST ? "it is something else's file" : strerror(why));
		if (why != EAGAIN)
			break;
	}
	return NULL;
}

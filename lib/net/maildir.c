#include "net/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_parts(const char *folder)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int len = snprintf(path, sizeof path, "%s%s", folder, parts[i]);
		if (len >= (int)sizeof path) {
			errno = ENAMETOOLONG;
			return false;
		}
		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);
		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			data += done;
			len -= (size_t)done;
		}
	}
	return fsync(fd) == 0;
}

bool maildir_put(const char *folder, const char *name, const char *data, size_t len)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (snprintf(from, sizeof from, "%s/tmp/%s.%ld", folder, name, (long)getpid()) >=
		    (int)sizeof from ||
	    snprintf(to, sizeof to, "%s/new/%s", folder, name) >= (int)sizeof to) {
		errno = ENAMETOOLONG;
		return false;
	}
	int fd = make_parts(folder) ? open(from, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)
				    : -1;
	if (fd < 0)
		return false;
	bool written = write_all(fd, data, len);
	int fault = errno;
	if (close(fd) == 0 && written && rename(from, to) == 0)
		return true;
	fault = written ? errno : fault;
	unlink(from);
	errno = fault;
	return false;
}

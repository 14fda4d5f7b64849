/* url.h -- the parts of a request target as the client sent it (RFC 3986, HTML's form encoding). */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { PATH_MAX_SEGMENTS = 12, QUERY_MAX_PAIRS = 64 };

struct query_pair {
	const char *name, *value;
};

/* Cuts `path`, which starts with a slash, at its slashes and decodes each segment, so that an
 * encoded slash separates nothing. False: a bad escape, U+0000, invalid UTF-8, or too many. */
bool path_split(struct arena *arena, const char *path, const char *segments[PATH_MAX_SEGMENTS],
		size_t *count);

/* Cuts `a=1&b=2` into decoded pairs in their order; `+` is a space. A value that cannot be decoded
 * is NULL. False: a name that cannot be, or too many pairs. */
bool query_split(struct arena *arena, const char *query, struct query_pair pairs[QUERY_MAX_PAIRS],
		 size_t *count);

#endif

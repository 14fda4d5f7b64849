/* url.h -- the parts of a request target as the client sent it, and of an address on the web (RFC
 * 3986, HTML's form encoding). */
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

/* An address such as `https://host:port` and what follows. */
struct web_address {
	bool secure; /* https, not http; smtps, not smtp */
	const char *host;
	size_t host_len;  /* with the brackets of an IPv6 address */
	const char *rest; /* from the path on; "" if there is none */
};

/* Reads an address whose scheme is `scheme` or that with an s behind, in lower case, and whose host
 * is a name or an IP address; the parts point into `text`. False for anything else, a user or a bad
 * port included. */
bool web_address_parse(const char *text, const char *scheme, struct web_address *out)
	__attribute__((warn_unused_result));

/* Whether the host is this machine itself: localhost, 127.0.0.0/8 or [::1]. */
bool web_address_is_local(const struct web_address *address);

#endif

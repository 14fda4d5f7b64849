/* fastcgi_pair.h -- lists of names with values, as FastCGI has them (section 3.4). */
#ifndef FASTCGI_PAIR_H
#define FASTCGI_PAIR_H

#include <stdbool.h>
#include <stddef.h>

/* A view of two texts, one behind the other, without a NUL. */
struct fastcgi_pair {
	const char *name, *value;
	size_t name_len, value_len;
};

/* Reads the pair at `at`, in front of which stand its two lengths. Returns where the next one
 * begins, or NULL if it does not end before `end`. */
const char *fastcgi_pair_read(const char *at, const char *end, struct fastcgi_pair *out);

/* Finds the first pair of that name. False, too, if the list is malformed in front of it. */
bool fastcgi_pair_find(const char *list, size_t len, const char *name, struct fastcgi_pair *out);

#endif

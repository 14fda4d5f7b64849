/* env_file.h -- files of NAME=value lines.
 *
 * Blank lines and lines that start with `#` are skipped; `export ` may stand in front of a name;
 * a value may be put in single or double quotes, in which nothing is special. Names are of
 * [A-Z0-9_]. Anything else is refused. */
#ifndef ENV_FILE_H
#define ENV_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define ENV_FILE_MAX_BYTES 65536

struct env_entry {
	const char *name;
	char *value; /* may be written over */
	int line;
};

struct env_file {
	struct env_entry *entries;
	size_t count;
	bool open_to_all; /* its mode lets everybody read or write it */
};

/* Reads the file into `arena`. On failure `fault` is one sentence with the place, which shows no
 * value, and `out` is untouched. */
bool env_file_read(struct arena *arena, const char *path, struct env_file *out, char *fault,
		   size_t fault_bytes) __attribute__((warn_unused_result));

#endif

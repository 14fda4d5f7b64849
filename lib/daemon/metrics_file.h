/* metrics_file.h -- a small file that several processes map and share: the private half of
 * metrics.h. */
#ifndef METRICS_FILE_H
#define METRICS_FILE_H

#include <stddef.h>
#include <stdint.h>

/* What the mapped bytes begin with. `layout` tells what the rest means. */
struct metrics_file_header {
	char magic[8];
	uint64_t layout;
	uint64_t bytes;
};

/* Maps the file at `path`. One that is missing, empty or of another layout is replaced by a fresh
 * one: the header and zero bytes. Others see it whole or not at all; who has mapped the old one
 * keeps that. A file that is no such file is left alone. NULL, and one sentence in
 * `fault`, on failure. */
void *metrics_file_map(const char *path, uint64_t layout, size_t bytes, char *fault,
		       size_t fault_bytes);

#endif

/* spool.h -- a large answer on its way: written to a nameless file first, so that a worker's memory
 * stays flat, and so that nothing leaves before it is whole and its length is known. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

struct spool;

/* An empty spool in TMPDIR or /tmp; it ends with the arena. NULL, and a line in the
 * log, when no file can be made. */
struct spool *spool_open(struct arena *arena);

/* Appends what is in the buffer and clears that; false, and a line in the log, when the
 * disk is full. */
bool spool_put(struct spool *spool, struct buf *buf) __attribute__((warn_unused_result));

size_t spool_size(const struct spool *spool);

/* Reads up to `room` bytes from `offset`; 0 at the end or on a fault. */
size_t spool_read(const struct spool *spool, size_t offset, char *out, size_t room);

#endif

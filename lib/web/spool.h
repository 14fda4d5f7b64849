/* spool.h -- a large body on its way in or out: written to a nameless file first. So a
 * worker's memory stays flat, and nothing goes on before it is whole and its length is known. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

struct spool;

/* An empty spool in TMPDIR or /tmp, which spool_free() ends. NULL, and a line in the log, when no
 * file can be made. */
struct spool *spool_new(void);
void spool_free(struct spool *spool);

/* spool_new() that ends with the arena. */
struct spool *spool_open(struct arena *arena);

/* Appends `len` bytes; false, and a line in the log, when the disk is full. */
bool spool_append(struct spool *spool, const char *data, size_t len)
	__attribute__((warn_unused_result));

/* Appends what is in the buffer and clears that; fails as spool_append(). */
bool spool_put(struct spool *spool, struct buf *buf) __attribute__((warn_unused_result));

size_t spool_size(const struct spool *spool);

/* Reads up to `room` bytes from `offset`; 0 at the end or on a fault. */
size_t spool_read(const struct spool *spool, size_t offset, char *out, size_t room);

#endif

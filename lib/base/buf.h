/* buf.h -- a growing byte buffer.
 *
 * A buffer of all zero bytes is an empty one. `data` is NULL until something is put, and is not
 * NUL-terminated. It keeps its memory over buf_clear(), so one that
 * lives as long as the process stops allocating after its first few uses. Growing never fails
 * (see arena.h). */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
};

/* Makes room for `more` further bytes and returns where they go; the caller then adds to `len`. */
char *buf_reserve(struct buf *buf, size_t more);

void buf_put(struct buf *buf, const void *data, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_put_int(struct buf *buf, int64_t value); /* in decimal */
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empties the buffer and keeps its memory, which is wiped. */
void buf_clear(struct buf *buf);

void buf_free(struct buf *buf);

#endif

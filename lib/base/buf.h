/* buf.h -- a growing byte buffer, and JSON written straight into it.
 *
 * A buffer of all zero bytes is an empty one. It keeps its memory over buf_clear(), so one that
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

/* The text as a JSON string with its quotes (RFC 8259 section 7). `<` becomes \u003c, so that no
 * answer can be mistaken for HTML. The text must be valid UTF-8. */
void json_put_string(struct buf *buf, const char *text, size_t len);

/* json_put_string() of a NUL-terminated text, or `null`. */
void json_put_text(struct buf *buf, const char *text);
void json_put_bool(struct buf *buf, bool value);

#endif

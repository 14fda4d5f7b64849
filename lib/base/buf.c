#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"

char *buf_reserve(struct buf *buf, size_t more)
{
	if (more > buf->cap - buf->len) {
		size_t cap = buf->cap ? buf->cap : 4096;
		while (cap - buf->len < more)
			cap *= 2;
		char *data = realloc(buf->data, cap);
		if (!data) {
			fputs("daybook: out of memory\n", stderr);
			abort();
		}
		buf->data = data;
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void buf_put(struct buf *buf, const void *data, size_t len)
{
	if (len > 0)
		memcpy(buf_reserve(buf, len), data, len);
	buf->len += len;
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_put(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}

void buf_put_int(struct buf *buf, int64_t value)
{
	char *at = buf_reserve(buf, DECIMAL_BYTES);

	buf->len += (size_t)(decimal_format(at, value) - at);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	size_t room = 256;
	size_t len = (size_t)vsnprintf(buf_reserve(buf, room), room, format, args);
	if (len >= room)
		vsnprintf(buf_reserve(buf, len + 1), len + 1, format, again);
	buf->len += len;
	va_end(again);
	va_end(args);
}

void buf_clear(struct buf *buf)
{
	if (buf->len > 0)
		explicit_bzero(buf->data, buf->len);
	buf->len = 0;
}

void buf_free(struct buf *buf)
{
	buf_clear(buf);
	free(buf->data);
	*buf = (struct buf){ 0 };
}

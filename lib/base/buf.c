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

/* What stands for a byte inside a JSON string: itself (0), a short escape, or \u00XX ('u'). */
static const char escapes[256] = {
	['\0'] = 'u', [1] = 'u',    [2] = 'u',	  [3] = 'u',	 [4] = 'u',    [5] = 'u',
	[6] = 'u',    [7] = 'u',    ['\b'] = 'b', ['\t'] = 't',	 ['\n'] = 'n', [11] = 'u',
	['\f'] = 'f', ['\r'] = 'r', [14] = 'u',	  [15] = 'u',	 [16] = 'u',   [17] = 'u',
	[18] = 'u',   [19] = 'u',   [20] = 'u',	  [21] = 'u',	 [22] = 'u',   [23] = 'u',
	[24] = 'u',   [25] = 'u',   [26] = 'u',	  [27] = 'u',	 [28] = 'u',   [29] = 'u',
	[30] = 'u',   [31] = 'u',   ['"'] = '"',  ['\\'] = '\\', ['<'] = 'u',  [127] = 'u',
};

void json_put_string(struct buf *buf, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	char *start = buf_reserve(buf, 6 * len + 2), *out = start;

	*out++ = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape = escapes[c];
		if (!escape) {
			*out++ = (char)c;
			continue;
		}
		*out++ = '\\';
		*out++ = escape;
		if (escape == 'u') {
			*out++ = '0';
			*out++ = '0';
			*out++ = hex[c >> 4];
			*out++ = hex[c & 15];
		}
	}
	*out++ = '"';
	buf->len += (size_t)(out - start);
}

void json_put_text(struct buf *buf, const char *text)
{
	if (text)
		json_put_string(buf, text, strlen(text));
	else
		buf_put(buf, "null", 4);
}

void json_put_bool(struct buf *buf, bool value)
{
	if (value)
		buf_put(buf, "true", 4);
	else
		buf_put(buf, "false", 5);
}

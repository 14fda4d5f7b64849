#include "base/json.h"

#include <string.h>

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

void json_value(struct json *json, const char *name)
{
	if (json->comma)
		buf_putc(json->out, ',');
	json->comma = true;
	if (!name)
		return;
	buf_putc(json->out, '"');
	buf_puts(json->out, name);
	buf_put(json->out, "\":", 2);
}

void json_open(struct json *json, const char *name, char bracket)
{
	json_value(json, name);
	buf_putc(json->out, bracket);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	buf_putc(json->out, bracket);
	json->comma = true;
}

void json_text(struct json *json, const char *name, const char *text)
{
	json_value(json, name);
	json_put_text(json->out, text);
}

void json_integer(struct json *json, const char *name, int64_t value)
{
	json_value(json, name);
	buf_put_int(json->out, value);
}

void json_boolean(struct json *json, const char *name, bool value)
{
	json_value(json, name);
	json_put_bool(json->out, value);
}

void json_null(struct json *json, const char *name)
{
	json_text(json, name, NULL);
}

void json_raw(struct json *json, const char *name, const char *value, size_t len)
{
	json_value(json, name);
	buf_put(json->out, value, len);
}

#include "base/url.h"

#include <string.h>

#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The text without its percent escapes, or NULL if one is bad or hides what no text may hold. */
static const char *decode(struct arena *arena, const char *text, size_t len, bool plus_is_space)
{
	char *decoded = arena_alloc(arena, len + 1), *out = decoded;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			if (len - i < 3)
				return NULL;
			int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c == '\0')
			return NULL;
		*out++ = c;
	}
	return utf8_valid(decoded, (size_t)(out - decoded)) ? decoded : NULL;
}

bool path_split(struct arena *arena, const char *path, const char *segments[PATH_MAX_SEGMENTS],
		size_t *count)
{
	*count = 0;
	while (*path == '/') {
		size_t len = strcspn(++path, "/");
		if (*count == PATH_MAX_SEGMENTS)
			return false;
		segments[*count] = decode(arena, path, len, false);
		if (!segments[(*count)++])
			return false;
		path += len;
	}
	return *path == '\0';
}

bool query_split(struct arena *arena, const char *query, struct query_pair pairs[QUERY_MAX_PAIRS],
		 size_t *count)
{
	*count = 0;
	while (*query) {
		size_t len = strcspn(query, "&");
		size_t name_len = strcspn(query, "=&");
		if (len > 0) {
			if (*count == QUERY_MAX_PAIRS)
				return false;
			struct query_pair *pair = &pairs[(*count)++];
			size_t value_at = name_len < len ? name_len + 1 : len;
			pair->name = decode(arena, query, name_len, true);
			pair->value = decode(arena, query + value_at, len - value_at, true);
			if (!pair->name)
				return false;
		}
		query += len;
		query += *query == '&';
	}
	return true;
}

#include "base/text.h"

#include <string.h>

#include "base/utf8.h"

/* The code points of the property White_Space (Unicode's PropList.txt), as UTF-8. */
static const char *const white_space[] = {
	"\t",	  "\n",	    "\v",     "\f",	"\r",	  " ",	    "\xC2\x85", "\u00A0", "\u1680",
	"\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",	"\u2007", "\u2008",
	"\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000",
};

size_t text_length(const char *text)
{
	size_t length = 0;

	for (; *text; text++)
		length += (*text & 0xC0) != 0x80;
	return length;
}

static size_t white_space_bytes(const char *text)
{
	for (size_t i = 0; i < sizeof white_space / sizeof white_space[0]; i++) {
		size_t len = strlen(white_space[i]);
		if (strncmp(text, white_space[i], len) == 0)
			return len;
	}
	return 0;
}

bool text_is_blank(const char *text)
{
	while (*text) {
		size_t len = white_space_bytes(text);
		if (len == 0)
			return false;
		text += len;
	}
	return true;
}

const char *text_trim(struct arena *arena, const char *text)
{
	const char *end;
	size_t len;

	while ((len = white_space_bytes(text)) > 0)
		text += len;
	end = text;
	for (const char *at = text; *at; at += len > 0 ? len : 1) {
		len = white_space_bytes(at);
		if (len == 0)
			end = at + 1;
	}
	return arena_copy(arena, text, (size_t)(end - text));
}

const char *text_from_bytes(struct arena *arena, const char *bytes)
{
	const char *end = bytes + strlen(bytes);
	char *text = arena_alloc(arena, 3 * strlen(bytes) + 1), *out = text;

	while (bytes < end) {
		size_t len =
			utf8_character((const unsigned char *)bytes, (const unsigned char *)end);
		if (len == 0 && (unsigned char)*bytes >= 0x80) {
			out = utf8_encode(out, 0xFFFD);
			bytes++;
			continue;
		}
		len += len == 0;
		memcpy(out, bytes, len);
		out += len;
		bytes += len;
	}
	return text;
}

const char *text_cut(struct arena *arena, const char *text, size_t most)
{
	const char *end = text;

	if (text_length(text) <= most)
		return arena_copy(arena, text, strlen(text));
	for (size_t i = 1; i < most; i++)
		(void)utf8_decode(&end);
	return arena_printf(arena, "%.*s\u2026", (int)(end - text), text);
}

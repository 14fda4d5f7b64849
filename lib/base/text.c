#include "base/text.h"

#include <assert.h>
#include <locale.h>
#include <string.h>
#include <wctype.h>

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

/* Reads one code point of valid UTF-8 and returns how many bytes it has. */
static size_t decode(const char *text, wint_t *out)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t len = byte[0] < 0x80 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;

	*out = len == 1 ? byte[0] : byte[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++)
		*out = *out << 6 | (byte[i] & 0x3F);
	return len;
}

static char *encode(char *out, wint_t code)
{
	if (code < 0x80) {
		*out++ = (char)code;
		return out;
	}
	int shift = code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
	static const unsigned char marks[] = { [6] = 0xC0, [12] = 0xE0, [18] = 0xF0 };
	*out++ = (char)(marks[shift] | code >> shift);
	for (shift -= 6; shift >= 0; shift -= 6)
		*out++ = (char)(0x80 | (code >> shift & 0x3F));
	return out;
}

const char *text_lower(struct arena *arena, const char *text)
{
	static locale_t locale;
	wint_t code;

	if (!locale)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	assert(locale);
	/* a letter and its lower case differ by one byte in UTF-8 at most */
	char *lower = arena_alloc(arena, 2 * strlen(text) + 1), *out = lower;
	while (*text) {
		text += decode(text, &code);
		out = encode(out, towlower_l(code, locale));
	}
	return lower;
}

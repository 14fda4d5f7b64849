#include "base/utf8.h"

#include <string.h>

size_t utf8_character(const unsigned char *at, const unsigned char *end)
{
	unsigned char lead = *at;
	unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	size_t len = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;

	if (len == 0 || (size_t)(end - at) < len || at[1] < lowest || at[1] > highest)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;

	while (at < end) {
		uint64_t word = EACH_BYTE(0x80);
		size_t step = 1;

		if (end - at >= 8)
			memcpy(&word, at, sizeof word);
		if ((word & EACH_BYTE(0x80)) == 0)
			step = 8;
		else if (*at >= 0x80)
			step = utf8_character(at, end);
		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

uint32_t utf8_decode(const char **at)
{
	uint32_t lead = (unsigned char)*(*at)++;
	int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
	uint32_t character = more > 0 ? lead & (0x3fU >> more) : lead;

	for (; more > 0; more--)
		character = character << 6 | ((unsigned char)*(*at)++ & 0x3fU);
	return character;
}

char *utf8_encode(char *out, uint32_t character)
{
	if (character < 0x80) {
		*out++ = (char)character;
		return out;
	}
	int shift = character < 0x800 ? 6 : character < 0x10000 ? 12 : 18;
	static const unsigned char marks[] = { [6] = 0xc0, [12] = 0xe0, [18] = 0xf0 };
	*out++ = (char)(marks[shift] | character >> shift);
	for (shift -= 6; shift >= 0; shift -= 6)
		*out++ = (char)(0x80 | (character >> shift & 0x3f));
	return out;
}

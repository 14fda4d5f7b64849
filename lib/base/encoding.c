/* encoding.c -- bytes as text: base64url (RFC 4648 section 5) and hexadecimal; numbers in decimal.
 */
#include "base/encoding.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of each character plus one; 0 for what is not in the alphabet. */
static const uint8_t values[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,
	['H'] = 8,  ['I'] = 9,	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
	['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63,
	['_'] = 64,
};

size_t base64url_encode(const void *data, size_t len, char *out)
{
	const uint8_t *in = data;
	const char *start = out;

	for (; len >= 3; len -= 3, in += 3) {
		*out++ = alphabet[in[0] >> 2];
		*out++ = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
		*out++ = alphabet[(in[1] & 15) << 2 | in[2] >> 6];
		*out++ = alphabet[in[2] & 63];
	}
	if (len == 0)
		return (size_t)(out - start);

	*out++ = alphabet[in[0] >> 2];
	if (len == 1) {
		*out++ = alphabet[(in[0] & 3) << 4];
	} else {
		*out++ = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
		*out++ = alphabet[(in[1] & 15) << 2];
	}
	return (size_t)(out - start);
}

bool base64url_decode(const char *text, size_t len, void *out, size_t *out_len)
{
	uint8_t *to = out;
	uint32_t bits = 0;
	unsigned held = 0;

	if (len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint32_t value = values[(uint8_t)text[i]];

		if (value == 0)
			return false;
		bits = bits << 6 | (value - 1);
		held += 6;
		if (held >= 8) {
			held -= 8;
			*to++ = (uint8_t)(bits >> held);
		}
	}
	if ((bits & ((1U << held) - 1)) != 0)
		return false;
	*out_len = (size_t)(to - (uint8_t *)out);
	return true;
}

void hex_encode(const void *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = data;

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[in[i] >> 4];
		*out++ = digits[in[i] & 15];
	}
	*out = '\0';
}

char *decimal_format(char *out, int64_t value)
{
	char digits[DECIMAL_BYTES], *at = digits + sizeof digits;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	*--at = '\0';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--at = '-';
	size_t len = (size_t)(digits + sizeof digits - 1 - at);
	memcpy(out, at, len + 1);
	return out + len;
}

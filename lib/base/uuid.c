/* uuid.c -- UUIDs (RFC 9562): their text form, and version 7 for what we make ourselves. */
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* The place of each byte's two digits in the text form. */
static const uint8_t digit_at[16] = {
	0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34,
};

/* The value of each hexadecimal digit plus one; 0 for what is none. */
static const uint8_t hex_values[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool uuid_parse(const char *text, size_t len, struct uuid *out)
{
	struct uuid uuid = { .set = true };

	if (len != UUID_TEXT_BYTES - 1)
		return false;
	if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
		return false;
	for (size_t i = 0; i < sizeof uuid.bytes; i++) {
		unsigned high = hex_values[(uint8_t)text[digit_at[i]]];
		unsigned low = hex_values[(uint8_t)text[digit_at[i] + 1]];

		if (high == 0 || low == 0)
			return false;
		uuid.bytes[i] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	*out = uuid;
	return true;
}

char *uuid_format(char *out, const uint8_t bytes[16])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 16; i++) {
		out[digit_at[i]] = digits[bytes[i] >> 4];
		out[digit_at[i] + 1] = digits[bytes[i] & 15];
	}
	out[8] = out[13] = out[18] = out[23] = '-';
	out[UUID_TEXT_BYTES - 1] = '\0';
	return out + UUID_TEXT_BYTES - 1;
}

/* Milliseconds in the upper 48 bits, and their fraction in 1/4096 in the lower 12 (RFC 9562
 * section 6.2, method 3). The same tick is never given twice: a stopped clock counts on. */
static uint64_t next_tick(void)
{
	static uint64_t last;
	struct timespec now;
	uint64_t tick;

	clock_gettime(CLOCK_REALTIME, &now);
	tick = ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) << 12 |
	       ((uint64_t)now.tv_nsec % 1000000 << 12) / 1000000;
	if (tick <= last)
		tick = last + 1;
	last = tick;
	return tick;
}

struct uuid uuid_v7(void)
{
	struct uuid uuid = { .set = true };
	uint64_t tick = next_tick();

	/* Up to 256 bytes come whole or not at all (getrandom(2)). */
	if (getrandom(uuid.bytes + 8, 8, 0) != 8)
		abort();
	for (size_t i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(tick >> (52 - 8 * i));
	uuid.bytes[6] = (uint8_t)(0x70 | (tick >> 8 & 0x0f));
	uuid.bytes[7] = (uint8_t)tick;
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
	return uuid;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	if (a->set != b->set)
		return false;
	return !a->set || memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

#include "web/fastcgi_pair.h"

#include <stdint.h>
#include <string.h>

/* One byte, or four with the highest bit set. Returns where it ends, or NULL. */
static const char *read_length(const char *at, const char *end, size_t *out)
{
	const uint8_t *byte = (const uint8_t *)at;

	if (at < end && byte[0] < 0x80) {
		*out = byte[0];
		return at + 1;
	}
	if (end - at < 4)
		return NULL;
	*out = (size_t)(byte[0] & 0x7f) << 24 | (size_t)byte[1] << 16 | (size_t)byte[2] << 8 |
	       byte[3];
	return at + 4;
}

const char *fastcgi_pair_read(const char *at, const char *end, struct fastcgi_pair *out)
{
	at = read_length(at, end, &out->name_len);
	at = at ? read_length(at, end, &out->value_len) : NULL;
	if (!at || out->name_len + out->value_len > (size_t)(end - at))
		return NULL;
	out->name = at;
	out->value = at + out->name_len;
	return out->value + out->value_len;
}

bool fastcgi_pair_find(const char *list, size_t len, const char *name, struct fastcgi_pair *out)
{
	const char *at = list, *end = list + len;

	while (at < end && (at = fastcgi_pair_read(at, end, out)))
		if (out->name_len == strlen(name) && memcmp(out->name, name, out->name_len) == 0)
			return true;
	return false;
}

#include "web/fastcgi_record.h"

#include <assert.h>
#include <string.h>

#include "web/fastcgi_pair.h"

uint8_t *fastcgi_put_header(uint8_t *out, enum fastcgi_type type, uint16_t id, size_t len)
{
	assert(len <= FASTCGI_MAX_CONTENT);
	*out++ = FASTCGI_VERSION;
	*out++ = (uint8_t)type;
	*out++ = (uint8_t)(id >> 8);
	*out++ = (uint8_t)id;
	*out++ = (uint8_t)(len >> 8);
	*out++ = (uint8_t)len;
	*out++ = 0; /* the length of the padding */
	*out++ = 0; /* reserved */
	return out;
}

uint8_t *fastcgi_put_end(uint8_t *out, uint16_t id, enum fastcgi_status status)
{
	const uint8_t content[8] = { [4] = (uint8_t)status };

	out = fastcgi_put_header(out, FASTCGI_END_REQUEST, id, sizeof content);
	memcpy(out, content, sizeof content);
	return out + sizeof content;
}

/* What a web server may ask of us; other names are left out of the answer. */
static const struct {
	const char *name;
	char value;
} values[] = {
	{ "FCGI_MPXS_CONNS", '0' }, /* one request at a time on a connection */
	{ "FCGI_MAX_CONNS", '1' },
	{ "FCGI_MAX_REQS", '1' },
};

static void put_values(struct buf *out, const char *asked, size_t len)
{
	size_t start = out->len;
	struct fastcgi_pair pair;

	buf_reserve(out, FASTCGI_HEADER_BYTES);
	out->len += FASTCGI_HEADER_BYTES;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (!fastcgi_pair_find(asked, len, values[i].name, &pair))
			continue;
		buf_putc(out, (char)strlen(values[i].name));
		buf_putc(out, 1);
		buf_puts(out, values[i].name);
		buf_putc(out, values[i].value);
	}
	fastcgi_put_header((uint8_t *)out->data + start, FASTCGI_GET_VALUES_RESULT, 0,
			   out->len - start - FASTCGI_HEADER_BYTES);
}

void fastcgi_put_reply(struct buf *out, uint8_t type, const char *content, size_t len)
{
	uint8_t unknown[FASTCGI_HEADER_BYTES + 8] = { [FASTCGI_HEADER_BYTES] = type };

	if (type == FASTCGI_GET_VALUES) {
		put_values(out, content, len);
		return;
	}
	fastcgi_put_header(unknown, FASTCGI_UNKNOWN_TYPE, 0, 8);
	buf_put(out, unknown, sizeof unknown);
}

/* fuzz_query.c -- any bytes as a query string: its pairs are texts that give the same pairs again
 * when they are written down, and each goes through a field of every kind. */
#include "base/url.h"
#include "base/utf8.h"
#include "field/field.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct words words = WORDS("Colour", "RED", "GREEN");

struct filter {
	struct boolean done;
	struct integer limit;
	const char *search, *colour;
	struct uuid id;
	struct instant at;
	struct date day;
	struct moment from;
	struct strings tags, colours;
	struct reference parent;
};

static const struct field fields[] = {
	FIELD(struct filter, done),
	FIELD(struct filter, limit, .min = 1, .max = 200),
	FIELD(struct filter, search, .min = 1, .max = 100),
	FIELD(struct filter, colour, .words = &words),
	FIELD(struct filter, id),
	FIELD(struct filter, at),
	FIELD(struct filter, day),
	FIELD(struct filter, from),
	FIELD(struct filter, tags, .min = 1, .max = 50, .max_items = 20),
	FIELD(struct filter, colours, .words = &words, .max_items = 2),
	FIELD(struct filter, parent),
};

static const struct shape shape = SHAPE(struct filter, NULL, fields);

static void put_escaped(struct buf *buf, const char *text)
{
	for (; *text; text++)
		buf_printf(buf, "%%%02X", (unsigned char)*text);
}

static void check_again(struct arena *arena, const struct query_pair *pairs, size_t count)
{
	struct query_pair again[QUERY_MAX_PAIRS];
	struct buf buf = { 0 };
	size_t again_count;

	for (size_t i = 0; i < count; i++) {
		put_escaped(&buf, pairs[i].name);
		buf_putc(&buf, '=');
		put_escaped(&buf, pairs[i].value);
		buf_putc(&buf, '&');
	}
	buf_putc(&buf, '\0');
	assert(query_split(arena, buf.data, again, &again_count) && again_count == count);
	for (size_t i = 0; i < count; i++) {
		assert(strcmp(again[i].name, pairs[i].name) == 0);
		assert(strcmp(again[i].value, pairs[i].value) == 0);
	}
	buf_free(&buf);
}

/* What a field takes can be written down as JSON. */
static void check_fields(struct arena *arena, const char *value)
{
	EACH_FIELD(field, &shape)
	{
		struct filter in;
		struct buf buf = { 0 };
		struct json_fault fault;
		struct faults faults = { .arena = arena };

		memset(&in, 0, sizeof in);
		if (field_from_query(field, &value, 1, &in, &faults)) {
			field_put(&buf, field, &in);
			assert(json_scan(buf.data, buf.len, 2, &fault));
			assert(buf.len != 4 || memcmp(buf.data, "null", 4) != 0);
			buf_free(&buf);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(16384);
	const char *query = arena_copy(arena, (const char *)data, size);
	struct query_pair pairs[QUERY_MAX_PAIRS];
	size_t count;

	if (query_split(arena, query, pairs, &count)) {
		assert(count <= QUERY_MAX_PAIRS);
		for (size_t i = 0; i < count; i++) {
			assert(utf8_valid(pairs[i].name, strlen(pairs[i].name)));
			if (!pairs[i].value)
				pairs[i].value = "";
			assert(utf8_valid(pairs[i].value, strlen(pairs[i].value)));
			check_fields(arena, pairs[i].value);
		}
		check_again(arena, pairs, count);
	}
	arena_free(arena);
	return 0;
}

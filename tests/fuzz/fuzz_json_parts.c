/* fuzz_json_parts.c -- any bytes, read part by part in pieces of any size: what is an object is
 * taken exactly when the scan of the whole takes it. */
#include "base/json_parts.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { MAX_BYTES = 60 }; /* fewer than the levels that both allow */

struct source {
	const uint8_t *data;
	size_t size, step;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_source(const void *context, size_t offset, char *out, size_t room)
{
	const struct source *source = context;
	size_t len = offset < source->size ? source->size - offset : 0;

	len = len < room ? len : room;
	len = len < source->step ? len : source->step;
	if (len > 0)
		memcpy(out, source->data + offset, len);
	return len;
}

static bool walk_list(struct json_parts *parts)
{
	const char *text;
	size_t len;

	if (!json_parts_enter(parts, '['))
		return false;
	while (json_parts_more(parts, ']'))
		if (!json_parts_value(parts, &text, &len))
			return false;
	return !parts->fault.reason;
}

/* An object whose members are lists or values. */
static bool walk(struct json_parts *parts)
{
	const char *text;
	size_t len;

	if (!json_parts_enter(parts, '{'))
		return false;
	while (json_parts_more(parts, '}')) {
		if (!json_parts_name(parts, &text, &len))
			return false;
		bool is_list = json_parts_peek(parts) == '[';
		if (is_list ? !walk_list(parts) : !json_parts_value(parts, &text, &len))
			return false;
	}
	return json_parts_end(parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_fault fault;

	if (size < 1 || size > MAX_BYTES)
		return 0;
	struct source source = { data + 1, size - 1, (size_t)(data[0] % 16) + 1 };
	struct json_parts parts = { .read = read_source,
				    .source = &source,
				    .max_part_bytes = MAX_BYTES,
				    .max_depth = JSON_SCAN_MAX_DEPTH };
	bool is_object = json_parts_peek(&parts) == '{';
	bool taken = walk(&parts);
	bool right = json_scan((const char *)source.data, source.size, JSON_SCAN_MAX_DEPTH, &fault);
	/* A name of the outermost level may have U+0000: whoever reads it sees to that. */
	bool outer = !right && fault.nul_name;
	assert(taken == (right && is_object) || (outer && is_object));
	assert(taken == !parts.fault.reason);
	json_parts_free(&parts);
	return 0;
}

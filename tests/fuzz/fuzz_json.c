/* fuzz_json.c -- any sequence of calls of the JSON writer, with any valid text, gives one document.
 * The strict scan accepts it, and nobody can mistake it for HTML. */
#include "base/json.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/utf8.h"

enum { MAX_OPEN = 30, MAX_CALLS = 9000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text of up to seven bytes from the input; NULL if it is no valid one. */
static const char *take_text(const uint8_t **data, size_t *size, size_t len, char out[8])
{
	len = len < *size ? len : *size;
	memcpy(out, *data, len);
	out[len] = '\0';
	*data += len;
	*size -= len;
	return utf8_valid(out, strlen(out)) ? out : NULL;
}

static void put_value(struct json *json, const char *name, uint8_t kind, const char *text)
{
	switch (kind % 4) {
	case 0:
		json_text(json, name, text);
		break;
	case 1:
		json_integer(json, name, (int64_t)kind << 55);
		break;
	case 2:
		json_boolean(json, name, kind & 4);
		break;
	default:
		json_null(json, name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char open[MAX_OPEN + 1] = "[", text[8];
	struct buf out = { 0 };
	struct json json = { &out };
	struct json_fault fault;
	size_t depth = 1;

	json_open(&json, NULL, '[');
	for (int calls = 0; size > 0 && calls < MAX_CALLS; calls++) {
		uint8_t call = *data++;
		const char *name = open[depth - 1] == '{' ? "name" : NULL;
		size--;
		if (call < 32 && depth < MAX_OPEN) {
			open[depth] = call & 1 ? '{' : '[';
			json_open(&json, name, open[depth++]);
		} else if (call < 64 && depth > 1) {
			json_close(&json, open[--depth] == '{' ? '}' : ']');
		} else {
			put_value(&json, name, call, take_text(&data, &size, call >> 5, text));
		}
	}
	while (depth > 0)
		json_close(&json, open[--depth] == '{' ? '}' : ']');
	assert(json_scan(out.data, out.len, MAX_OPEN + 1, &fault));
	assert(!memchr(out.data, '<', out.len));
	buf_free(&out);
	return 0;
}

/* fuzz_json_scan.c -- any bytes through the JSON scan: it agrees with a second, recursive reading
 * of RFC 8259, and what it lets pass is the whole text to json-c too. */
#include "base/json_scan.h"
#include "base/utf8.h"

#include <assert.h>
#include <json-c/json.h>
#include <stdint.h>
#include <string.h>

#define DEPTH 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The grammar once more, slow and plain. Each returns what is left of the text, or NULL. */
static const uint8_t *read_value(const uint8_t *at, const uint8_t *end, unsigned depth);

static const uint8_t *read_space(const uint8_t *at, const uint8_t *end)
{
	while (at < end && (*at == 0x20 || *at == 0x09 || *at == 0x0a || *at == 0x0d))
		at++;
	return at;
}

static const uint8_t *read_byte(const uint8_t *at, const uint8_t *end, char byte)
{
	return at != NULL && at < end && *at == (uint8_t)byte ? at + 1 : NULL;
}

static const uint8_t *read_digits(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > start ? at : NULL;
}

static const uint8_t *read_number(const uint8_t *at, const uint8_t *end)
{
	if (at < end && *at == '-')
		at++;
	at = at < end && *at == '0' ? at + 1 : read_digits(at, end);
	if (at != NULL && at < end && *at == '.')
		at = read_digits(at + 1, end);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		at = read_digits(at, end);
	}
	return at;
}

/* The number of four hexadecimal digits after \u, or -1. */
static int32_t read_unit(const uint8_t *at, const uint8_t *end)
{
	int32_t unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *digit = at[i] == 0 ? NULL : strchr(digits, at[i]);

		if (digit == NULL)
			return -1;
		unit = unit * 16 + (int32_t)((digit - digits) % 16);
	}
	return unit;
}

static const uint8_t *read_escape(const uint8_t *at, const uint8_t *end, bool is_name)
{
	int32_t unit;
	int32_t low;

	if (end - at >= 2 && memchr("\"\\/bfnrt", at[1], 8) != NULL)
		return at + 2;
	unit = read_unit(at, end);
	if (unit < 0 || (unit == 0 && is_name))
		return NULL;
	if (unit < 0xd800 || unit >= 0xe000)
		return at + 6;
	low = read_unit(at + 6, end);
	return unit < 0xdc00 && low >= 0xdc00 && low < 0xe000 ? at + 12 : NULL;
}

/* One character of UTF-8, by its number rather than by its bytes. */
static const uint8_t *read_character(const uint8_t *at, const uint8_t *end)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int len = *at < 0x80		 ? 1
		  : (*at & 0xe0) == 0xc0 ? 2
		  : (*at & 0xf0) == 0xe0 ? 3
		  : (*at & 0xf8) == 0xf0 ? 4
					 : 0;
	uint32_t character = len == 1 ? *at : *at & (0xffU >> (len + 1));

	if (len == 0 || end - at < len)
		return NULL;
	for (int i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return NULL;
		character = character << 6 | (at[i] & 0x3f);
	}
	if (character < lowest[len] || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return NULL;
	return at + len;
}

static const uint8_t *read_string(const uint8_t *at, const uint8_t *end, bool is_name)
{
	at = read_byte(at, end, '"');
	while (at != NULL && at < end && *at != '"')
		at = *at < 0x20	   ? NULL
		     : *at == '\\' ? read_escape(at, end, is_name)
				   : read_character(at, end);
	return read_byte(at, end, '"');
}

static const uint8_t *read_name(const uint8_t *at, const uint8_t *end)
{
	at = read_string(read_space(at, end), end, true);
	return at == NULL ? NULL : read_byte(read_space(at, end), end, ':');
}

static const uint8_t *read_members(const uint8_t *at, const uint8_t *end, unsigned depth,
				   bool is_object)
{
	char close = is_object ? '}' : ']';
	const uint8_t *closed = read_byte(read_space(at, end), end, close);

	if (depth == 0)
		return NULL;
	while (at != NULL && closed == NULL) {
		if (is_object)
			at = read_name(at, end);
		if (at != NULL)
			at = read_value(at, end, depth - 1);
		closed = read_byte(at, end, close);
		if (closed == NULL)
			at = read_byte(at, end, ',');
	}
	return closed;
}

static const uint8_t *read_value(const uint8_t *at, const uint8_t *end, unsigned depth)
{
	at = read_space(at, end);
	if (at == end)
		return NULL;
	if (*at == '{' || *at == '[')
		at = read_members(at + 1, end, depth, *at == '{');
	else if (*at == '"')
		at = read_string(at, end, false);
	else if (end - at >= 4 && (memcmp(at, "true", 4) == 0 || memcmp(at, "null", 4) == 0))
		at += 4;
	else if (end - at >= 5 && memcmp(at, "false", 5) == 0)
		at += 5;
	else
		at = read_number(at, end);
	return at == NULL ? NULL : read_space(at, end);
}

static bool utf8_by_numbers(const uint8_t *at, const uint8_t *end)
{
	while (at != NULL && at < end)
		at = read_character(at, end);
	return at != NULL;
}

/* json-c needs a NUL or white space to know that a number has ended. */
static void check_json_c(const char *text, size_t size)
{
	json_tokener *tokener = json_tokener_new_ex(DEPTH + 1);
	json_object *object = json_tokener_parse_ex(tokener, text, (int)size);

	if (json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, " ", 1);
	assert(json_tokener_get_error(tokener) == json_tokener_success);
	json_object_put(object);
	json_tokener_free(tokener);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct json_fault fault = { NULL, 0 };
	bool accepted = json_scan(text, size, DEPTH, &fault);
	bool utf8 = utf8_valid(text, size);

	assert(accepted == (read_value(data, data + size, DEPTH) == data + size));
	assert(utf8 == utf8_by_numbers(data, data + size));
	assert(accepted == (fault.reason == NULL));
	assert(fault.offset <= size);
	if (accepted) {
		assert(utf8 && memchr(text, '\0', size) == NULL);
		check_json_c(text, size);
	}
	return 0;
}

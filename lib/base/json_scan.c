#include "base/json_scan.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* What the grammar allows next. */
enum next { VALUE, FIRST_VALUE, NAME, FIRST_NAME, AFTER_VALUE };

struct scan {
	const unsigned char *at;
	const unsigned char *end;
	const char *reason;
	const unsigned char *nul; /* the first U+0000 in a member name, or NULL */
	enum next next;
	unsigned max_depth;
	unsigned depth;
	unsigned values;
	uint64_t objects; /* one bit per open level, the innermost lowest: 1 object, 0 array */
};

/* Whether all 8 bytes may stand in a string as they are: no control character, quote, backslash
 * or part of a multi-byte character. A subtraction sets the top bit of a byte that is smaller;
 * borrows can only spread from such a byte. */
static bool plain_word(const unsigned char *at)
{
	uint64_t word;
	uint64_t quotes;
	uint64_t backslashes;

	memcpy(&word, at, sizeof word);
	quotes = word ^ EACH_BYTE('"');
	backslashes = word ^ EACH_BYTE('\\');
	return ((word | (word - EACH_BYTE(0x20)) | (quotes - EACH_BYTE(1)) |
		 (backslashes - EACH_BYTE(1))) &
		EACH_BYTE(0x80)) == 0;
}

static bool plain_byte(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static bool fault(struct scan *scan, const char *reason)
{
	scan->reason = reason;
	return false;
}

/* Moves on past `byte` if it is the next one. */
static bool take(struct scan *scan, unsigned char byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

static bool is_digit(const struct scan *scan)
{
	return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

/* The four hexadecimal digits at `at`, or -1. */
static int hex4(const unsigned char *at, const unsigned char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int lower = at[i] | 0x20;

		if (at[i] >= '0' && at[i] <= '9')
			value = value << 4 | (at[i] - '0');
		else if (lower >= 'a' && lower <= 'f')
			value = value << 4 | (lower - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* At the backslash of \uXXXX, or of the two of a surrogate pair. */
static bool scan_unicode_escape(struct scan *scan, bool is_name)
{
	const unsigned char *at = scan->at;
	int unit = hex4(at + 2, scan->end);
	int low;

	if (unit < 0)
		return fault(scan, "\\u needs four hexadecimal digits");
	if (unit == 0 && is_name && !scan->nul)
		scan->nul = at;
	scan->at = at + 6;
	if (unit < 0xd800 || unit > 0xdfff)
		return true;

	low = scan->end - at < 12 || at[6] != '\\' || at[7] != 'u' ? -1 : hex4(at + 8, scan->end);
	scan->at = at;
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return fault(scan, "a lone surrogate");
	scan->at = at + 12;
	return true;
}

/* At a backslash. */
static bool scan_escape(struct scan *scan, bool is_name)
{
	if (scan->end - scan->at < 2)
		return fault(scan, "the text ends in a string");
	if (scan->at[1] == 'u')
		return scan_unicode_escape(scan, is_name);
	if (scan->at[1] == '\0' || !strchr("\"\\/bfnrt", scan->at[1]))
		return fault(scan, "an unknown escape");
	scan->at += 2;
	return true;
}

/* At a byte of a string that does not stand for itself. */
static bool scan_special(struct scan *scan, bool is_name)
{
	size_t len;

	if (*scan->at == '\\')
		return scan_escape(scan, is_name);
	if (*scan->at < 0x20)
		return fault(scan, "a control character in a string");
	len = utf8_character(scan->at, scan->end);
	scan->at += len;
	return len > 0 || fault(scan, "invalid UTF-8");
}

/* At the opening quote. */
static bool scan_string(struct scan *scan, bool is_name)
{
	scan->at++;
	while (!take(scan, '"')) {
		while (scan->end - scan->at >= 8 && plain_word(scan->at))
			scan->at += 8;
		while (scan->at < scan->end && plain_byte(*scan->at))
			scan->at++;
		if (scan->at == scan->end)
			return fault(scan, "the text ends in a string");
		if (*scan->at != '"' && !scan_special(scan, is_name))
			return false;
	}
	return true;
}

static bool scan_digits(struct scan *scan)
{
	if (!is_digit(scan))
		return fault(scan, "a number lacks a digit");
	while (is_digit(scan))
		scan->at++;
	return true;
}

/* At the minus sign or the first digit. */
static bool scan_number(struct scan *scan)
{
	take(scan, '-');
	if (take(scan, '0')) {
		if (is_digit(scan))
			return fault(scan, "a number has a leading zero");
	} else if (!scan_digits(scan)) {
		return false;
	}
	if (take(scan, '.') && !scan_digits(scan))
		return false;
	if (!take(scan, 'e') && !take(scan, 'E'))
		return true;
	if (!take(scan, '+'))
		take(scan, '-');
	return scan_digits(scan);
}

static bool scan_word(struct scan *scan)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(scan->end - scan->at) >= len && memcmp(scan->at, words[i], len) == 0) {
			scan->at += len;
			return true;
		}
	}
	return fault(scan, "a value is missing or malformed");
}

/* At the bracket that opens an object or array. */
static bool open_level(struct scan *scan)
{
	bool is_object = *scan->at == '{';

	if (scan->depth == scan->max_depth)
		return fault(scan, "nested too deeply");
	scan->at++;
	scan->depth++;
	scan->objects = scan->objects << 1 | is_object;
	scan->next = is_object ? FIRST_NAME : FIRST_VALUE;
	return true;
}

/* At the bracket that closes the innermost level. */
static bool close_level(struct scan *scan)
{
	scan->at++;
	scan->depth--;
	scan->objects >>= 1;
	scan->next = AFTER_VALUE;
	return true;
}

static bool in_object(const struct scan *scan)
{
	return (scan->objects & 1) != 0;
}

static bool scan_value(struct scan *scan)
{
	unsigned char first = *scan->at;

	scan->values += first == '{' && scan->depth > 0 ? JSON_SCAN_OBJECT_VALUES : 1;
	if (scan->values > JSON_SCAN_MAX_VALUES)
		return fault(scan, "too many values");
	if (first == '{' || first == '[')
		return open_level(scan);
	if (first == ']' && scan->next == FIRST_VALUE)
		return close_level(scan);
	scan->next = AFTER_VALUE;
	if (first == '"')
		return scan_string(scan, false);
	if (first == '-' || is_digit(scan))
		return scan_number(scan);
	if (first == ']' && scan->depth > 0 && !in_object(scan))
		return fault(scan, "a trailing comma");
	return scan_word(scan);
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
		scan->at++;
}

/* The name of a member and its colon, or the end of the object. */
static bool scan_name(struct scan *scan)
{
	if (*scan->at == '}')
		return scan->next == FIRST_NAME ? close_level(scan)
						: fault(scan, "a trailing comma");
	if (*scan->at != '"')
		return fault(scan, "a member name in double quotes is missing");
	if (!scan_string(scan, true))
		return false;
	skip_space(scan);
	scan->next = VALUE;
	return take(scan, ':') || fault(scan, "a colon is missing");
}

static bool scan_after_value(struct scan *scan)
{
	if (*scan->at == (in_object(scan) ? '}' : ']'))
		return close_level(scan);
	if (*scan->at != ',')
		return fault(scan, "a comma or closing bracket is missing");
	scan->at++;
	scan->next = in_object(scan) ? NAME : VALUE;
	return true;
}

static bool scan_step(struct scan *scan)
{
	switch (scan->next) {
	case FIRST_VALUE:
	case VALUE:
		return scan_value(scan);
	case FIRST_NAME:
	case NAME:
		return scan_name(scan);
	default:
		return scan_after_value(scan);
	}
}

static bool scan_text(struct scan *scan)
{
	if (scan->end - scan->at >= 3 && memcmp(scan->at, "\xef\xbb\xbf", 3) == 0)
		return fault(scan, "a byte order mark");
	do {
		skip_space(scan);
		if (scan->at == scan->end)
			return fault(scan, scan->depth > 0 ? "the text ends too early"
							   : "the text is empty");
		if (!scan_step(scan))
			return false;
	} while (scan->depth > 0);
	skip_space(scan);
	return scan->at == scan->end || fault(scan, "there is text after the end");
}

bool json_scan(const char *text, size_t len, unsigned max_depth, struct json_fault *out)
{
	const unsigned char *start = (const unsigned char *)text;
	struct scan scan = { .at = start, .end = start + len, .max_depth = max_depth };

	assert(max_depth >= 1 && max_depth <= JSON_SCAN_MAX_DEPTH);
	if (!scan_text(&scan)) {
		*out = (struct json_fault){ .reason = scan.reason,
					    .offset = (size_t)(scan.at - start) };
		return false;
	}
	if (scan.nul)
		*out = (struct json_fault){ "a member name contains U+0000",
					    (size_t)(scan.nul - start), true };
	return !scan.nul;
}

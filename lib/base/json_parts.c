#include "base/json_parts.h"

#include <string.h>

enum { WINDOW_BYTES = 1 << 16 };

void json_parts_free(struct json_parts *parts)
{
	buf_free(&parts->window);
}

static bool fault(struct json_parts *parts, const char *reason)
{
	if (!parts->fault.reason)
		parts->fault = (struct json_fault){ reason, parts->at };
	return false;
}

/* Lets the window begin at `at`, and reads on behind what it has. False at the end of the text. */
static bool read_on(struct json_parts *parts)
{
	struct buf *window = &parts->window;
	size_t end = parts->begin + window->len;
	size_t kept = parts->begin <= parts->at && parts->at < end ? end - parts->at : 0;

	if (kept > 0)
		memmove(window->data, window->data + window->len - kept, kept);
	window->len = kept;
	parts->begin = parts->at;
	char *room = buf_reserve(window, WINDOW_BYTES);
	size_t got = parts->read(parts->source, parts->at + kept, room, WINDOW_BYTES);
	window->len += got;
	return got > 0;
}

/* Whether byte `ahead` of those that come next is there. It may move the window. */
static bool has(struct json_parts *parts, size_t ahead)
{
	while (parts->at < parts->begin || parts->at + ahead >= parts->begin + parts->window.len)
		if (!read_on(parts))
			return false;
	return true;
}

static const char *next(const struct json_parts *parts)
{
	return parts->window.data + (parts->at - parts->begin);
}

char json_parts_peek(struct json_parts *parts)
{
	for (; has(parts, 0); parts->at++)
		if (!memchr(" \t\r\n", *next(parts), 4))
			return *next(parts);
	return '\0';
}

/* Takes the byte if it comes next. */
static bool take(struct json_parts *parts, char byte)
{
	if (parts->fault.reason || json_parts_peek(parts) != byte)
		return false;
	parts->at++;
	return true;
}

bool json_parts_enter(struct json_parts *parts, char bracket)
{
	if (!take(parts, bracket))
		return fault(parts, "an object or a list is missing");
	parts->first = true;
	return true;
}

bool json_parts_more(struct json_parts *parts, char close)
{
	bool first = parts->first;

	if (parts->fault.reason)
		return false;
	parts->first = false;
	if (take(parts, close))
		return false;
	if (!first && !take(parts, ','))
		return fault(parts, json_parts_peek(parts) ? "a comma or closing bracket is missing"
							   : "the text ends too early");
	return first || json_parts_peek(parts) != close || fault(parts, "a trailing comma");
}

/* How the end of a value is looked for: json_scan() tells then whether it is one. */
struct search {
	size_t depth;
	bool in_string, escaped, ended;
};

/* Whether the value goes on with this byte; `ended` if it does, for the last time. */
static bool goes_on(struct search *search, char byte)
{
	if (search->in_string) {
		search->in_string = search->escaped || byte != '"';
		search->escaped = !search->escaped && byte == '\\';
		search->ended = !search->in_string && search->depth == 0;
		return true;
	}
	switch (byte) {
	case '"':
		search->in_string = true;
		return true;
	case '{':
	case '[':
		search->depth++;
		return true;
	case '}':
	case ']':
		if (search->depth == 0)
			return false;
		search->ended = --search->depth == 0;
		return true;
	default:
		return search->depth > 0 || !memchr(", :\t\r\n", byte, 6);
	}
}

/* How many bytes the next value has; whether it fits. */
static bool measure(struct json_parts *parts, size_t *len)
{
	struct search search = { 0 };

	json_parts_peek(parts);
	for (*len = 0; !search.ended && has(parts, *len); (*len)++) {
		if (!goes_on(&search, next(parts)[*len]))
			break;
		if (*len == parts->max_part_bytes)
			return fault(parts, "a value is too long");
	}
	return true;
}

bool json_parts_value(struct json_parts *parts, const char **text, size_t *len)
{
	struct json_fault found;

	if (parts->fault.reason || !measure(parts, len))
		return false;
	*text = next(parts);
	if (*len == 0)
		return fault(parts, json_parts_peek(parts) ? "a value is missing or malformed"
							   : "the text ends too early");
	if (!json_scan(*text, *len, parts->max_depth, &found)) {
		found.offset += parts->at;
		parts->fault = found;
		return false;
	}
	parts->at += *len;
	return true;
}

bool json_parts_name(struct json_parts *parts, const char **text, size_t *len)
{
	if (json_parts_peek(parts) != '"')
		return fault(parts, "a member name in double quotes is missing");
	if (!json_parts_value(parts, text, len))
		return false;
	/* The colon may lie beyond the window, which must not move: the name is still to be read.
	 */
	size_t ahead = 0, begin = parts->at - *len;
	parts->at = begin;
	while (has(parts, *len + ahead) && memchr(" \t\r\n", next(parts)[*len + ahead], 4))
		ahead++;
	*text = next(parts);
	bool colon = has(parts, *len + ahead) && (*text)[*len + ahead] == ':';
	parts->at += *len + ahead + colon;
	return colon || fault(parts, "a colon is missing");
}

bool json_parts_end(struct json_parts *parts)
{
	if (parts->fault.reason)
		return false;
	json_parts_peek(parts);
	return !has(parts, 0) || fault(parts, "there is text after the end");
}

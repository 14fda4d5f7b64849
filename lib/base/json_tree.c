#include "base/json_tree.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/json_scan.h"

/* Whether the escape at `at` is the first half of a pair of surrogates. */
static bool is_pair(const char *at)
{
	return (at[2] == 'd' || at[2] == 'D') && strchr("89abAB", at[3]);
}

/* The place behind one character of a text, or behind what stands for it. */
static const char *next_character(const char *at)
{
	if (*at == '\\' && at[1] == 'u')
		return at + (is_pair(at) ? 12 : 6);
	if (*at == '\\')
		return at + 2;
	do
		at++;
	while ((*at & 0xc0) == 0x80);
	return at;
}

/* The quote behind a text that begins at `at`. `*cut` is the end of what is kept of it. */
static const char *end_of_text(const char *at, const char **cut)
{
	size_t count = 0;

	for (; *at != '"'; at = next_character(at))
		if (count++ == JSON_TREE_TEXT_CHARS)
			*cut = at;
	if (count <= JSON_TREE_TEXT_CHARS)
		*cut = at;
	return at;
}

/* Parses what is kept of a text with long ones in it. */
static struct json_object *parse_cut(struct json_tokener *tokener, const char *text,
				     const char *end)
{
	const char *at = text, *cut = NULL;

	while ((at = memchr(at, '"', (size_t)(end - at)))) {
		const char *quote = end_of_text(at + 1, &cut);
		if (cut < quote) {
			(void)json_tokener_parse_ex(tokener, text, (int)(cut - text));
			text = quote;
		}
		at = quote + 1;
	}
	return json_tokener_parse_ex(tokener, text, (int)(end - text));
}

struct json_object *json_tree(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_SCAN_MAX_DEPTH + 1);

	assert(tokener);
	struct json_object *value = len > JSON_TREE_TEXT_CHARS
					    ? parse_cut(tokener, text, text + len)
					    : json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		value = json_tokener_parse_ex(tokener, "", 1); /* a number ends with its text */
	json_tokener_free(tokener);
	return value;
}

#include "daemon/setting.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Digits only, as a number from `min` to `max`. */
static bool parse_number(const char *text, size_t len, int min, int max, int *out)
{
	long value = 0;

	if (len == 0 || len > 9 || strspn(text, "0123456789") < len)
		return false;
	for (size_t i = 0; i < len; i++)
		value = 10 * value + (text[i] - '0');
	*out = (int)value;
	return value >= min && value <= max;
}

/* Digits only, up to an exabyte. */
static bool parse_bytes(const char *text, int64_t *out)
{
	size_t len = strlen(text);

	if (len == 0 || len > 18 || strspn(text, "0123456789") < len)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

static bool parse_word(const char *const *words, const char *text, unsigned *out)
{
	for (*out = 0; words[*out]; ++*out)
		if (strcmp(words[*out], text) == 0)
			return true;
	return false;
}

static bool parse_limit(const char *text, struct limit *out)
{
	enum { MAX_COUNT = 1000000, MAX_SECONDS = 86400 };
	size_t count_len = strcspn(text, "/");

	*out = (struct limit){ 0 };
	if (strcmp(text, "off") == 0)
		return true;
	if (text[count_len] != '/')
		return false;
	const char *window = text + count_len + 1;
	return parse_number(text, count_len, 1, MAX_COUNT, &out->count) &&
	       parse_number(window, strlen(window), 1, MAX_SECONDS, &out->window_s);
}

/* Cuts the text at its commas; an empty text is an empty list, an empty item an item. */
static struct strings split(struct arena *arena, const char *text)
{
	struct strings list = { .set = true };
	char *rest = arena_copy(arena, text, strlen(text));

	list.items = arena_alloc(arena, (strlen(text) + 1) * sizeof *list.items);
	if (*rest == '\0')
		return list;
	while (rest) {
		char *item = strsep(&rest, ",");
		item += strspn(item, " ");
		for (size_t len = strlen(item); len > 0 && item[len - 1] == ' '; len--)
			item[len - 1] = '\0';
		list.items[list.count++] = item;
	}
	return list;
}

static bool parse_keys(struct arena *arena, const char *text, struct config_keys *out)
{
	struct strings pairs = split(arena, text);

	out->count = pairs.count;
	out->items = arena_alloc(arena, (pairs.count + 1) * sizeof *out->items);
	for (size_t i = 0; i < pairs.count; i++) {
		const char *colon = strchr(pairs.items[i], ':');
		if (!colon)
			return false;
		size_t kid_len = (size_t)(colon - pairs.items[i]);
		out->items[i].kid = arena_copy(arena, pairs.items[i], kid_len);
		out->items[i].secret = colon + 1;
	}
	return true;
}

/* `host`, `host:port` or `[IPv6 address]:port`; a port that is the scheme's own is cut off, since
 * browsers do not send it. */
static bool parse_authority(char *text, const char *default_port)
{
	bool bracket = *text == '[';
	size_t len = bracket ? strspn(text + 1, "0123456789abcdef:.") + 1
			     : strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	int port;

	if (len < 1 + (size_t)bracket || (bracket && text[len++] != ']'))
		return false;
	if (text[len] == '\0')
		return true;
	char *digits = text + len + 1;
	if (text[len] != ':' || !parse_number(digits, strlen(digits), 1, 65535, &port))
		return false;
	if (strcmp(digits, default_port) == 0)
		text[len] = '\0';
	return true;
}

/* RFC 6454 section 7: scheme "://" host [ ":" port ], lower-cased as browsers send it. */
static bool parse_origin(char *text)
{
	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	size_t scheme_len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+.-");
	if (!islower((unsigned char)*text) || strncmp(text + scheme_len, "://", 3) != 0)
		return false;
	const char *port = strncmp(text, "https:", 6) == 0  ? "443"
			   : strncmp(text, "http:", 5) == 0 ? "80"
							    : "";
	return parse_authority(text + scheme_len + 3, port);
}

static bool parse_origins(struct arena *arena, const char *text, struct strings *out)
{
	*out = split(arena, text);
	for (size_t i = 0; i < out->count; i++) {
		char *origin = arena_copy(arena, out->items[i], strlen(out->items[i]));
		if (!parse_origin(origin))
			return false;
		out->items[i] = origin;
	}
	return true;
}

bool setting_is_for(const struct setting *setting, unsigned program)
{
	return setting->only == 0 || (setting->only & program) != 0;
}

bool setting_parse(const struct setting *setting, struct arena *arena, const char *text,
		   struct config *out)
{
	void *at = (char *)out + setting->offset;
	size_t len = strlen(text);

	switch (setting->kind) {
	case SETTING_TEXT:
		*(const char **)at = arena_copy(arena, text, len);
		return setting->max == 0 ||
		       (len >= (size_t)setting->min && len <= (size_t)setting->max);
	case SETTING_WHOLE:
		return parse_number(text, len, setting->min, setting->max, at);
	case SETTING_BYTES:
		return parse_bytes(text, at);
	case SETTING_WORD:
		return parse_word(setting->words, text, at);
	case SETTING_LIMIT:
		return parse_limit(text, at);
	case SETTING_KEYS:
		return parse_keys(arena, text, at);
	case SETTING_ORIGINS:
		return parse_origins(arena, text, at);
	}
	abort();
}

void setting_print_rule(const struct setting *setting, FILE *out)
{
	switch (setting->kind) {
	case SETTING_TEXT:
		if (setting->max > 0)
			fprintf(out, "a text of %d to %d bytes", setting->min, setting->max);
		else
			fputs("a text", out);
		return;
	case SETTING_WHOLE:
		fprintf(out, "a whole number from %d to %d", setting->min, setting->max);
		return;
	case SETTING_BYTES:
		fputs("a number of bytes, digits only", out);
		return;
	case SETTING_WORD:
		for (const char *const *word = setting->words; *word; word++)
			fprintf(out, "%s%s", *word, !word[1] ? "" : word[2] ? ", " : " or ");
		return;
	case SETTING_LIMIT:
		fputs("count/seconds such as 5/60, or off", out);
		return;
	case SETTING_KEYS:
		fputs("kid:secret pairs, separated by commas", out);
		return;
	case SETTING_ORIGINS:
		fputs("origins such as https://app.example.org (scheme://host[:port], no path, "
		      "no *), separated by commas",
		      out);
		return;
	}
}

static bool is_set(const struct setting *setting, const void *at)
{
	return setting->kind == SETTING_KEYS ? ((const struct config_keys *)at)->count > 0
					     : **(const char *const *)at != '\0';
}

void setting_print_value(const struct setting *setting, const struct config *config, FILE *out)
{
	const void *at = (const char *)config + setting->offset;
	const struct limit *limit = at;
	const struct strings *list = at;

	if (setting->secret)
		fputs(is_set(setting, at) ? "(set)" : "(not set)", out);
	else if (setting->kind == SETTING_TEXT)
		fputs(*(const char *const *)at, out);
	else if (setting->kind == SETTING_WHOLE)
		fprintf(out, "%d", *(const int *)at);
	else if (setting->kind == SETTING_BYTES)
		fprintf(out, "%" PRId64, *(const int64_t *)at);
	else if (setting->kind == SETTING_WORD)
		fputs(setting->words[*(const unsigned *)at], out);
	else if (setting->kind == SETTING_LIMIT && limit->count == 0)
		fputs("off", out);
	else if (setting->kind == SETTING_LIMIT)
		fprintf(out, "%d/%d", limit->count, limit->window_s);
	else
		for (size_t i = 0; i < list->count; i++)
			fprintf(out, "%s%s", i > 0 ? "," : "", list->items[i]);
}

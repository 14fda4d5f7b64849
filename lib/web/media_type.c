#include "web/media_type.h"

#include <string.h>
#include <strings.h>

/* Moves `*at` past a parameter of a media type; false if it is malformed (RFC 9110 section 5.6.6).
 * `*value` lies between quotes, or is a token. */
static bool read_parameter(const char **at, size_t *name_len, const char **value, size_t *value_len)
{
	static const char separators[] = "=;\" \t,";

	*name_len = strcspn(*at, separators);
	*value = *at + *name_len + 1;
	if (*name_len == 0 || (*at)[*name_len] != '=')
		return false;
	bool quoted = **value == '"';
	*value += quoted;
	*value_len = strcspn(*value, quoted ? "\"" : separators);
	*at = *value + *value_len;
	if (quoted && *(*at)++ != '"')
		return false;
	return quoted || *value_len > 0;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

bool media_type_is_form(const char *type)
{
	return type && is_word(type, strcspn(type, "; \t"), "application/x-www-form-urlencoded");
}

bool media_type_is_json(const char *type)
{
	size_t len = type ? strcspn(type, "; \t") : 0, value_len;

	if (!type || !is_word(type, len, "application/json"))
		return false;
	for (const char *at = type + len, *value;;) {
		at += strspn(at, " \t");
		if (*at == '\0')
			return true;
		if (*at++ != ';')
			return false;
		at += strspn(at, " \t");
		const char *name = at;
		if (*at == '\0' || *at == ';')
			continue; /* an empty one */
		if (!read_parameter(&at, &len, &value, &value_len))
			return false;
		if (is_word(name, len, "charset") && !is_word(value, value_len, "utf-8"))
			return false;
	}
}

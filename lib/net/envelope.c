#include "net/envelope.h"

#include <string.h>

#include "base/utf8.h"

#define LETTERS_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum { LOCAL_MAX_BYTES = 64, LABEL_MAX_BYTES = 63 };

/* Labels of letters, digits and inner hyphens, at least two (RFC 1035 section 2.3.1). */
static bool is_domain(const char *text)
{
	int labels = 0;

	for (;;) {
		size_t len = strcspn(text, ".");
		if (len == 0 || len > LABEL_MAX_BYTES || text[0] == '-' || text[len - 1] == '-' ||
		    strspn(text, LETTERS_DIGITS "-") < len)
			return false;
		labels++;
		if (text[len] == '\0')
			return labels >= 2;
		text += len + 1;
	}
}

bool envelope_is_address(const char *text)
{
	size_t local = strspn(text, LETTERS_DIGITS "!#$%&'*+/=?^_`{|}~-.");

	return local > 0 && local <= LOCAL_MAX_BYTES && text[local] == '@' && text[0] != '.' &&
	       text[local - 1] != '.' && !memmem(text, local, "..", 2) &&
	       strlen(text) <= ADDRESS_MAX_BYTES && is_domain(text + local + 1);
}

const char *envelope_domain(const char *address)
{
	return strchr(address, '@') + 1;
}

static bool is_name(const char *text)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || strchr("\"<>\\\x7f", *c))
			return false;
	return utf8_valid(text, strlen(text));
}

/* The text without spaces around it, and without double quotes around that. */
static const char *bare_name(struct arena *arena, const char *text, size_t len)
{
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len >= 2 && text[0] == '"' && text[len - 1] == '"')
		return arena_copy(arena, text + 1, len - 2);
	return arena_copy(arena, text, len);
}

bool envelope_parse(struct arena *arena, const char *text, struct mailbox *out)
{
	const char *open = strrchr(text, '<');
	size_t len = open ? strlen(open) : 0;
	struct mailbox mailbox = { "", text };

	if (open) {
		if (len < 2 || open[len - 1] != '>')
			return false;
		mailbox.name = bare_name(arena, text, (size_t)(open - text));
		mailbox.address = arena_copy(arena, open + 1, len - 2);
	}
	if (!envelope_is_address(mailbox.address) || !is_name(mailbox.name))
		return false;
	*out = mailbox;
	return true;
}

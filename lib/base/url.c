#include "base/url.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/network.h"
#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The text without its percent escapes, or NULL if one is bad or hides what no text may hold. */
static const char *decode(struct arena *arena, const char *text, size_t len, bool plus_is_space)
{
	char *decoded = arena_alloc(arena, len + 1), *out = decoded;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			if (len - i < 3)
				return NULL;
			int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c == '\0')
			return NULL;
		*out++ = c;
	}
	return utf8_valid(decoded, (size_t)(out - decoded)) ? decoded : NULL;
}

bool path_split(struct arena *arena, const char *path, const char *segments[PATH_MAX_SEGMENTS],
		size_t *count)
{
	*count = 0;
	while (*path == '/') {
		size_t len = strcspn(++path, "/");
		if (*count == PATH_MAX_SEGMENTS)
			return false;
		segments[*count] = decode(arena, path, len, false);
		if (!segments[(*count)++])
			return false;
		path += len;
	}
	return *path == '\0';
}

bool query_split(struct arena *arena, const char *query, struct query_pair pairs[QUERY_MAX_PAIRS],
		 size_t *count)
{
	*count = 0;
	while (*query) {
		size_t len = strcspn(query, "&");
		size_t name_len = strcspn(query, "=&");
		if (len > 0) {
			if (*count == QUERY_MAX_PAIRS)
				return false;
			struct query_pair *pair = &pairs[(*count)++];
			size_t value_at = name_len < len ? name_len + 1 : len;
			pair->name = decode(arena, query, name_len, true);
			pair->value = decode(arena, query + value_at, len - value_at, true);
			if (!pair->name)
				return false;
		}
		query += len;
		query += *query == '&';
	}
	return true;
}

static const char digits[] = "0123456789";

/* RFC 3986 section 3.2.2 with RFC 1123 section 2.1: names of letters, digits, hyphens and dots. */
static size_t host_len(const char *text)
{
	char address[NETWORK_TEXT_BYTES], plain[NETWORK_TEXT_BYTES];
	size_t len = strcspn(text, "]");

	if (*text == '[') {
		if (text[len] == '\0' || len > sizeof address)
			return 0;
		memcpy(address, text + 1, len - 1);
		address[len - 1] = '\0';
		return strchr(address, ':') && network_read(address, plain) ? len + 1 : 0;
	}
	len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
	bool ends_well = len > 0 && !strchr(".-", text[0]) && !strchr(".-", text[len - 1]);
	return ends_well && !memmem(text, len, "..", 2) ? len : 0;
}

/* The length of `:port`; SIZE_MAX if it is none of 1 to 65535. */
static size_t port_len(const char *text)
{
	size_t len = strspn(text + 1, digits);
	int port = 0;

	for (size_t i = 1; i <= len && port <= 65535; i++)
		port = 10 * port + (text[i] - '0');
	return port >= 1 && port <= 65535 ? len + 1 : SIZE_MAX;
}

bool web_address_parse(const char *text, const char *scheme, struct web_address *out)
{
	size_t scheme_len = strlen(scheme);
	bool secure = text[strnlen(text, scheme_len)] == 's';
	const char *host = text + scheme_len + secure + strlen("://");

	if (strncmp(text, scheme, scheme_len) != 0 || strncmp(host - 3, "://", 3) != 0)
		return false;
	size_t len = host_len(host);
	size_t port = host[len] == ':' ? port_len(host + len) : 0;
	if (len == 0 || port == SIZE_MAX || !strchr("/?#", host[len + port]))
		return false;
	*out = (struct web_address){ secure, host, len, host + len + port };
	return true;
}

bool web_address_is_local(const struct web_address *address)
{
	const char *host = address->host;
	size_t len = address->host_len;

	return (len == 9 && strncasecmp(host, "localhost", len) == 0) ||
	       (len == 5 && memcmp(host, "[::1]", len) == 0) ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= len);
}

#include "web/condition.h"

#include <string.h>

#include "base/utf8.h"
#include "web/answer.h"
#include "web/refuse.h"

/* Reads a list of entity tags: `"a", W/"b"`. Empty elements are ignored (RFC 9110 section 5.6.1.2).
 * Weak tags count as strong ones, since a web server that compresses makes every tag weak. A tag
 * that is no text is none of ours and is left out. */
static bool read_tags(struct request *req, const char *at, struct strings *out)
{
	*out = (struct strings){ arena_alloc(req->arena, strlen(at) * sizeof *out->items + 1), 0,
				 true };
	for (;;) {
		at += strspn(at, " \t,");
		if (*at == '\0')
			return true;
		at += strncmp(at, "W/", 2) == 0 ? 2 : 0;
		const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
		if (!end)
			return false;
		size_t len = (size_t)(end - at - 1);
		if (utf8_valid(at + 1, len))
			out->items[out->count++] = arena_copy(req->arena, at + 1, len);
		at = end + 1 + strspn(end + 1, " \t");
		if (*at != ',' && *at != '\0')
			return false;
	}
}

enum err condition_read(struct request *req)
{
	const char *match = request_header(req, "HTTP_IF_MATCH");
	const char *none_match = request_header(req, "HTTP_IF_NONE_MATCH");

	if (match && strcmp(match, "*") != 0 && !read_tags(req, match, &req->when.if_match))
		return refuse_saying(req, ERR_BAD_REQUEST, "If-Match is malformed");
	if (none_match && strcmp(none_match, "*") == 0)
		req->when.new_only = (struct boolean){ true, true };
	else if (none_match && !read_tags(req, none_match, &req->when.if_none_match))
		return refuse_saying(req, ERR_BAD_REQUEST, "If-None-Match is malformed");
	return OK;
}

const char *condition_tag(const struct result *rows)
{
	return result_has(rows, "_etag") ? result_text(rows, 0, "_etag") : NULL;
}

void condition_put_tag(struct request *req, const char *tag)
{
	if (!tag)
		return;
	req->answer.tagged = true;
	answer_header(req, "ETag", arena_printf(req->arena, "\"%s\"", tag));
}

static bool is_among(const struct strings *tags, const char *tag)
{
	return tag && strings_have(tags, tag);
}

bool condition_is_known(struct request *req, const char *tag)
{
	const char *known = request_header(req, "HTTP_IF_NONE_MATCH");
	struct strings tags;

	if (!known || !tag)
		return false;
	return strcmp(known, "*") == 0 || (read_tags(req, known, &tags) && is_among(&tags, tag));
}

enum err condition_check(struct request *req, const struct result *rows)
{
	const struct precondition *when = &req->when;
	const char *tag = condition_tag(rows);

	if (when->new_only.set || (when->if_match.set && !is_among(&when->if_match, tag)) ||
	    is_among(&when->if_none_match, tag))
		return refuse_stale(req, ERR_PRECONDITION_FAILED, rows);
	if (when->version.set && when->version.value != result_integer(rows, 0, "version").value)
		return refuse_stale(req, ERR_VERSION_CONFLICT, rows);
	return OK;
}

/* request.c -- what a request brings: headers, query string, page. */
#include <string.h>

#include "base/json_scan.h"
#include "base/url.h"
#include "web/cursor.h"
#include "web/web.h"

enum { MAX_ETAGS = 16 };

const char *request_header(const struct request *req, const char *name)
{
	return FCGX_GetParam(name, req->env);
}

/* If-Match (RFC 9110 section 13.1.1): `*`, or a list of entity tags. A weak one never matches,
 * nor does one that is no text. */
enum err read_if_match(struct request *req)
{
	const char *at = request_header(req, "HTTP_IF_MATCH");

	if (!at || strcmp(at, "*") == 0)
		return OK;
	req->if_match.items = arena_alloc(req->arena, MAX_ETAGS * sizeof *req->if_match.items);
	req->if_match.set = true;
	for (;;) {
		at += strspn(at, " \t");
		bool weak = strncmp(at, "W/", 2) == 0;
		at += weak ? 2 : 0;
		const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
		if (!end || req->if_match.count == MAX_ETAGS)
			return refuse(req, ERR_BAD_REQUEST, NULL, "If-Match is malformed");
		if (!weak && utf8_valid(at + 1, (size_t)(end - at - 1)))
			req->if_match.items[req->if_match.count++] =
				arena_copy(req->arena, at + 1, (size_t)(end - at - 1));
		at = end + 1 + strspn(end + 1, " \t");
		if (*at == '\0')
			return OK;
		if (*at++ != ',')
			return refuse(req, ERR_BAD_REQUEST, NULL, "If-Match is malformed");
	}
}

bool was_sent(const struct request *req, const char *name)
{
	return strings_have(&req->sent, name);
}

enum err read_query(struct request *req, void *filter)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	const char *values[QUERY_MAX_PAIRS];
	static const struct field none[] = { FIELDS_END };
	const struct field *fields = req->route->query ? req->route->query : none;
	size_t count;

	if (!query_split(req->arena, req->query, pairs, &count))
		return refuse(req, ERR_BAD_REQUEST, NULL, "the query string is malformed");
	for (size_t i = 0; i < count; i++)
		if (!field_find(fields, pairs[i].name))
			add_fault(req, pairs[i].name, "is not a parameter here");
	for (const struct field *field = fields; field->name; field++) {
		size_t given = 0;
		for (size_t i = 0; i < count; i++)
			if (strcmp(pairs[i].name, field->name) == 0)
				values[given++] = pairs[i].value;
		const char *fault = NULL;
		if (given > 0)
			fault = field_from_query(req->arena, field, values, given, filter);
		else if (field->required)
			fault = "is required";
		if (fault)
			add_fault(req, field->name, fault);
	}
	return check_faults(req);
}

enum err read_page(struct request *req, void *filter, struct page *page)
{
	TRY(read_query(req, filter));
	if (page->cursor && page->offset.set)
		add_fault(req, "offset", "cannot be combined with cursor");
	TRY(check_faults(req));
	if (!page->limit.set)
		page->limit = (struct integer){ PAGE_LIMIT, true };
	if (!page->offset.set)
		page->offset = (struct integer){ 0, true };
	req->filter = filter;
	if (page->cursor && !cursor_read(req, page))
		return refuse(req, ERR_INVALID_CURSOR, "cursor",
			      "does not belong to this list with this filter and order");
	return OK;
}

struct integer page_rows(const struct page *page)
{
	return (struct integer){ page->limit.value + 1, true };
}

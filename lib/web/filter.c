#include "web/filter.h"

#include <assert.h>
#include <string.h>

#include "base/url.h"
#include "web/cursor.h"
#include "web/refuse.h"

const struct text_format filter_cursor_format = { .pattern = "^[A-Za-z0-9_-]+$" };
const struct words filter_directions = WORDS("SortOrder", "asc", "desc");

/* Reads the values of one parameter, or what stands for none. */
static void read_parameter(struct request *req, const struct field *field,
			   const struct query_pair *pairs, size_t count, void *filter)
{
	const char *values[QUERY_MAX_PAIRS];
	struct strings *sent = &req->filter.sent;
	size_t given = 0;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(pairs[i].name, field->name) != 0)
			continue;
		if (!pairs[i].value) {
			fault_add(&req->faults, field->name, (struct fault){ FAULT_ENCODING });
			return;
		}
		values[given++] = pairs[i].value;
	}
	if (given > 0) {
		sent->items[sent->count++] = field->name;
		field_from_query(field, values, given, filter, &req->faults);
	} else if (field->required) {
		fault_add(&req->faults, field->name, (struct fault){ FAULT_REQUIRED });
	} else if (field->preset) {
		field_put_preset(req->arena, field, filter);
	}
}

static enum err read_parameters(struct request *req, const struct shape *shape, void *filter)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	size_t count;

	if (!query_split(req->arena, req->in.query, pairs, &count))
		return refuse_saying(req, ERR_BAD_REQUEST, "the query string is malformed");
	for (size_t i = 0; i < count; i++)
		if (!field_find(shape, pairs[i].name))
			fault_add(&req->faults, pairs[i].name,
				  (struct fault){ FAULT_UNKNOWN, "is not a parameter here" });
	req->filter.bound = filter;
	req->filter.sent.items =
		arena_alloc(req->arena, (shape->count + 1) * sizeof *req->filter.sent.items);
	req->filter.sent.count = 0;
	EACH_FIELD(field, shape)
	read_parameter(req, field, pairs, count, filter);
	return refuse_faults(req);
}

enum err filter_read_sized(struct request *req, void *filter, size_t size)
{
	assert(size == req->route->query->size);
	return read_parameters(req, req->route->query, filter);
}

bool filter_is_slow(const struct request *req)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	size_t count;

	if (!req->route->query || !query_split(req->arena, req->in.query, pairs, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct field *field = field_find(req->route->query, pairs[i].name);
		if (field && field->slow)
			return true;
	}
	return false;
}

enum err filter_read_none(struct request *req)
{
	static const struct shape none = { .name = NULL };

	return read_parameters(req, &none, NULL);
}

enum err filter_read_page_sized(struct request *req, void *filter, size_t size, struct page *page)
{
	TRY(filter_read_sized(req, filter, size));
	if (page->cursor && strings_have(&req->filter.sent, "offset"))
		fault_add(&req->faults, "offset",
			  (struct fault){ FAULT_CONFLICT, "cannot be combined with cursor",
					  .with = "cursor" });
	TRY(refuse_faults(req));
	if (page->cursor && !cursor_read(req, page))
		return refuse_field(
			req, ERR_INVALID_CURSOR, "cursor",
			(struct fault){
				FAULT_CONFLICT,
				"does not belong to this list with this filter and order" });
	return OK;
}

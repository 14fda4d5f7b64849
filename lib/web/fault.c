#include "web/fault.h"

#include <string.h>

#include "base/json.h"
#include "web/refuse.h"

enum { MAX_NAME_BYTES = 256, MAX_BYTES = 1 << 18 };

/* A name that a client has made up may have any length. */
static const char *cut_name(struct request *req, const char *name)
{
	size_t len = strnlen(name, MAX_NAME_BYTES + 1);

	if (len <= MAX_NAME_BYTES)
		return name;
	while ((name[len] & 0xc0) == 0x80) /* within a character of UTF-8 */
		len--;
	return arena_copy(req->arena, name, len);
}

void fault_add(struct request *req, const char *field, const char *message)
{
	struct json json = { &req->faults.json, .comma = req->faults.count > 0 };

	field = cut_name(req, field);
	if (req->faults.count++ == 0)
		req->faults.sentence = arena_printf(req->arena, "%s %s", field, message);
	if (req->faults.json.len > MAX_BYTES)
		return;
	json_open(&json, NULL, '{');
	json_text(&json, "field", field);
	json_text(&json, "message", message);
	json_close(&json, '}');
}

enum err fault_check(struct request *req)
{
	if (req->faults.count == 0)
		return OK;
	if (req->faults.count == 1)
		return refuse(req, ERR_VALIDATION, NULL, req->faults.sentence);
	return refuse(req, ERR_VALIDATION, NULL,
		      arena_printf(req->arena, "%s, and %u more", req->faults.sentence,
				   req->faults.count - 1));
}

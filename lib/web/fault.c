#include "web/fault.h"

#include "base/json.h"
#include "web/refuse.h"

void fault_add(struct request *req, const char *field, const char *message)
{
	struct json json = { &req->faults.json, .comma = req->faults.count > 0 };

	if (req->faults.count++ == 0)
		req->faults.sentence = arena_printf(req->arena, "%s %s", field, message);
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

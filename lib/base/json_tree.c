#include "base/json_tree.h"

#include <assert.h>

#include "base/json_scan.h"

struct json_object *json_tree(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_SCAN_MAX_DEPTH + 1);

	assert(tokener);
	struct json_object *value = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		value = json_tokener_parse_ex(tokener, "", 1); /* a number ends with its text */
	json_tokener_free(tokener);
	return value;
}

#include "web/request.h"

#include <string.h>

const char *request_header(const struct request *req, const char *name)
{
	size_t len = strlen(name);

	for (char **variable = req->in.env; *variable; variable++)
		if (strncmp(*variable, name, len) == 0 && (*variable)[len] == '=')
			return *variable + len + 1;
	return NULL;
}

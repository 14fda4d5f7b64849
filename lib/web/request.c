#include "web/request.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

void request_trim(struct request *req)
{
	for (char **variable = req->in.env; *variable; variable++) {
		char *value = strchr(*variable, '=');
		if (!value)
			continue;
		value++;
		const char *begin = value + strspn(value, " \t");
		size_t len = strlen(begin);
		while (len > 0 && is_space(begin[len - 1]))
			len--;
		memmove(value, begin, len);
		value[len] = '\0';
	}
}

const char *request_header(const struct request *req, const char *name)
{
	size_t len = strlen(name);

	for (char **variable = req->in.env; *variable; variable++)
		if (strncmp(*variable, name, len) == 0 && (*variable)[len] == '=')
			return *variable + len + 1;
	return NULL;
}

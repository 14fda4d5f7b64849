#include "base/types.h"

#include <string.h>

bool strings_have(const struct strings *strings, const char *text)
{
	for (size_t i = 0; i < strings->count; i++)
		if (strcmp(strings->items[i], text) == 0)
			return true;
	return false;
}

#include "ical/library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* meson.build sees to it that the headers are of this version. */
#define SONAME "libical.so.3"

/* A pointer to a function from one to an object, as POSIX has dlsym(3) mean it. */
static bool find(void *handle, const char *name, void *out)
{
	void *found = dlsym(handle, name);

	memcpy(out, &found, sizeof found);
	return found;
}

const struct library *library_load(void)
{
	static struct library library;
	static bool is_whole;

	if (is_whole)
		return &library;
	void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return NULL;
	is_whole = true;
#define ROW(name) is_whole = is_whole && find(handle, #name, &library.name);
	LIBRARY_TABLE(ROW)
#undef ROW
	return is_whole ? &library : NULL;
}

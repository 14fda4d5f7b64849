/* types.h -- the values that travel between JSON, C and SQL. Each knows whether it is set; a text
 * is a NUL-terminated UTF-8 `const char *` whose unset value is NULL (U+0000 is refused at the
 * door, so nothing is ever cut). All zero bytes is the unset value of every type. */
#ifndef TYPES_H
#define TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct boolean {
	bool value;
	bool set;
};

struct integer {
	int64_t value;
	bool set;
};

struct uuid {
	uint8_t bytes[16];
	bool set;
};

/* A moment: microseconds since 1970-01-01T00:00:00Z. */
struct instant {
	int64_t us;
	bool set;
};

/* A calendar day: days since 1970-01-01. */
struct date {
	int32_t days;
	bool set;
};

struct strings {
	const char **items;
	size_t count;
	bool set;
};

/* Whether a text is among them. */
bool strings_have(const struct strings *strings, const char *text);

#endif

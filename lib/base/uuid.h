/* uuid.h -- UUIDs (RFC 9562): their text form, and version 7 for what we make ourselves. */
#ifndef UUID_H
#define UUID_H

#include "base/types.h"

/* The text form with its NUL. */
#define UUID_TEXT_BYTES 37

/* Reads the 36 characters 8-4-4-4-12 (RFC 9562 section 4), in either case, of any version and
 * variant. False, with `out` untouched, for anything else. */
bool uuid_parse(const char *text, size_t len, struct uuid *out) __attribute__((warn_unused_result));

/* Writes 36 lower-case characters and a NUL; returns the address of the NUL. */
char *uuid_format(char *out, const uint8_t bytes[16]);

/* A new version 7 UUID (RFC 9562 section 5.7). Each is greater than the one before in this
 * process, also when the clock stands still or goes back. For one thread. */
struct uuid uuid_v7(void);

/* Whether both are the same id, or both are unset. */
bool uuid_equal(const struct uuid *a, const struct uuid *b);

#endif

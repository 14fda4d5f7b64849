/* json_scan.h -- a strict scan of JSON (RFC 8259) in UTF-8.
 *
 * It stands before json-c, which accepts NaN, single quotes, raw control characters, invalid
 * UTF-8 and bytes after a NUL, and cuts member names at U+0000. What passes here means the same
 * to every parser. One pass, no recursion, no memory taken. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_SCAN_MAX_DEPTH 64

/* So many that no honest body has them, and so few that a parser's tree of them stays small: of
 * empty objects in 1 MiB json-c would make 200 MiB. An object within another value
 * takes as much memory as several others, and counts as so many. */
#define JSON_SCAN_MAX_VALUES 10000
#define JSON_SCAN_OBJECT_VALUES 4

/* Why a text is refused, as a short phrase for a person, and the offset of the byte. */
struct json_fault {
	const char *reason;
	size_t offset;
	bool nul_name; /* all else is JSON, but a member name has U+0000, which no C text can hold
			*/
};

/* Whether `text` is one JSON value with at most `max_depth` (1 to JSON_SCAN_MAX_DEPTH) objects and
 * arrays inside each other and JSON_SCAN_MAX_VALUES values in all; the root counts. Numbers may
 * have any size. Also refused: a byte order mark, \u escapes of lone surrogates, and U+0000 in a
 * member name. On false `out` says why. */
bool json_scan(const char *text, size_t len, unsigned max_depth, struct json_fault *out)
	__attribute__((warn_unused_result));

#endif

/* json.h -- JSON written straight into a buffer (RFC 8259).
 *
 * A writer places commas and quotes:
 *
 *     struct json json = { buf };
 *     json_open(&json, NULL, '{');
 *     json_text(&json, "name", name);      // NULL becomes null
 *     json_open(&json, "tags", '[');
 *     json_text(&json, NULL, tags[0]);     // an element of a list has no name
 *     json_close(&json, ']');
 *     json_close(&json, '}');
 *
 * Texts must be valid UTF-8; names must need no escapes. `<` becomes \u003c, so that no answer can
 * be mistaken for HTML. */
#ifndef JSON_H
#define JSON_H

#include "base/buf.h"

struct json {
	struct buf *out;
	bool comma; /* one goes before what comes next */
};

/* Opens an object with '{' or a list with '[', and closes it with '}' or ']'. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);

void json_text(struct json *json, const char *name, const char *text);
void json_integer(struct json *json, const char *name, int64_t value);
void json_boolean(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

/* Announces a value that the caller puts into the buffer itself. */
void json_value(struct json *json, const char *name);

/* Puts a value that is JSON already. */
void json_raw(struct json *json, const char *name, const char *value, size_t len);

/* The values by themselves, without a writer. json_put_string() adds the quotes. */
void json_put_string(struct buf *buf, const char *text, size_t len);
void json_put_text(struct buf *buf, const char *text); /* NULL becomes null */
void json_put_bool(struct buf *buf, bool value);

#endif

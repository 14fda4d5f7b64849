/* field.h -- tables of fields: what a body, a query string or an answer consists of.
 *
 * A table validates what comes in, puts it into a C struct, and prints its part of the OpenAPI
 * document, so the three cannot disagree. The kind of a field follows from the type of the struct's
 * member, its place from offsetof. All wrong fields are found at once. */
#ifndef FIELD_H
#define FIELD_H

#include <json-c/json.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/types.h"
#include "field/fault.h"

enum kind {
	KIND_BOOLEAN,
	KIND_INTEGER,
	KIND_TEXT,
	KIND_UUID,
	KIND_INSTANT,
	KIND_DATE,
	KIND_MOMENT,
	KIND_STRINGS,
	KIND_REFERENCE, /* only in queries */
	KIND_OBJECTS,
	KIND_OBJECT,
	/* only in answers: */
	KIND_NUMBER,
};

/* An instant, or a date that stands for a whole local day. */
struct moment {
	struct instant instant;
	struct date date;
};

/* An id, or the word `none` for what has no such reference. */
struct reference {
	struct uuid id;
	struct boolean none;
};

/* A list of objects, checked one by one and written down again in canonical form. */
struct objects {
	const char *json;
	const void *const *items; /* the struct of each, as its shape binds it */
	size_t count;
	bool set;
};

enum access {
	ACCESS_READ_WRITE,
	ACCESS_ON_CREATE, /* taken when the resource is made, ignored afterwards */
	ACCESS_LOCK,	  /* `version`: taken by changes as a condition, ignored by creates */
	ACCESS_KEPT, /* set by the server; only an import brings it, else as ACCESS_READ_ONLY */
	ACCESS_READ_ONLY, /* only answered; accepted and ignored, so that clients may send back what
		      they got */
	ACCESS_WRITE_ONLY, /* only taken */
};

/* The values that a text may have. The name is the schema's in the OpenAPI document. Words in upper
 * case are taken in any case. */
struct words {
	const char *name;
	const char *const *list; /* ending with NULL */
};

/* `WORDS("TaskStatus", "TODO", "IN_PROGRESS", "DONE")` */
#define WORDS(text, ...)                                                                           \
	{                                                                                          \
		.name = text, .list = (const char *const[])                                        \
		{                                                                                  \
			__VA_ARGS__, NULL                                                          \
		}                                                                                  \
	}

/* What a text without U+0000 looks like (a regular expression of ECMA-262), and one that is not
 * blank either: it has a character that is not White_Space. `without` are further characters that
 * it must not have. */
#define TEXT_PATTERN "^[^\\u0000]*$"
#define TEXT_PATTERN_NOT_BLANK(without)                                                            \
	"^[" WHITE_SPACE "]*[^\\u0000" WHITE_SPACE without "][^\\u0000" without "]*$"
#define WHITE_SPACE                                                                                \
	"\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"

/* What a text must keep beyond its length, and what is wrong with one that does not. */
struct text_rule {
	bool (*keeps)(const char *value);
	struct fault fault;
};

/* A kind of text. A value is told all rules that it breaks. */
struct text_format {
	const char *openapi;	       /* the `format` in the OpenAPI document, or NULL */
	const char *pattern;	       /* the `pattern` there, or NULL */
	const struct text_rule *rules; /* ending with one of NULL; or NULL: none */
	bool trimmed;		       /* white space around it is cut off first */
};

struct field {
	const char *name;
	enum kind kind;
	enum access access;
	size_t offset;
	bool required, nullable;
	bool optional;		      /* in answers: may be absent */
	bool slow;		      /* in queries: a request with this parameter may take long */
	int64_t min, max;	      /* of a number, or of a text's length in code points */
	int64_t max_shown;	      /* of the same text in answers, if it may grow; else 0 */
	int64_t min_items, max_items; /* of a list */
	bool distinct;		      /* no two texts of a list may be the same, in any case */
	const struct words *words;
	const struct text_format *format;
	const char *preset; /* the value of an absent member, as a query string would have it */
	const char *doc;
	/* for the documentation, this member of a small good body: a text as it is, else JSON */
	const char *example;
	const struct shape *shape; /* of KIND_OBJECT(S) */
};

/* A table with the struct that it fills. The name is the schema's in the OpenAPI document; the
 * table of a query string has none. */
struct shape {
	const char *name;
	const struct field *fields;
	size_t count;
	size_t size; /* of the struct; 0: it is only answered */
	/* For what no single field can tell: notes what is wrong with the struct. `sent` are the
	 * members that came; only called when each of them is right by itself. */
	void (*check)(const void *in, const struct strings *sent, struct faults *faults);
	/* Instead of fields, in answers: one of these, as its first member's one word tells. */
	const struct shape *const *variants;
};

#define KIND_OF(member)                                                                            \
	_Generic((member),                                                                         \
	        struct boolean: KIND_BOOLEAN,                                                      \
	        struct integer: KIND_INTEGER,                                                      \
	        const char *: KIND_TEXT,                                                           \
	        struct uuid: KIND_UUID,                                                            \
	        struct instant: KIND_INSTANT,                                                      \
	        struct date: KIND_DATE,                                                            \
	        struct moment: KIND_MOMENT,                                                        \
	        struct strings: KIND_STRINGS,                                                      \
	        struct reference: KIND_REFERENCE,                                                  \
	        struct objects: KIND_OBJECTS)

#define FIELD_AS(text, type, member, ...)                                                          \
	{                                                                                          \
		.name = text, .kind = KIND_OF(((type *)0)->member),                                \
		.offset = offsetof(type, member), __VA_ARGS__                                      \
	}
#define FIELD(type, member, ...) FIELD_AS(#member, type, member, __VA_ARGS__)

/* A member of answers that no request may set. */
#define ANSWER(text, answer_kind, ...)                                                             \
	{                                                                                          \
		.name = text, .kind = answer_kind, .access = ACCESS_READ_ONLY, __VA_ARGS__         \
	}

/* The shape of a table and its struct: `SHAPE(struct mood, "Mood", mood_fields)`. */
#define SHAPE(type, text, table, ...)                                                              \
	{                                                                                          \
		.name = text, .fields = table, .count = sizeof(table) / sizeof *(table),           \
		.size = sizeof(type), __VA_ARGS__                                                  \
	}

/* The shape of what is only answered. */
#define ANSWER_SHAPE(text, table)                                                                  \
	{                                                                                          \
		.name = text, .fields = table, .count = sizeof(table) / sizeof *(table)            \
	}

#define EACH_FIELD(each, shape)                                                                    \
	for (const struct field *each = (shape)->fields; each < (shape)->fields + (shape)->count;  \
	     each++)

/* The field of that name, or NULL. */
const struct field *field_find(const struct shape *shape, const char *name);

/* Reads one JSON value into its place in `in`, but not a list of objects. On false the place is as
 * it was, and all that is wrong is noted: by the field's name, or an element's (`tags[2]`). */
bool field_from_json(const struct field *field, struct json_object *value, void *in,
		     struct faults *faults);

/* The same for the values of one query parameter, which came `count` times. Lists are not told
 * apart by element: the parameter is what the client can see. */
bool field_from_query(const struct field *field, const char *const *values, size_t count, void *in,
		      struct faults *faults);

/* Puts the preset into its place. */
void field_put_preset(struct arena *arena, const struct field *field, void *in);

/* Appends the value as JSON, an unset one as `null`. Equal values are equal bytes. */
void field_put(struct buf *buf, const struct field *field, const void *in);

#endif

/* fault.h -- what is wrong with a field: a stable word for programs, the limits that the value does
 * not keep, and a sentence for people, which begins with the field's name.
 *
 * Faults are collected in the order in which they are found, so that one answer tells them all:
 *
 *     fault_add(&req->faults, "score_max", (struct fault){ FAULT_CONFLICT, "must not be below
 *     score_min", .with = "score_min" });
 */
#ifndef FAULT_H
#define FAULT_H

#include "base/arena.h"
#include "base/json.h"

/* name, the word, and the sentence of a fault that brings none of its own */
#define FAULT_TABLE(ROW)                                                                           \
	ROW(FAULT_REQUIRED, "required", "is required")                                             \
	ROW(FAULT_UNKNOWN, "unknown", "is not known here")                                         \
	ROW(FAULT_TYPE, "type", "has the wrong type")                                              \
	ROW(FAULT_NULL, "null", "must not be null")                                                \
	ROW(FAULT_BLANK, "blank", "must not be blank")                                             \
	ROW(FAULT_LENGTH, "length", "has the wrong length")                                        \
	ROW(FAULT_RANGE, "range", "is out of range")                                               \
	ROW(FAULT_ITEMS, "items", "has the wrong number of elements")                              \
	ROW(FAULT_ONE_OF, "one_of", "is none of the allowed words")                                \
	ROW(FAULT_FORMAT, "format", "has the wrong format")                                        \
	ROW(FAULT_CHARACTER, "character", "must not contain the character U+0000")                 \
	ROW(FAULT_ENCODING, "encoding", "must be UTF-8, percent-encoded")                          \
	ROW(FAULT_UPPER_CASE, "upper_case", "must contain an upper-case letter")                   \
	ROW(FAULT_LOWER_CASE, "lower_case", "must contain a lower-case letter")                    \
	ROW(FAULT_DIGIT, "digit", "must contain a digit")                                          \
	ROW(FAULT_SYMBOL, "symbol", "must contain a symbol")                                       \
	ROW(FAULT_GUESSABLE, "guessable", "is easy to guess")                                      \
	ROW(FAULT_REPEATED, "repeated", "must be given once")                                      \
	ROW(FAULT_CONFLICT, "conflict", "does not go with the rest")                               \
	ROW(FAULT_WRONG, "wrong", "is wrong")                                                      \
	ROW(FAULT_TAKEN, "taken", "is already in use")                                             \
	ROW(FAULT_STALE, "stale", "has another version")                                           \
	ROW(FAULT_NOT_YOURS, "not_yours", "belongs to somebody else")                              \
	ROW(FAULT_NOT_FOUND, "not_found", "does not exist")

enum fault_code {
	FAULT_NONE = 0,
#define ROW(name, word, sentence) name,
	FAULT_TABLE(ROW)
#undef ROW
		FAULT_COUNT
};

/* The limits are only there where a code has them; each becomes a member of the answer's detail. */
struct fault {
	enum fault_code code;
	const char *message;	    /* the rest of the sentence; NULL: the code's */
	const char *min, *max;	    /* as JSON: of a length, a range, or a number of elements */
	const char *type;	    /* of FAULT_TYPE: what JSON calls the right one, or "integer" */
	const char *format;	    /* of FAULT_FORMAT, as in the OpenAPI document */
	const char *with;	    /* of FAULT_CONFLICT: the other field */
	const char *const *allowed; /* of FAULT_ONE_OF: the words, ending with NULL */
};

struct noted_fault {
	const char *field;
	struct fault fault;
	struct noted_fault *next;
};

/* All faults that were found; an arena is all that it needs to begin with. */
struct faults {
	struct arena *arena;
	const char *prefix; /* stands before the names of fields: `updates[3].`; NULL: nothing */
	struct noted_fault *first, *last;
	unsigned count; /* of all, also of those that are too many to be noted */
	size_t bytes;	/* of those that are noted, at least */
};

/* Notes that a field is wrong. The texts of the fault live as long as the arena; a name of more
 * than 256 bytes is cut. */
void fault_add(struct faults *faults, const char *field, struct fault fault);

/* Notes all faults of `from` again in `to`, with texts that live as long as its arena. */
void fault_copy_all(struct faults *to, const struct faults *from);

/* All of them in a sentence: "title must not be blank, and 2 more". There is at least one. */
const char *fault_sentence(const struct faults *faults);

/* Writes them as a list of objects, the next value of the writer under `name`; as many of them as
 * 128 KiB hold. */
void fault_put(struct json *json, const char *name, const struct faults *faults);

/* The word of a code, which is not FAULT_NONE; and the code of a word, or FAULT_NONE. */
const char *fault_word(enum fault_code code);
enum fault_code fault_find(const char *word);

#endif

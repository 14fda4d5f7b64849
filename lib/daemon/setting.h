/* setting.h -- a table of settings: how each row's text becomes a member of struct config.
 *
 * `struct config` is the program's own: it defines the members, and lib/ only fills them through
 * the table. Several programs may share one table and one env file; a row may be one's alone. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/types.h"

struct config;

/* At most `count` times in `window_s` seconds; without a limit `count` is 0. */
struct limit {
	int count;
	int window_s;
};

struct config_key {
	const char *kid;
	const char *secret;
};

struct config_keys {
	struct config_key *items;
	size_t count;
};

enum setting_kind {
	SETTING_TEXT,
	SETTING_WHOLE,
	SETTING_BYTES,
	SETTING_WORD,
	SETTING_LIMIT,
	SETTING_KEYS,
	SETTING_ORIGINS
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;		  /* of the member in struct config */
	const char *initial;	  /* the default; NULL = must be set */
	int min, max;		  /* of a whole number; of a text in bytes, max 0 = any */
	const char *const *words; /* in the order of the enum, NULL at the end */
	bool secret;
	unsigned only; /* the bits of the programs that need it; 0 = all */
	/* What is wrong with the value that was just parsed, or NULL. Rows above have been read. */
	const char *(*check)(const struct config *config, const char *text);
	const char *doc;
};

/* The rows in the order in which they are read. */
struct setting_table {
	const struct setting *rows;
	size_t count;
	size_t config_bytes; /* of struct config */
	/* NULL at the end. A variable that begins so and is no setting is refused as a typo. */
	const char *const *prefixes;
};

/* A row; the kind follows from the member's C type. */
/* clang-format off */
#define SETTING(setting_name, member, ...) \
	{ \
		.name = setting_name, .offset = offsetof(struct config, member), \
		.kind = _Generic(((struct config *)0)->member, \
			const char *: SETTING_TEXT, \
			int: SETTING_WHOLE, \
			int64_t: SETTING_BYTES, \
			unsigned: SETTING_WORD, \
			struct limit: SETTING_LIMIT, \
			struct config_keys: SETTING_KEYS, \
			struct strings: SETTING_ORIGINS), \
		__VA_ARGS__ \
	}
/* clang-format on */

/* Whether `program`, a single bit, needs the row. */
bool setting_is_for(const struct setting *setting, unsigned program);

/* Parses `text` into the row's member of `out`, with what that needs taken from `arena`. */
bool setting_parse(const struct setting *setting, struct arena *arena, const char *text,
		   struct config *out) __attribute__((warn_unused_result));

/* Prints what a value must be: "a whole number from 4 to 16". */
void setting_print_rule(const struct setting *setting, FILE *out);

/* Prints the value as one would write it; of a secret only whether it is set. */
void setting_print_value(const struct setting *setting, const struct config *config, FILE *out);

#endif

/* setting.h -- one row of the settings table: how its text becomes a member of struct config. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "daemon/config.h"

enum setting_kind { TEXT, WHOLE, WORD, LIMIT, KEYS, ORIGINS };

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;		  /* of the member in struct config */
	const char *initial;	  /* the default; NULL = must be set */
	int min, max;		  /* of a whole number; of a text in bytes, max 0 = any */
	const char *const *words; /* in the order of the enum, NULL at the end */
	bool secret;
	/* What is wrong with the value that was just parsed, or NULL. Rows above have been read. */
	const char *(*check)(const struct config *config, const char *text);
	const char *doc;
};

/* A row; the kind follows from the member's C type. */
/* clang-format off */
#define SETTING(setting_name, member, ...) \
	{ \
		.name = setting_name, .offset = offsetof(struct config, member), \
		.kind = _Generic(((struct config *)0)->member, \
			const char *: TEXT, \
			int: WHOLE, \
			unsigned: WORD, \
			struct limit: LIMIT, \
			struct config_keys: KEYS, \
			struct strings: ORIGINS), \
		__VA_ARGS__ \
	}
/* clang-format on */

/* The table (app/settings.c), in the order in which it is read. */
extern const struct setting config_rows[];
extern const size_t config_row_count;

/* Parses `text` into the row's member of `out`, with what that needs taken from `arena`. */
bool setting_parse(const struct setting *setting, struct arena *arena, const char *text,
		   struct config *out) __attribute__((warn_unused_result));

/* Prints what a value must be: "a whole number from 4 to 16". */
void setting_print_rule(const struct setting *setting, FILE *out);

/* Prints the value as one would write it; of a secret only whether it is set. */
void setting_print_value(const struct setting *setting, const struct config *config, FILE *out);

#endif

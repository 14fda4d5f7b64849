/* config.h -- the settings of a program, read once at the start by a table of rows.
 *
 * Where a setting is given more than once the later place wins: default,
 * $CREDENTIALS_DIRECTORY/daybook.env, the env file, the environment. Any fault stops the start.
 * Texts live as long as the process. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/setting.h"

#define CONFIG_FAULT_BYTES 512

/* Reads the settings of `program`, a bit of setting.only; `env_file` may be NULL. The members of
 * rows of other programs stay zero: they are not required, and their secrets are forgotten. On
 * failure `fault` is one sentence of CONFIG_FAULT_BYTES or fewer that names the setting and its
 * place, never a secret, and `out` is untouched. Secrets are wiped from the environment, so that
 * /proc/PID/environ does not show them. */
bool config_load(const struct setting_table *table, unsigned program, struct config *out,
		 const char *env_file, char *fault) __attribute__((warn_unused_result));

/* Prints every setting of `program` with its effective value; of a secret only whether it is set.
 */
void config_print(const struct setting_table *table, unsigned program, const struct config *config,
		  FILE *out);

/* Prints an env file of all programs: every setting with its sentence, limits and default. */
void config_print_example(const struct setting_table *table, FILE *out);

#endif

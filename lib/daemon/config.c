#include "daemon/config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "daemon/env_file.h"
#include "daemon/setting.h"

/* A value as it was found; without a file it came from the environment or is the default. */
struct given {
	const char *text;
	const char *file;
	int line;
	bool from_environment;
};

struct loader {
	const struct setting_table *table;
	unsigned program;
	struct arena *arena;
	struct given *given; /* one for each row */
	char *fault;	     /* CONFIG_FAULT_BYTES */
};

static bool __attribute__((format(printf, 2, 3)))
refuse(const struct loader *loader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(loader->fault, CONFIG_FAULT_BYTES, format, args);
	va_end(args);
	return false;
}

static const struct setting *find_setting(const struct setting_table *table, const char *name,
					  size_t len)
{
	for (size_t i = 0; i < table->count; i++)
		if (strlen(table->rows[i].name) == len &&
		    memcmp(table->rows[i].name, name, len) == 0)
			return &table->rows[i];
	return NULL;
}

static struct given *given_to(const struct loader *loader, const struct setting *setting)
{
	return &loader->given[setting - loader->table->rows];
}

/* Keeps a value that was found. A secret of another program is wiped instead. */
static void keep(const struct loader *loader, const struct setting *setting, struct given found,
		 char *value)
{
	if (setting_is_for(setting, loader->program)) {
		found.text = arena_copy(loader->arena, value, strlen(value));
		*given_to(loader, setting) = found;
	}
	if (setting->secret)
		explicit_bzero(value, strlen(value));
}

static bool take_file(struct loader *loader, const char *path)
{
	struct env_file file;

	if (!env_file_read(loader->arena, path, &file, loader->fault, CONFIG_FAULT_BYTES))
		return false;
	for (size_t i = 0; i < file.count; i++) {
		const struct env_entry *entry = &file.entries[i];
		const struct setting *setting =
			find_setting(loader->table, entry->name, strlen(entry->name));
		if (!setting)
			return refuse(loader, "%s:%d: %.64s is no setting of Daybook", path,
				      entry->line, entry->name);
		if (setting->secret && file.open_to_all)
			return refuse(
				loader,
				"%s: everybody may read it although it sets %s; chmod 0640 it",
				path, setting->name);
		keep(loader, setting, (struct given){ .file = path, .line = entry->line },
		     entry->value);
	}
	return true;
}

static bool take_credentials(struct loader *loader)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	if (!folder)
		return true;
	const char *path = arena_printf(loader->arena, "%s/daybook.env", folder);
	return access(path, F_OK) != 0 || take_file(loader, path);
}

static bool is_ours(const struct setting_table *table, const char *variable)
{
	for (const char *const *prefix = table->prefixes; *prefix; prefix++)
		if (strncmp(variable, *prefix, strlen(*prefix)) == 0)
			return true;
	return false;
}

static bool take_variable(const struct loader *loader, char *variable)
{
	size_t name_len = strcspn(variable, "=");
	const struct setting *setting = find_setting(loader->table, variable, name_len);

	if (!setting && is_ours(loader->table, variable))
		return refuse(loader, "environment: %.*s is no setting of Daybook", (int)name_len,
			      variable);
	if (setting && variable[name_len] == '=')
		keep(loader, setting, (struct given){ .from_environment = true },
		     variable + name_len + 1);
	return true;
}

/* Takes the settings among the variables, and wipes the secrets where the kernel shows them. Of
 * variables with one name the first counts, as for getenv(). */
static bool take_environment(struct loader *loader)
{
	const struct setting_table *table = loader->table;
	size_t count = 0;

	while (environ && environ[count]) /* NULL after clearenv() */
		count++;
	while (count > 0)
		if (!take_variable(loader, environ[--count]))
			return false;
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].secret)
			unsetenv(table->rows[i].name);
	return true;
}

static const char *place(const struct loader *loader, const struct given *given)
{
	return given->file ? arena_printf(loader->arena, "%s:%d", given->file, given->line)
	       : given->from_environment ? "environment"
					 : "default";
}

static bool has_control_character(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* Refuses a value: "BCRYPT_COST (daybook.env:3): must be a whole number from 4 to 16". */
static bool refuse_value(const struct loader *loader, const struct setting *setting,
			 const char *why)
{
	const struct given *given = given_to(loader, setting);
	char rule[256] = "must be ";
	FILE *out = fmemopen(rule + strlen(rule), sizeof rule - strlen(rule), "w");

	if (!why && out)
		setting_print_rule(setting, out);
	if (out)
		fclose(out);
	return refuse(loader, "%s (%s): %s", setting->name, place(loader, given), why ? why : rule);
}

static bool take_value(const struct loader *loader, const struct setting *setting,
		       struct config *config)
{
	const char *text = given_to(loader, setting)->text;

	if (!setting->initial && (!text || *text == '\0'))
		return refuse(loader, "%s is required: set it in the environment or an env file",
			      setting->name);
	if (!text)
		text = setting->initial;
	if (has_control_character(text))
		return refuse_value(loader, setting, "must not contain control characters");
	if (!setting_parse(setting, loader->arena, text, config))
		return refuse_value(loader, setting, NULL);
	const char *why = setting->check ? setting->check(config, text) : NULL;
	return !why || refuse_value(loader, setting, why);
}

static bool take_values(const struct loader *loader, struct config *config)
{
	for (size_t i = 0; i < loader->table->count; i++)
		if (setting_is_for(&loader->table->rows[i], loader->program) &&
		    !take_value(loader, &loader->table->rows[i], config))
			return false;
	return true;
}

bool config_load(const struct setting_table *table, unsigned program, struct config *out,
		 const char *env_file, char *fault)
{
	static struct arena *arena; /* the texts' home, as long as the process lives */

	if (!arena)
		arena = arena_new(4096);
	struct loader loader = {
		.table = table, .program = program, .arena = arena, .fault = fault
	};
	loader.given = arena_alloc(arena, table->count * sizeof *loader.given);
	struct config *config = arena_alloc(arena, table->config_bytes);
	if (!take_credentials(&loader) || (env_file && !take_file(&loader, env_file)) ||
	    !take_environment(&loader) || !take_values(&loader, config))
		return false;
	memcpy(out, config, table->config_bytes);
	return true;
}

void config_print(const struct setting_table *table, unsigned program, const struct config *config,
		  FILE *out)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct setting *setting = &table->rows[i];
		if (!setting_is_for(setting, program))
			continue;
		fprintf(out, "%s=", setting->name);
		setting_print_value(setting, config, out);
		fputc('\n', out);
	}
}

void config_print_example(const struct setting_table *table, FILE *out)
{
	fputs("# Daybook's settings, with their defaults. Printed by\n"
	      "# daybook-worker --print-settings-example.\n"
	      "#\n"
	      "# An environment variable of the same name wins over this file. The file holds\n"
	      "# secrets: chmod 0640 it.\n",
	      out);
	for (size_t i = 0; i < table->count; i++) {
		const struct setting *setting = &table->rows[i];
		fprintf(out, "\n# %s\n", setting->doc);
		if (setting->kind != SETTING_TEXT || setting->max > 0) {
			fputs("# Must be ", out);
			setting_print_rule(setting, out);
			fputs(".\n", out);
		}
		if (setting->initial)
			fprintf(out, "#%s=%s\n", setting->name, setting->initial);
		else
			fprintf(out, "# Required.\n%s=\n", setting->name);
	}
}

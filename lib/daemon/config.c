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
	struct arena *arena;
	struct given *given; /* one for each row */
	char *fault;
	size_t fault_bytes;
};

static bool __attribute__((format(printf, 2, 3)))
refuse(const struct loader *loader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(loader->fault, loader->fault_bytes, format, args);
	va_end(args);
	return false;
}

static const struct setting *find_setting(const char *name, size_t len)
{
	for (size_t i = 0; i < config_row_count; i++)
		if (strlen(config_rows[i].name) == len &&
		    memcmp(config_rows[i].name, name, len) == 0)
			return &config_rows[i];
	return NULL;
}

static bool take_file(struct loader *loader, const char *path)
{
	struct env_file file;

	if (!env_file_read(loader->arena, path, &file, loader->fault, loader->fault_bytes))
		return false;
	for (size_t i = 0; i < file.count; i++) {
		const struct env_entry *entry = &file.entries[i];
		const struct setting *setting = find_setting(entry->name, strlen(entry->name));
		if (!setting)
			return refuse(loader, "%s:%d: %.64s is no setting of Daybook", path,
				      entry->line, entry->name);
		if (setting->secret && file.open_to_all)
			return refuse(
				loader,
				"%s: everybody may read it although it sets %s; chmod 0640 it",
				path, setting->name);
		loader->given[setting - config_rows] =
			(struct given){ entry->value, path, entry->line, false };
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

static bool is_ours(const char *variable)
{
	static const char *const prefixes[] = { "BCRYPT_", "JWT_", "LIMIT_" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* Takes the settings among the variables, and wipes the secrets where the kernel shows them. */
static bool take_environment(struct loader *loader)
{
	for (char **at = environ; *at; at++) {
		size_t name_len = strcspn(*at, "=");
		const struct setting *setting = find_setting(*at, name_len);
		if (!setting && is_ours(*at))
			return refuse(loader, "environment: %.*s is no setting of Daybook",
				      (int)name_len, *at);
		if (!setting || (*at)[name_len] != '=')
			continue;
		char *value = *at + name_len + 1;
		struct given *given = &loader->given[setting - config_rows];
		if (!given->from_environment)
			*given = (struct given){ .text = arena_copy(loader->arena, value,
								    strlen(value)),
						 .from_environment = true };
		if (setting->secret)
			explicit_bzero(value, strlen(value));
	}
	for (size_t i = 0; i < config_row_count; i++)
		if (config_rows[i].secret)
			unsetenv(config_rows[i].name);
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
	const struct given *given = &loader->given[setting - config_rows];
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
	const char *text = loader->given[setting - config_rows].text;

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

bool config_load(struct config *out, const char *env_file, char *fault, size_t fault_bytes)
{
	static struct arena *arena; /* the texts' home, as long as the process lives */
	struct config config = { .database_url = NULL };

	if (!arena)
		arena = arena_new(4096);
	struct loader loader = { .arena = arena, .fault = fault, .fault_bytes = fault_bytes };
	loader.given = arena_alloc(arena, config_row_count * sizeof *loader.given);
	if (!take_credentials(&loader) || (env_file && !take_file(&loader, env_file)) ||
	    !take_environment(&loader))
		return false;
	for (size_t i = 0; i < config_row_count; i++)
		if (!take_value(&loader, &config_rows[i], &config))
			return false;
	*out = config;
	return true;
}

void config_print(const struct config *config, FILE *out)
{
	for (size_t i = 0; i < config_row_count; i++) {
		fprintf(out, "%s=", config_rows[i].name);
		setting_print_value(&config_rows[i], config, out);
		fputc('\n', out);
	}
}

void config_print_example(FILE *out)
{
	fputs("# Daybook's settings, with their defaults. Printed by\n"
	      "# daybook-worker --print-settings-example.\n"
	      "#\n"
	      "# An environment variable of the same name wins over this file. The file holds\n"
	      "# secrets: chmod 0640 it.\n",
	      out);
	for (size_t i = 0; i < config_row_count; i++) {
		const struct setting *setting = &config_rows[i];
		fprintf(out, "\n# %s\n", setting->doc);
		if (setting->kind != TEXT || setting->max > 0) {
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

#include "daemon/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char blanks[] = " \t\r";

/* The file's bytes, NUL-terminated; a pipe will do as well. NULL and `why` if that fails. */
static char *read_all(struct arena *arena, const char *path, struct stat *status, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len = 0;
	ssize_t got = -1;

	if (fd >= 0 && fstat(fd, status) == 0) {
		text = arena_alloc(arena, ENV_FILE_MAX_BYTES + 2);
		while ((got = read(fd, text + len, ENV_FILE_MAX_BYTES + 1 - len)) > 0)
			len += (size_t)got;
	}
	*why = got < 0			  ? strerror(errno)
	       : len > ENV_FILE_MAX_BYTES ? "it has more than 64 KiB"
	       : memchr(text, '\0', len)  ? "it contains a NUL byte"
					  : NULL;
	if (fd >= 0)
		close(fd);
	return *why ? NULL : text;
}

static char *trim(char *text)
{
	text += strspn(text, blanks);
	size_t len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

/* Takes the quotes off, or NULL if they do not match or what looks like a comment follows. */
static char *unquote(char *value)
{
	size_t len = strlen(value);

	if (*value != '"' && *value != '\'')
		return strstr(value, " #") || strstr(value, "\t#") ? NULL : value;
	if (len < 2 || strchr(value + 1, *value) != value + len - 1)
		return NULL;
	value[len - 1] = '\0';
	return value + 1;
}

/* Splits a trimmed line in place; NULL, or what is wrong with it. */
static const char *parse_line(char *line, struct env_entry *out)
{
	if (strncmp(line, "export ", 7) == 0)
		line = trim(line + 7);
	size_t name_len = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (name_len == 0 || line[name_len] != '=')
		return "the line must be NAME=value";
	line[name_len] = '\0';
	out->name = line;
	out->value = unquote(trim(line + name_len + 1));
	return out->value ? NULL : "the value must have matching quotes and no comment behind it";
}

bool env_file_read(struct arena *arena, const char *path, struct env_file *out, char *fault,
		   size_t fault_bytes)
{
	struct env_file file = { .count = 0 };
	struct stat status;
	const char *why;
	char *rest = read_all(arena, path, &status, &why);
	size_t lines = 1;

	if (!rest) {
		snprintf(fault, fault_bytes, "%s: cannot be read: %s", path, why);
		return false;
	}
	for (const char *at = rest; (at = strchr(at, '\n')); at++)
		lines++;
	file.open_to_all = S_ISREG(status.st_mode) && (status.st_mode & S_IRWXO) != 0;
	file.entries = arena_alloc(arena, lines * sizeof *file.entries);
	for (int number = 1; rest; number++) {
		char *line = trim(strsep(&rest, "\n"));
		if (*line == '\0' || *line == '#')
			continue;
		struct env_entry *entry = &file.entries[file.count++];
		entry->line = number;
		why = parse_line(line, entry);
		if (why) {
			snprintf(fault, fault_bytes, "%s:%d: %s", path, number, why);
			return false;
		}
	}
	*out = file;
	return true;
}

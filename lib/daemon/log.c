#include "daemon/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "daemon/log_sink.h"

static const char line_end[] = "}\n";
static const char cut_line_end[] = ",\"cut\":true}\n";

/* A line stays under PIPE_BUF together with the line break that may be written in front of it. */
enum { LINE_ROOM = LOG_LINE_BYTES - sizeof cut_line_end };

static const struct {
	const char *word;
	int severity;
} levels[] = {
	[LEVEL_DEBUG] = { "debug", LOG_DEBUG },
	[LEVEL_INFO] = { "info", LOG_INFO },
	[LEVEL_WARNING] = { "warning", LOG_WARNING },
	[LEVEL_ERROR] = { "error", LOG_ERR },
};

/* How long a line may wait for others while lines are gathered. */
enum { MAX_WAIT_US = 5000 };

static enum log_level lowest_level = LEVEL_INFO;
static uint64_t dropped;
static pid_t process_id;

/* Lines that leave in one system call. Together they stay under PIPE_BUF, too. */
static struct {
	char text[LOG_LINE_BYTES];
	size_t len;
	int severity;	  /* of the last */
	int64_t since_us; /* of the first */
} pending;
static bool gathering;

void log_open(const char *target, enum log_level level, const char *program)
{
	log_flush();
	lowest_level = level;
	process_id = getpid();
	if (!log_sink_open(target, program))
		log_event(LEVEL_ERROR, "log_unavailable", "cannot log to %s: %s", target,
			  strerror(errno));
}

void log_reopen(void)
{
	log_flush();
	if (!log_sink_reopen())
		log_event(LEVEL_ERROR, "log_unavailable", "cannot reopen the log: %s",
			  strerror(errno));
}

static void put(struct log_line *line, const char *data, size_t len)
{
	memcpy(line->text + line->len, data, len);
	line->len += len;
}

/* Adds `,"key":value`, where the value is JSON already. */
static void put_member(struct log_line *line, const char *key, const char *value, size_t len)
{
	size_t key_len = strlen(key);

	if (line->skipped)
		return;
	if (line->len + key_len + len + strlen(",\"\":") > LINE_ROOM) {
		line->cut = true;
		return;
	}
	put(line, line->len > 1 ? ",\"" : "\"", line->len > 1 ? 2 : 1);
	put(line, key, key_len);
	put(line, "\":", 2);
	put(line, value, len);
}

void log_begin(struct log_line *line, enum log_level level, const char *event)
{
	line->level = level;
	line->skipped = level < lowest_level;
	line->cut = false;
	line->len = 0;
	if (line->skipped)
		return;
	char ts[INSTANT_TEXT_BYTES + 2] = "\"";
	line->us = clock_now_us();
	char *end = instant_format(ts + 1, line->us);
	*end++ = '"';
	put(line, "{", 1);
	put_member(line, "ts", ts, (size_t)(end - ts));
	log_text(line, "level", levels[level].word);
	log_text(line, "event", event);
	log_int(line, "pid", process_id ? process_id : getpid());
}

/* The bytes at `text` that are one character of valid UTF-8, or 0. */
static size_t character_bytes(const char *text, size_t left)
{
	unsigned char lead = (unsigned char)*text;
	size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	return len <= left && utf8_valid(text, len) ? len : 0;
}

/* Writes one character; control characters (C1 too, they drive terminals) become \u00XX. */
static char *escape_character(char *out, const char *text, size_t len)
{
	unsigned char c = (unsigned char)text[len - 1];

	if (len == 1 && (c == '"' || c == '\\'))
		*out++ = '\\';
	else if ((len == 1 && (c < 0x20 || c == 0x7f)) ||
		 (len == 2 && (unsigned char)text[0] == 0xc2 && c < 0xa0))
		return out + sprintf(out, "\\u%04x", c);
	memcpy(out, text, len);
	return out + len;
}

/* Whether a byte is a character that is written as it is, as nearly all are. */
static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void log_text(struct log_line *line, const char *key, const char *text)
{
	char quoted[6 * LOG_TEXT_BYTES + 8], *out = quoted;

	if (line->skipped || !text)
		return;
	*out++ = '"';
	size_t len = strnlen(text, LOG_TEXT_BYTES + 1);
	if (len > LOG_TEXT_BYTES)
		for (len = LOG_TEXT_BYTES; len > LOG_TEXT_BYTES - 4; len--)
			if (((unsigned char)text[len] & 0xc0) != 0x80)
				break;
	for (size_t i = 0; i < len;) {
		if (is_plain(text[i])) {
			*out++ = text[i++];
			continue;
		}
		size_t bytes = character_bytes(text + i, len - i);
		if (bytes > 0)
			out = escape_character(out, text + i, bytes);
		else
			out = stpcpy(out, "\\ufffd");
		i += bytes > 0 ? bytes : 1;
	}
	*out++ = '"';
	put_member(line, key, quoted, (size_t)(out - quoted));
}

void log_int(struct log_line *line, const char *key, int64_t value)
{
	char digits[DECIMAL_BYTES];

	if (!line->skipped)
		put_member(line, key, digits, (size_t)(decimal_format(digits, value) - digits));
}

void log_ms(struct log_line *line, const char *key, int64_t us)
{
	char digits[DECIMAL_BYTES + 4];

	if (line->skipped)
		return;
	char *end = decimal_format(digits, us / 1000);
	*end++ = '.';
	for (int unit = 100; unit > 0; unit /= 10)
		*end++ = (char)('0' + us / unit % 10);
	put_member(line, key, digits, (size_t)(end - digits));
}

void log_uuid(struct log_line *line, const char *key, const struct uuid *uuid)
{
	char text[40];

	if (line->skipped || !uuid->set)
		return;
	uuid_format(text, uuid->bytes);
	log_text(line, key, text);
}

void log_email(struct log_line *line, const char *key, const char *email)
{
	char masked[LOG_TEXT_BYTES + 8];

	if (line->skipped || !email)
		return;
	const char *domain = strrchr(email, '@');
	size_t first =
		domain && domain > email ? character_bytes(email, (size_t)(domain - email)) : 0;
	snprintf(masked, sizeof masked, "%.*s***%s", (int)first, email, domain ? domain : "");
	log_text(line, key, masked);
}

/* Whether a line may wait for others. What matters is written before anything else happens. */
static bool may_wait(const struct log_line *line)
{
	int64_t waited_us = line->us - pending.since_us;

	return gathering && line->level < LEVEL_WARNING && waited_us >= 0 &&
	       waited_us < MAX_WAIT_US;
}

void log_end(struct log_line *line)
{
	if (line->skipped)
		return;
	if (line->cut)
		put(line, cut_line_end, sizeof cut_line_end - 1);
	else
		put(line, line_end, sizeof line_end - 1);
	if (pending.len + line->len > sizeof pending.text)
		log_flush();
	if (pending.len == 0)
		pending.since_us = line->us;
	memcpy(pending.text + pending.len, line->text, line->len);
	pending.len += line->len;
	pending.severity = levels[line->level].severity;
	if (!may_wait(line))
		log_flush();
}

void log_flush(void)
{
	size_t written = 0;

	if (pending.len > 0)
		written = log_sink_write(pending.text, pending.len, pending.severity);
	for (size_t at = written; at < pending.len; at++)
		dropped += pending.text[at] == '\n';
	pending.len = 0;
}

void log_gather(bool on)
{
	log_flush();
	gathering = on && log_sink_takes_many();
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	char message[2 * LOG_TEXT_BYTES];
	struct log_line line;
	va_list args;

	if (level < lowest_level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	log_begin(&line, level, event);
	log_text(&line, "message", message);
	log_end(&line);
}

uint64_t log_dropped(void)
{
	return dropped;
}

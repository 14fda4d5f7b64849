/* log.h -- one JSON object a line: what happened, for machines to read.
 *
 * Logging never blocks and never ends the process: a line that cannot be written at once is
 * dropped and counted. Each line leaves in one system call, alone or with others, which together
 * are shorter than PIPE_BUF, so that lines of many workers never mix. Texts come from strangers:
 *they are escaped, cut, and made valid UTF-8; a line break in one cannot start a line of its own.
 *Keys and events are literals.
 *
 *	struct log_line line;
 *	log_begin(&line, LEVEL_INFO, "request");
 *	log_text(&line, "path", path);
 *	log_int(&line, "status", 200);
 *	log_end(&line);
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };

#define LOG_LINE_BYTES 4096
#define LOG_TEXT_BYTES 256

struct log_line {
	enum log_level level;
	bool skipped;
	bool cut;
	int64_t us; /* when it began */
	size_t len;
	char text[LOG_LINE_BYTES];
};

/* Sends lines of `level` and above to `target`: "stderr", "syslog", or an absolute path (made with
 * mode 0640; a socket there is spoken to as syslog is). What cannot be opened becomes stderr, and
 * a line says so. `program` names the process in syslog; both texts must outlive the logging. Also
 * ignores SIGPIPE, and keeps descriptor 2 taken when the process was started without it. Before
 * this call lines go to stderr. */
void log_open(const char *target, enum log_level level, const char *program);

/* Opens the target anew, after its file was moved away; keeps the old one when that fails. */
void log_reopen(void);

/* Starts a line with ts, level, event and pid. Below the level of log_open() the line and all
 * that is added to it cost nothing. */
void log_begin(struct log_line *line, enum log_level level, const char *event);

/* Each adds one member; one that no longer fits is left out and the line gets `"cut":true`.
 * A NULL text, and a uuid that is not set, is left out; a text is cut at 256 bytes. */
void log_text(struct log_line *line, const char *key, const char *text);
void log_int(struct log_line *line, const char *key, int64_t value);
void log_ms(struct log_line *line, const char *key, int64_t us); /* in milliseconds */
void log_uuid(struct log_line *line, const char *key, const struct uuid *uuid);

/* An address as `a***@example.org`: enough to recognise one's own, too little to write to. */
void log_email(struct log_line *line, const char *key, const char *email);

/* Ends the line, and writes it unless it waits for others. */
void log_end(struct log_line *line);

/* Lets lines wait a few milliseconds for others, so that many leave in one system call, or no
 * longer. A warning or an error, and what waits before it, is written at once. Whoever turns this
 * on calls log_flush() before anything that may take long. */
void log_gather(bool on);

/* Writes the lines that wait. */
void log_flush(void);

/* A whole line with one member `message`, formatted as by printf(3). */
void log_event(enum log_level level, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* How many lines this process has dropped. */
uint64_t log_dropped(void);

#endif

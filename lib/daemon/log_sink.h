/* log_sink.h -- where log lines go: the private half of log.h. Nothing in here waits. */
#ifndef LOG_SINK_H
#define LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* Opens "stderr", "syslog" or a path, as log_open() says. False (and errno): stderr was opened in
 * its place. Both texts are kept. */
bool log_sink_open(const char *target, const char *program);

/* Opens the same target anew. False (and errno): the old one stays. */
bool log_sink_reopen(void);

/* Whether log_sink_write() takes more than one line at a time: syslog does not. */
bool log_sink_takes_many(void);

/* Writes lines of fewer than PIPE_BUF bytes in all, their line breaks included, in one system call.
 * `severity` is syslog's. Returns how many bytes could be written at once. */
size_t log_sink_write(const char *lines, size_t len, int severity);

#endif

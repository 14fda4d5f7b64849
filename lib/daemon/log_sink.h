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

/* Writes one line of fewer than PIPE_BUF bytes, its line break included, in one system call.
 * `severity` is syslog's. False if that cannot be done at once. */
bool log_sink_write(const char *line, size_t len, int severity);

#endif

/* test_log.c -- log lines are one valid JSON object each, and writing them never blocks. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json_scan.h"
#include "daemon/log.h"

static char folder[] = "/tmp/test_log.XXXXXX";
static char log_path[64];
static char content[1 << 20];

/* What the log file holds now, NUL-terminated. */
static const char *logged(void)
{
	int fd = open(log_path, O_RDONLY);
	assert_true(fd >= 0);
	ssize_t len = read(fd, content, sizeof content - 1);
	assert_true(len >= 0);
	close(fd);
	content[len] = '\0';
	return content;
}

static void open_empty_log(enum log_level level)
{
	unlink(log_path);
	log_open(log_path, level, "test");
}

static void assert_json_line(const char *line, size_t len)
{
	struct json_fault why;

	assert_in_range(len, 2, LOG_LINE_BYTES - 1);
	assert_true(json_scan(line, len, 1, &why));
}

static size_t count_json_lines(const char *text)
{
	size_t count = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1, count++)
		assert_json_line(text, (size_t)(end - text));
	assert_string_equal(text, "");
	return count;
}

/* The JSON that one text becomes. */
static const char *escaped(const char *text)
{
	struct log_line line;
	static char value[LOG_LINE_BYTES];

	open_empty_log(LEVEL_INFO);
	log_begin(&line, LEVEL_INFO, "test");
	log_text(&line, "text", text);
	log_end(&line);
	assert_int_equal(count_json_lines(logged()), 1);
	const char *at = strstr(content, "\"text\":");
	if (!at)
		return "absent";
	snprintf(value, sizeof value, "%.*s", (int)strlen(at) - 9, at + 7);
	return value;
}

/* Before all others: no log_open() yet, and a stderr that nobody reads. */
static void test_before_open(void **state)
{
	int pipes[2], kept = dup(STDERR_FILENO);
	uint64_t before = log_dropped();

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	for (int i = 0; i < 2000; i++)
		log_event(LEVEL_INFO, "flood", "%d", i);
	dup2(kept, STDERR_FILENO);
	close(pipes[1]);
	ssize_t len = read(pipes[0], content, sizeof content - 1);
	assert_true(len > 0);
	content[len] = '\0';
	assert_int_equal(count_json_lines(content) + (log_dropped() - before), 2000);
	assert_true(log_dropped() > before);
	close(pipes[0]);
	close(kept);
}

static void test_members(void **state)
{
	struct uuid uuid = { .bytes = { 0x01, 0x93, 0xff }, .set = true }, unset = { .set = false };
	struct log_line line;
	char ts[40], expected[512];

	(void)state;
	open_empty_log(LEVEL_DEBUG);
	log_begin(&line, LEVEL_WARNING, "request");
	log_text(&line, "path", "/api/v1/tasks");
	log_text(&line, "absent", NULL);
	log_int(&line, "least", INT64_MIN);
	log_ms(&line, "ms", 1250);
	log_ms(&line, "short", 7);
	log_uuid(&line, "user", &uuid);
	log_uuid(&line, "unset", &unset);
	log_end(&line);
	assert_int_equal(sscanf(logged(), "{\"ts\":\"%27[0-9-]", ts), 1);
	assert_int_equal(sscanf(content, "{\"ts\":\"%27[0-9TZ:.-]\"", ts), 1);
	assert_int_equal(strlen(ts), strlen("2026-11-20T09:30:00.000000Z"));
	snprintf(expected, sizeof expected,
		 "{\"ts\":\"%s\",\"level\":\"warning\",\"event\":\"request\",\"pid\":%d,"
		 "\"path\":\"/api/v1/tasks\",\"least\":-9223372036854775808,\"ms\":1.250,"
		 "\"short\":0.007,\"user\":\"0193ff00-0000-0000-0000-000000000000\"}\n",
		 ts, (int)getpid());
	assert_string_equal(content, expected);
}

static void test_texts(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\n{\"fake\":1}\r\n", "\"\\u000a{\\\"fake\\\":1}\\u000d\\u000a\"" },
		{ "\x1b[2J\x01\x7f", "\"\\u001b[2J\\u0001\\u007f\"" },
		{ "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "\"h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
		{ "\xc2\x9b\x31m\xc2\xa0", "\"\\u009b1m\xc2\xa0\"" },
		{ "a\xff\xfe z", "\"a\\ufffd\\ufffd z\"" },
		{ "\xc0\xaf\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ "\xe2\x82", "\"\\ufffd\\ufffd\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(escaped(cases[i].text), cases[i].json);
}

/* 256 bytes at most, and never half a character. */
static void test_long_texts(void **state)
{
	static const struct {
		const char *character;
		size_t bytes;
	} cases[] = { { "x", 256 },
		      { "\xc3\xa9", 256 },
		      { "\xe2\x82\xac", 255 },
		      { "\xf0\x9f\x98\x80", 256 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[2000] = "";
		for (size_t n = 0; n < 300; n++)
			strcat(text, cases[i].character);
		const char *json = escaped(text);
		assert_int_equal(strlen(json), cases[i].bytes + 2);
		assert_memory_equal(json + 1, text, cases[i].bytes);
	}
	char junk[400];
	memset(junk, 0x80, sizeof junk - 1);
	junk[sizeof junk - 1] = '\0';
	assert_int_equal(strlen(escaped(junk)), 252 * 6 + 2);
}

static void test_emails(void **state)
{
	static const struct {
		const char *email, *json;
	} cases[] = {
		{ "anna@example.org", "\"email\":\"a***@example.org\"}" },
		{ "a@example.org", "\"email\":\"a***@example.org\"}" },
		{ "\xc3\xa9lan@example.org", "\"email\":\"\xc3\xa9***@example.org\"}" },
		{ "\"a@b\"@example.org", "\"email\":\"\\\"***@example.org\"}" },
		{ "@example.org", "\"email\":\"***@example.org\"}" },
		{ "hunter2", "\"email\":\"***\"}" },
		{ "", "\"email\":\"***\"}" },
	};
	struct log_line line;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		open_empty_log(LEVEL_INFO);
		log_begin(&line, LEVEL_INFO, "login");
		log_email(&line, "none", NULL);
		log_email(&line, "email", cases[i].email);
		log_end(&line);
		assert_int_equal(count_json_lines(logged()), 1);
		assert_non_null(strstr(content, cases[i].json));
		assert_null(strstr(content, "none"));
	}
}

static void test_levels(void **state)
{
	struct log_line line;
	struct uuid uuid = { .set = true };

	(void)state;
	open_empty_log(LEVEL_WARNING);
	log_begin(&line, LEVEL_INFO, "skipped");
	log_text(&line, "a", "b");
	log_int(&line, "a", 1);
	log_ms(&line, "a", 1);
	log_uuid(&line, "a", &uuid);
	log_email(&line, "a", "a@b");
	log_end(&line);
	log_event(LEVEL_DEBUG, "skipped", "x");
	log_event(LEVEL_WARNING, "one", "%s %d", "x", 1);
	log_event(LEVEL_ERROR, "two", "y");
	assert_int_equal(count_json_lines(logged()), 2);
	assert_null(strstr(content, "skipped"));
	assert_non_null(strstr(content, "\"event\":\"one\""));
	assert_non_null(strstr(content, "\"message\":\"x 1\"}"));
}

/* What no longer fits is left out, the line stays whole, and what is short still finds room. */
static void test_full_line(void **state)
{
	struct log_line line;
	char text[300];

	(void)state;
	memset(text, 1, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	open_empty_log(LEVEL_INFO);
	log_begin(&line, LEVEL_INFO, "long");
	for (int i = 0; i < 5; i++)
		log_text(&line, "text", text);
	for (int i = 0; i < 1000; i++)
		log_int(&line, "n", 1);
	log_end(&line);
	assert_int_equal(count_json_lines(logged()), 1);
	assert_non_null(strstr(content, "\"n\":1,\"cut\":true}\n"));
	assert_in_range(strlen(content), LOG_LINE_BYTES - 10, LOG_LINE_BYTES - 1);
}

static void test_reopen(void **state)
{
	char moved[80];
	struct stat status;

	(void)state;
	snprintf(moved, sizeof moved, "%s.1", log_path);
	umask(0);
	open_empty_log(LEVEL_INFO);
	assert_int_equal(stat(log_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	log_event(LEVEL_INFO, "first", "x");
	assert_int_equal(rename(log_path, moved), 0);
	log_event(LEVEL_INFO, "second", "x");
	log_reopen();
	log_event(LEVEL_INFO, "third", "x");
	assert_int_equal(count_json_lines(logged()), 1);
	assert_non_null(strstr(content, "third"));

	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(mkdir(log_path, 0700), 0);
	log_reopen();
	log_event(LEVEL_INFO, "fourth", "x");
	assert_int_equal(rmdir(log_path), 0);
	assert_int_equal(rename(moved, log_path), 0);
	assert_int_equal(count_json_lines(logged()), 2);
}

/* Reads what `descriptor` got while `act` ran with it as stderr. */
static const char *stderr_of(void (*act)(void), int read_end, int write_end)
{
	int kept = dup(STDERR_FILENO);

	dup2(write_end, STDERR_FILENO);
	close(write_end);
	act();
	dup2(kept, STDERR_FILENO);
	close(kept);
	open_empty_log(LEVEL_INFO); /* lets go of the pipe's end */
	size_t len = 0;
	for (ssize_t got; (got = read(read_end, content + len, sizeof content - 1 - len)) > 0;)
		len += (size_t)got;
	content[len] = '\0';
	close(read_end);
	return content;
}

static void flood_stderr(void)
{
	log_open("stderr", LEVEL_INFO, "test");
	for (int i = 0; i < 5000; i++)
		log_event(LEVEL_INFO, "flood", "%0200d", i);
}

static void test_pipe_that_nobody_reads(void **state)
{
	uint64_t before = log_dropped();
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	size_t lines = count_json_lines(stderr_of(flood_stderr, pipes[0], pipes[1]));
	assert_true(log_dropped() > before);
	assert_int_equal(lines + (log_dropped() - before), 5000);
}

static void test_socket_that_nobody_reads(void **state)
{
	uint64_t before = log_dropped();
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	size_t lines = count_json_lines(stderr_of(flood_stderr, pair[0], pair[1]));
	assert_true(log_dropped() > before);
	assert_int_equal(lines + (log_dropped() - before), 5000);
}

static void write_to_nobody(void)
{
	log_open("stderr", LEVEL_INFO, "test");
	log_event(LEVEL_INFO, "lost", "x");
}

static void test_pipe_without_reader(void **state)
{
	uint64_t before = log_dropped();
	int pipes[2], other = open("/dev/null", O_RDONLY);

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	close(pipes[0]);
	stderr_of(write_to_nobody, other, pipes[1]);
	assert_int_equal(log_dropped() - before, 1);
}

static void open_impossible_target(void)
{
	log_open("/nonexistent/x.log", LEVEL_INFO, "test");
	log_event(LEVEL_INFO, "next", "x");
}

static void test_impossible_target(void **state)
{
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(count_json_lines(stderr_of(open_impossible_target, pipes[0], pipes[1])),
			 2);
	assert_non_null(strstr(content, "\"event\":\"log_unavailable\""));
	assert_non_null(strstr(content, "cannot log to /nonexistent/x.log: No such file"));
}

/* A disk that fills up in mid-line: the half line is counted, and the next one is whole again. */
static void test_full_disk(void **state)
{
	struct rlimit before, small;
	uint64_t dropped = log_dropped();

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	open_empty_log(LEVEL_INFO);
	log_event(LEVEL_INFO, "first", "x");
	small = (struct rlimit){ strlen(logged()) + 20, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	log_event(LEVEL_INFO, "second", "x");
	log_event(LEVEL_INFO, "third", "x");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	log_event(LEVEL_INFO, "fourth", "x");
	log_event(LEVEL_INFO, "fifth", "x");
	assert_int_equal(log_dropped() - dropped, 2);
	char *half = strchr(logged(), '\n') + 1;
	char *rest = strchr(half, '\n') + 1;
	assert_int_equal(rest - half, 21);
	assert_int_equal(count_json_lines(rest), 2);
	log_open("/dev/full", LEVEL_INFO, "test");
	log_event(LEVEL_INFO, "sixth", "x");
	assert_int_equal(log_dropped() - dropped, 3);
}

static void test_gathered_lines(void **state)
{
	(void)state;
	open_empty_log(LEVEL_INFO);
	log_gather(true);
	log_event(LEVEL_INFO, "first", "x");
	log_event(LEVEL_INFO, "second", "x");
	assert_string_equal(logged(), "");
	log_flush();
	assert_int_equal(count_json_lines(logged()), 2);
	assert_true(strstr(content, "first") < strstr(content, "second"));
	log_event(LEVEL_INFO, "third", "x");
	log_event(LEVEL_WARNING, "fourth", "x");
	assert_int_equal(count_json_lines(logged()), 4);
	log_event(LEVEL_INFO, "fifth", "x");
	usleep(10000);
	log_event(LEVEL_INFO, "sixth", "x"); /* the fifth has waited for long enough */
	assert_int_equal(count_json_lines(logged()), 6);
	log_event(LEVEL_INFO, "seventh", "x");
	log_gather(false);
	log_event(LEVEL_INFO, "eighth", "x");
	assert_int_equal(count_json_lines(logged()), 8);
}

/* Many lines leave together, but never more than a pipe takes in one piece. */
static void test_gathered_lines_fill_a_write(void **state)
{
	int ends[2], stderr_fd = dup(STDERR_FILENO);
	char text[2 * PIPE_BUF];

	(void)state;
	/* It keeps writes apart. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_open("stderr", LEVEL_INFO, "test");
	log_gather(true);
	for (int i = 0; i < 200; i++)
		log_event(LEVEL_INFO, "many", "%d", i);
	log_gather(false);
	dup2(stderr_fd, STDERR_FILENO);
	open_empty_log(LEVEL_INFO);
	size_t lines = 0, writes = 0;
	for (ssize_t len; (len = read(ends[0], text, sizeof text - 1)) > 0; writes++) {
		assert_true(len <= PIPE_BUF);
		text[len] = '\0';
		lines += count_json_lines(text);
	}
	assert_int_equal(lines, 200);
	assert_in_range(writes, 2, 100);
	close(ends[0]);
	close(ends[1]);
	close(stderr_fd);
}

static void test_gathered_lines_that_are_dropped(void **state)
{
	struct rlimit before, small;
	uint64_t dropped = log_dropped();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	open_empty_log(LEVEL_INFO);
	log_event(LEVEL_INFO, "first", "x");
	small = (struct rlimit){ strlen(logged()) + 20, before.rlim_max };
	log_gather(true);
	for (int i = 0; i < 3; i++)
		log_event(LEVEL_INFO, "lost", "x");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	log_flush();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	log_gather(false);
	assert_int_equal(log_dropped() - dropped, 3);
	log_event(LEVEL_INFO, "last", "x");
	char *half = strchr(logged(), '\n') + 1;
	assert_int_equal(count_json_lines(strchr(half, '\n') + 1), 1);
}

static int bind_datagrams(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	unlink(path);
	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void assert_syslog_datagram(int fd)
{
	char text[LOG_LINE_BYTES + 200], prefix[64];
	ssize_t len = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);

	assert_true(len > 0);
	text[len] = '\0';
	snprintf(prefix, sizeof prefix, " test[%d]: {", (int)getpid());
	assert_memory_equal(text, "<28>", 4); /* daemon, warning */
	char *object = strstr(text, prefix);
	assert_non_null(object);
	assert_json_line(object + strlen(prefix) - 1, strlen(object) - strlen(prefix) + 1);
}

static void test_syslog(void **state)
{
	uint64_t before = log_dropped();

	(void)state;
	int fd = bind_datagrams(log_path);
	log_open(log_path, LEVEL_INFO, "test");
	log_gather(true); /* it has no lines to gather, a datagram is one */
	log_event(LEVEL_WARNING, "first", "x\ny");
	assert_syslog_datagram(fd);
	log_gather(false);
	close(fd);
	log_event(LEVEL_WARNING, "lost", "x");
	assert_int_equal(log_dropped() - before, 1);
	fd = bind_datagrams(log_path);
	log_event(LEVEL_WARNING, "second", "x");
	assert_syslog_datagram(fd);
	for (int i = 0; i < 5000; i++)
		log_event(LEVEL_WARNING, "flood", "%d", i);
	assert_true(log_dropped() - before > 1);
	close(fd);
	unlink(log_path);
}

/* Started without descriptor 2, which must not become PostgreSQL's connection. */
static void test_closed_stderr(void **state)
{
	int status;

	(void)state;
	pid_t child = fork();
	if (child == 0) {
		uint64_t before = log_dropped();
		close(STDERR_FILENO);
		log_open("stderr", LEVEL_INFO, "test");
		log_event(LEVEL_INFO, "unseen", "x");
		int fd = open("/dev/null", O_RDONLY);
		_exit(fd > STDERR_FILENO && log_dropped() == before ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_many_writers(void **state)
{
	enum { CHILDREN = 4, LINES = 400 };
	int status;

	(void)state;
	uint64_t before = log_dropped();
	open_empty_log(LEVEL_INFO);
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			for (int n = 0; n < LINES; n++)
				log_event(LEVEL_INFO, "line", "%0*d", n % 250, n);
			_exit(log_dropped() > before);
		}
	for (int i = 0; i < CHILDREN; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_json_lines(logged()), CHILDREN * LINES);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(log_path, sizeof log_path, "%s/log", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_open("stderr", LEVEL_INFO, "test");
	unlink(log_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_open),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_emails),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_full_line),
		cmocka_unit_test(test_reopen),
		cmocka_unit_test(test_pipe_that_nobody_reads),
		cmocka_unit_test(test_socket_that_nobody_reads),
		cmocka_unit_test(test_pipe_without_reader),
		cmocka_unit_test(test_impossible_target),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_gathered_lines),
		cmocka_unit_test(test_gathered_lines_fill_a_write),
		cmocka_unit_test(test_gathered_lines_that_are_dropped),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_closed_stderr),
		cmocka_unit_test(test_many_writers),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* test_metrics.c -- exact counts over many processes, and an output that Prometheus can read. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "daemon/metrics.h"

static char folder[] = "/tmp/test_metrics.XXXXXX";
static char path[64];
static char fault[256];

/* All metrics as text, until the next call. */
static const char *written(void)
{
	static struct buf out;

	buf_free(&out);
	metrics_write(&out);
	buf_putc(&out, '\0');
	return out.data;
}

/* The value of the sample that is written as `name`, labels included; -1 if it is absent. */
static double sample(const char *name)
{
	size_t len = strlen(name);

	for (const char *line = written(); line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return strtod(line + len + 1, NULL);
	}
	return -1;
}

static void fresh_file(void)
{
	unlink(path);
	assert_true(metrics_open(path, fault, sizeof fault));
}

/* Runs `act` in children and waits for them. */
static void in_children(int count, void (*act)(void))
{
	int status;

	for (int i = 0; i < count; i++)
		if (fork() == 0) {
			act();
			_exit(0);
		}
	for (int i = 0; i < count; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

static void test_private(void **state)
{
	(void)state;
	assert_true(metrics_open("", fault, sizeof fault));
	metrics_add(METRIC_WORKER_STARTS, 2);
	metrics_add(METRIC_WORKER_STARTS, 1);
	assert_true(sample("daybook_worker_starts_total") == 3);
	assert_true(sample("daybook_login_attempts_total{result=\"limited\"}") == 0);
}

static void test_requests(void **state)
{
	static const struct {
		const char *method, *sample;
		int status;
	} cases[] = {
		{ "GET", "daybook_requests_total{method=\"GET\",code=\"200\"}", 200 },
		{ "HEAD", "daybook_requests_total{method=\"HEAD\",code=\"304\"}", 304 },
		{ "OPTIONS", "daybook_requests_total{method=\"OPTIONS\",code=\"204\"}", 204 },
		{ "get", "daybook_requests_total{method=\"other\",code=\"405\"}", 405 },
		{ "", "daybook_requests_total{method=\"other\",code=\"other\"}", 299 },
		{ "PATCH\"}\n", "daybook_requests_total{method=\"other\",code=\"400\"}", 400 },
		{ "PUT", "daybook_requests_total{method=\"PUT\",code=\"other\"}", 1200 },
		{ "PUT", "daybook_requests_total{method=\"PUT\",code=\"other\"}", 0 },
		{ "POST", "daybook_requests_total{method=\"POST\",code=\"other\"}", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fresh_file();
		assert_true(sample(cases[i].sample) == -1);
		metrics_request(cases[i].method, cases[i].status, 1);
		assert_true(sample(cases[i].sample) == 1);
	}
}

/* A status that the table of errors has must be one that is counted on its own. */
static void test_every_error_is_counted(void **state)
{
	char name[80];

	(void)state;
	for (enum err err = OK + 1; err < ERR_COUNT; err++) {
		fresh_file();
		metrics_request("GET", err_info(err)->status, 1);
		snprintf(name, sizeof name, "daybook_requests_total{method=\"GET\",code=\"%d\"}",
			 err_info(err)->status);
		assert_true(sample(name) == 1);
	}
}

static void test_durations(void **state)
{
	static const int64_t durations_us[] = { -5, 0, 1000, 1001, 249999, 2500000, 2500001 };
	static const struct {
		const char *le;
		double count;
	} buckets[] = {
		{ "0.001", 3 }, { "0.0025", 4 }, { "0.005", 4 }, { "0.01", 4 },
		{ "0.025", 4 }, { "0.05", 4 },	 { "0.1", 4 },	 { "0.25", 5 },
		{ "0.5", 5 },	{ "1", 5 },	 { "2.5", 6 },	 { "+Inf", 7 },
	};
	char name[80];

	(void)state;
	fresh_file();
	for (size_t i = 0; i < sizeof durations_us / sizeof *durations_us; i++)
		metrics_request("GET", 200, durations_us[i]);
	for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) {
		snprintf(name, sizeof name, "daybook_request_duration_seconds_bucket{le=\"%s\"}",
			 buckets[i].le);
		assert_true(sample(name) == buckets[i].count);
	}
	assert_true(sample("daybook_request_duration_seconds_count") == 7);
	assert_non_null(strstr(written(), "\ndaybook_request_duration_seconds_sum 5.252001\n"));
}

/* Reads `name{label="value",…} number`; the name's length is returned. */
static size_t parse_sample(const char *line, size_t len)
{
	size_t name_len = strspn(line, "abcdefghijklmnopqrstuvwxyz_"), at = name_len;

	assert_true(name_len > 0);
	if (line[at] == '{') {
		do {
			at++;
			size_t label_len = strspn(line + at, "abcdefghijklmnopqrstuvwxyz_");
			assert_true(label_len > 0);
			at += label_len;
			assert_memory_equal(line + at, "=\"", 2);
			at += 2 + strcspn(line + at + 2, "\"\\\n");
			assert_int_equal(line[at++], '"');
		} while (line[at] == ',');
		assert_int_equal(line[at++], '}');
	}
	assert_int_equal(line[at++], ' ');
	assert_true(at < len && at + strspn(line + at, "0123456789.") == len);
	return name_len;
}

/* The text format 0.0.4: HELP, TYPE, then the samples of that name, each name once. */
static void test_format(void **state)
{
	char name[80], type[16], seen[2048] = " ";
	size_t samples = 0, name_len, len;

	(void)state;
	fresh_file();
	metrics_request("GET", 200, 5);
	for (const char *line = written(); *line; line += len + 1) {
		len = strcspn(line, "\n");
		assert_int_equal(line[len], '\n');
		if (sscanf(line, "# HELP %79s", name) == 1) {
			assert_true(len > strlen("# HELP ") + strlen(name) + 1);
			line += len + 1;
			len = strcspn(line, "\n");
			assert_int_equal(sscanf(line, "# TYPE %*s %15s", type), 1);
			assert_memory_equal(line + strlen("# TYPE "), name, strlen(name));
			assert_true(strcmp(type, "counter") == 0 || strcmp(type, "histogram") == 0);
			assert_null(strstr(seen, name));
			strcat(strcat(seen, name), " ");
			continue;
		}
		name_len = parse_sample(line, len);
		if (strcmp(type, "counter") == 0)
			assert_int_equal(name_len, strlen(name));
		assert_memory_equal(line, name, strlen(name));
		samples++;
	}
	assert_int_equal(samples, METRIC_COUNT + 1 + 12 + 2);
}

enum { CHILDREN = 8, ADDS = 100000 };

static void count_a_lot(void)
{
	if (!metrics_open(path, fault, sizeof fault))
		_exit(1);
	for (int i = 0; i < ADDS; i++) {
		metrics_add(METRIC_DB_ROUND_TRIPS, 1);
		if (i % 100 == 0)
			metrics_request("GET", 200, 1);
	}
}

/* The file is made by whoever is first of those that start at once. */
static void test_many_processes(void **state)
{
	(void)state;
	unlink(path);
	in_children(CHILDREN, count_a_lot);
	assert_true(metrics_open(path, fault, sizeof fault));
	assert_true(sample("daybook_db_round_trips_total") == CHILDREN * ADDS);
	assert_true(sample("daybook_requests_total{method=\"GET\",code=\"200\"}") ==
		    CHILDREN * ADDS / 100);
	assert_true(sample("daybook_request_duration_seconds_count") == CHILDREN * ADDS / 100);
}

static void count_once(void)
{
	if (!metrics_open(path, fault, sizeof fault))
		_exit(1);
	metrics_add(METRIC_WORKER_STARTS, 1);
}

static void test_racing_starts(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		unlink(path);
		in_children(CHILDREN, count_once);
		assert_true(metrics_open(path, fault, sizeof fault));
		assert_true(sample("daybook_worker_starts_total") == CHILDREN);
	}
}

static void test_killed_worker(void **state)
{
	int status;

	(void)state;
	fresh_file();
	metrics_add(METRIC_WORKER_STARTS, 5);
	pid_t child = fork();
	if (child == 0) {
		metrics_add(METRIC_WORKER_STARTS, 1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(metrics_open(path, fault, sizeof fault));
	assert_true(sample("daybook_worker_starts_total") == 6);
}

static void overwrite(off_t offset, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, len, offset), (ssize_t)len);
	close(fd);
}

/* A file of another layout or size is replaced, and who has it mapped keeps it. */
static void test_another_layout(void **state)
{
	struct stat before, after;
	uint64_t layout = 7;

	(void)state;
	fresh_file();
	metrics_add(METRIC_WORKER_STARTS, 5);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 07777, 0660);
	overwrite(8, &layout, sizeof layout);
	metrics_add(METRIC_WORKER_STARTS, 1);
	assert_true(sample("daybook_worker_starts_total") == 6);
	assert_true(metrics_open(path, fault, sizeof fault));
	assert_true(sample("daybook_worker_starts_total") == 0);
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino != after.st_ino);

	metrics_add(METRIC_WORKER_STARTS, 5);
	overwrite(after.st_size, "x", 1);
	assert_true(metrics_open(path, fault, sizeof fault));
	assert_true(sample("daybook_worker_starts_total") == 0);
}

static void assert_refused(const char *at, const char *why)
{
	char expected[256];

	assert_false(metrics_open(at, fault, sizeof fault));
	snprintf(expected, sizeof expected, "cannot count in %s: %s", at, why);
	assert_string_equal(fault, expected);
}

static void test_refused_files(void **state)
{
	static const char precious[] = "a file that has nothing to do with us, and is long enough";

	(void)state;
	fresh_file();
	metrics_add(METRIC_WORKER_STARTS, 5);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, precious, sizeof precious), sizeof precious);
	assert_refused(path, "it is something else's file");
	assert_int_equal(ftruncate(fd, 5), 0);
	assert_refused(path, "it is something else's file");
	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	assert_refused("/nonexistent/metrics", "No such file or directory");
	assert_refused(folder, "Is a directory");
	assert_true(sample("daybook_worker_starts_total") == 5);
	assert_true(metrics_open(path, fault, sizeof fault)); /* an empty file is filled */
	assert_true(sample("daybook_worker_starts_total") == 0);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/metrics", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_every_error_is_counted),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_many_processes),
		cmocka_unit_test(test_racing_starts),
		cmocka_unit_test(test_killed_worker),
		cmocka_unit_test(test_another_layout),
		cmocka_unit_test(test_refused_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include "daemon/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/metrics_file.h"

#define COUNT(table) (sizeof table / sizeof(*(table)))

static const struct {
	const char *name, *label, *help;
} metrics[] = {
#define ROW(name, there, label, help) { there, label, help },
	METRIC_TABLE(ROW)
#undef ROW
};

/* What is in no table counts in the last row, "other". */
static const char *const methods[] = { "GET",	"HEAD",	  "POST",    "PUT",
				       "PATCH", "DELETE", "OPTIONS", "other" };
static const int codes[] = { 200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 405, 408, 409,
			     410, 412, 413, 414, 415, 422, 429, 431, 500, 503, 504, 0 };

/* The upper bounds of the buckets of request durations. */
static const struct {
	int64_t us;
	const char *label;
} bounds[] = {
	{ 1000, "0.001" },  { 2500, "0.0025" }, { 5000, "0.005" },  { 10000, "0.01" },
	{ 25000, "0.025" }, { 50000, "0.05" },	{ 100000, "0.1" },  { 250000, "0.25" },
	{ 500000, "0.5" },  { 1000000, "1" },	{ 2500000, "2.5" }, { INT64_MAX, "+Inf" },
};

struct counters {
	struct metrics_file_header header;
	_Atomic uint64_t metrics[COUNT(metrics)];
	_Atomic uint64_t requests[COUNT(methods)][COUNT(codes)];
	_Atomic uint64_t durations[COUNT(bounds)];
	_Atomic uint64_t duration_us;
};

static struct counters own;
static struct counters *counters = &own;

/* FNV-1a, 64 bit. */
#define FNV_PRIME 0x100000001b3

static uint64_t hash_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	while (*text++);
	return hash;
}

/* A number that changes with any row of any table, so that nobody has to keep a version. */
static uint64_t layout(void)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < COUNT(metrics); i++)
		hash = hash_text(hash_text(hash, metrics[i].name), metrics[i].label);
	for (size_t i = 0; i < COUNT(methods); i++)
		hash = hash_text(hash, methods[i]);
	for (size_t i = 0; i < COUNT(codes); i++)
		hash = (hash ^ (uint64_t)codes[i]) * FNV_PRIME;
	for (size_t i = 0; i < COUNT(bounds); i++)
		hash = hash_text(hash, bounds[i].label);
	return hash;
}

bool metrics_open(const char *path, char *fault, size_t fault_bytes)
{
	if (*path == '\0')
		return true;
	void *mapped = metrics_file_map(path, layout(), sizeof own, fault, fault_bytes);
	if (mapped)
		counters = mapped;
	return mapped;
}

static void add(_Atomic uint64_t *counter, uint64_t count)
{
	atomic_fetch_add_explicit(counter, count, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)counter, memory_order_relaxed);
}

void metrics_add(enum metric metric, uint64_t count)
{
	add(&counters->metrics[metric], count);
}

/* The log counts what it drops on its own, as it stands below this module. */
static void add_dropped_log_lines(void)
{
	static uint64_t added;
	uint64_t dropped = log_dropped();

	if (dropped > added)
		metrics_add(METRIC_LOG_LINES_DROPPED, dropped - added);
	added = dropped;
}

static size_t find_method(const char *method)
{
	size_t i = 0;

	while (i < COUNT(methods) - 1 && strcmp(methods[i], method) != 0)
		i++;
	return i;
}

static size_t find_code(int status)
{
	size_t i = 0;

	while (i < COUNT(codes) - 1 && codes[i] != status)
		i++;
	return i;
}

void metrics_request(const char *method, int status, int64_t duration_us)
{
	size_t bucket = 0;

	while (duration_us > bounds[bucket].us)
		bucket++;
	add(&counters->requests[find_method(method)][find_code(status)], 1);
	add(&counters->durations[bucket], 1);
	add(&counters->duration_us, duration_us > 0 ? (uint64_t)duration_us : 0);
	add_dropped_log_lines();
}

static void write_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_request_count(struct buf *out, const char *method, int code, uint64_t count)
{
	char text[16] = "other";

	if (count == 0)
		return;
	if (code > 0)
		snprintf(text, sizeof text, "%d", code);
	buf_printf(out, "daybook_requests_total{method=\"%s\",code=\"%s\"} %ju\n", method, text,
		   (uintmax_t)count);
}

static void write_requests(struct buf *out)
{
	write_head(out, "daybook_requests_total", "counter", "Requests by method and status.");
	for (size_t m = 0; m < COUNT(methods); m++)
		for (size_t c = 0; c < COUNT(codes); c++)
			write_request_count(out, methods[m], codes[c],
					    get(&counters->requests[m][c]));
}

static void write_durations(struct buf *out)
{
	static const char name[] = "daybook_request_duration_seconds";
	uint64_t us = get(&counters->duration_us), below = 0;

	write_head(out, name, "histogram", "How long requests took in the worker.");
	for (size_t i = 0; i < COUNT(bounds); i++) {
		below += get(&counters->durations[i]);
		buf_printf(out, "%s_bucket{le=\"%s\"} %ju\n", name, bounds[i].label,
			   (uintmax_t)below);
	}
	buf_printf(out, "%s_sum %ju.%06ju\n%s_count %ju\n", name, (uintmax_t)(us / 1000000),
		   (uintmax_t)(us % 1000000), name, (uintmax_t)below);
}

void metrics_write(struct buf *out)
{
	add_dropped_log_lines();
	write_requests(out);
	write_durations(out);
	for (size_t i = 0; i < COUNT(metrics); i++) {
		if (i == 0 || strcmp(metrics[i].name, metrics[i - 1].name) != 0)
			write_head(out, metrics[i].name, "counter", metrics[i].help);
		buf_printf(out, "%s%s %ju\n", metrics[i].name, metrics[i].label,
			   (uintmax_t)get(&counters->metrics[i]));
	}
}

#include "web/fastcgi.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "web/fastcgi_pair.h"
#include "web/fastcgi_record.h"
#include "web/spool.h"

/* FastCGI 1.0, section 5.1. */
enum { BEGIN_BYTES = 8, RESPONDER = 1, KEEP_CONNECTION = 1 };

enum {
	KEPT_BYTES = 8192, /* what a connection that waits for its next request keeps */
	ROOM_BYTES = 4096,
	RECORD_BYTES = 1 << 16,
};

struct record {
	uint8_t type;
	uint16_t id;
	size_t len;
	const char *content;
};

static void reply_end(struct fastcgi *in, uint16_t id, enum fastcgi_status status)
{
	uint8_t end[FASTCGI_END_BYTES];

	fastcgi_put_end(end, id, status);
	buf_put(&in->replies, end, sizeof end);
}

static bool read_begin(struct fastcgi *in, const struct record *record)
{
	const uint8_t *body = (const uint8_t *)record->content;

	if (record->len < BEGIN_BYTES || record->id == in->id)
		return false;
	if (in->id) {
		reply_end(in, record->id, FASTCGI_CANNOT_MULTIPLEX);
		return true;
	}
	if ((body[0] << 8 | body[1]) != RESPONDER) {
		reply_end(in, record->id, FASTCGI_UNKNOWN_ROLE);
		return body[2] & KEEP_CONNECTION;
	}
	in->id = record->id;
	in->keep = body[2] & KEEP_CONNECTION;
	return true;
}

static void forget_spool(struct fastcgi *in)
{
	spool_free(in->spool);
	in->spool = NULL;
}

static bool read_abort(struct fastcgi *in, const struct record *record)
{
	bool keep = in->keep;

	reply_end(in, record->id, FASTCGI_COMPLETE);
	in->id = 0;
	in->has_variables = false;
	in->variables_len = in->body_len = 0;
	forget_spool(in);
	return keep;
}

/* Moves a record's content behind what is already there of the same stream. */
static void append(struct fastcgi *in, const struct record *record, size_t *len)
{
	memmove(in->bytes.data + in->variables_len + in->body_len, record->content, record->len);
	*len += record->len;
}

static void complete(struct fastcgi *in, enum err fault)
{
	in->complete = true;
	in->fault = fault;
	in->bytes.data[in->variables_len + in->body_len] = '\0'; /* where a header was */
}

/* Makes room for a body as long as is said, so that nothing is copied while it grows. */
static void make_room(struct fastcgi *in)
{
	char digits[16];
	const char *value;
	size_t len;

	if (!fastcgi_find(in, "CONTENT_LENGTH", &value, &len) || len >= sizeof digits)
		return;
	*(char *)mempcpy(digits, value, len) = '\0';
	size_t bytes = strtoul(digits, NULL, 10);
	if (bytes <= in->max_body_bytes)
		buf_reserve(&in->bytes, bytes + RECORD_BYTES + ROOM_BYTES);
}

/* With all variables there, finds out where the body goes. */
static void begin_body(struct fastcgi *in)
{
	in->max_spool_bytes = in->spool_bytes ? in->spool_bytes(in, in->spool_context) : 0;
	if (in->max_spool_bytes == 0) {
		make_room(in);
		return;
	}
	in->spool = spool_new();
	if (!in->spool)
		complete(in, ERR_UNAVAILABLE);
}

static bool read_params(struct fastcgi *in, const struct record *record)
{
	if (in->has_variables)
		return false;
	in->has_variables = record->len == 0;
	append(in, record, &in->variables_len);
	if (in->variables_len > FASTCGI_MAX_VARIABLE_BYTES)
		complete(in, ERR_HEADERS_TOO_LARGE);
	else if (in->has_variables)
		begin_body(in);
	return true;
}

static enum err spool_record(struct fastcgi *in, const struct record *record)
{
	if (spool_size(in->spool) + record->len > in->max_spool_bytes)
		return ERR_PAYLOAD_TOO_LARGE;
	return spool_append(in->spool, record->content, record->len) ? OK : ERR_UNAVAILABLE;
}

static bool read_stdin(struct fastcgi *in, const struct record *record)
{
	enum err fault = OK;

	if (!in->has_variables)
		return false;
	if (in->spool)
		fault = spool_record(in, record);
	else
		append(in, record, &in->body_len);
	if (fault != OK)
		complete(in, fault);
	else if (in->body_len > in->max_body_bytes)
		complete(in, ERR_PAYLOAD_TOO_LARGE);
	else if (record->len == 0)
		complete(in, OK);
	return true;
}

/* By type: the records of a request under way. Each says whether the connection is to go on. */
static bool (*const readers[])(struct fastcgi *in, const struct record *record) = {
	[FASTCGI_ABORT_REQUEST] = read_abort,
	[FASTCGI_PARAMS] = read_params,
	[FASTCGI_STDIN] = read_stdin,
};

static bool read_record(struct fastcgi *in, const struct record *record)
{
	if (record->id == 0) {
		fastcgi_put_reply(&in->replies, record->type, record->content, record->len);
		return true;
	}
	if (record->type == FASTCGI_BEGIN_REQUEST)
		return read_begin(in, record);
	if (record->id != in->id || record->type >= sizeof readers / sizeof *readers ||
	    !readers[record->type])
		return true; /* of a request that has ended, or of another role */
	return readers[record->type](in, record);
}

/* Cuts the next record off; false while it is not complete. */
static bool next_record(struct fastcgi *in, struct record *out)
{
	const uint8_t *header = (const uint8_t *)in->bytes.data + in->taken;
	size_t arrived = in->bytes.len - in->taken;

	if (arrived < FASTCGI_HEADER_BYTES)
		return false;
	size_t len = (size_t)(header[4] << 8 | header[5]), padding = header[6];
	if (arrived < FASTCGI_HEADER_BYTES + len + padding)
		return false;
	*out = (struct record){ .type = header[1],
				.id = (uint16_t)(header[2] << 8 | header[3]),
				.len = len,
				.content = (const char *)header + FASTCGI_HEADER_BYTES };
	in->taken += FASTCGI_HEADER_BYTES + len + padding;
	return true;
}

static bool is_foreign(const struct fastcgi *in)
{
	return in->taken < in->bytes.len && in->bytes.data[in->taken] != FASTCGI_VERSION;
}

static enum fastcgi_state read_records(struct fastcgi *in)
{
	struct record record;

	while (!in->complete) {
		if (is_foreign(in))
			return FASTCGI_BROKEN;
		if (!next_record(in, &record))
			return FASTCGI_MORE;
		if (!read_record(in, &record))
			return FASTCGI_BROKEN;
	}
	return FASTCGI_REQUEST;
}

void fastcgi_free(struct fastcgi *in)
{
	buf_free(&in->bytes);
	buf_free(&in->replies);
	forget_spool(in);
}

/* What stands between the body and the next record has no use any more. */
static void close_gap(struct fastcgi *in)
{
	size_t kept = in->variables_len + in->body_len, rest = in->bytes.len - in->taken;

	memmove(in->bytes.data + kept, in->bytes.data + in->taken, rest);
	explicit_bzero(in->bytes.data + kept + rest, in->taken - kept);
	in->taken = kept;
	in->bytes.len = kept + rest;
}

char *fastcgi_room(struct fastcgi *in, size_t *room)
{
	if (in->taken > in->variables_len + in->body_len)
		close_gap(in);
	buf_reserve(&in->bytes, ROOM_BYTES);
	*room = in->bytes.cap - in->bytes.len;
	return in->bytes.data + in->bytes.len;
}

enum fastcgi_state fastcgi_take(struct fastcgi *in, size_t received)
{
	assert(!in->complete && received <= in->bytes.cap - in->bytes.len);
	in->bytes.len += received;
	return read_records(in);
}

bool fastcgi_is_within(const struct fastcgi *in)
{
	return !in->complete && (in->id || in->bytes.len > in->taken);
}

bool fastcgi_cut(struct fastcgi *in, enum err fault)
{
	if (!in->has_variables)
		return false;
	buf_putc(&in->bytes, '\0'); /* room for the one behind the body */
	complete(in, fault);
	return true;
}

bool fastcgi_find(const struct fastcgi *in, const char *name, const char **value, size_t *len)
{
	struct fastcgi_pair pair;

	if (!fastcgi_pair_find(in->bytes.data, in->variables_len, name, &pair))
		return false;
	*value = pair.value;
	*len = pair.value_len;
	return true;
}

bool fastcgi_has(const struct fastcgi *in, const char *name, const char *value)
{
	const char *found;
	size_t len;

	return fastcgi_find(in, name, &found, &len) && len == strlen(value) &&
	       memcmp(found, value, len) == 0;
}

/* Writes a pair as `NAME=value` and a NUL, which is where it stands or in front of that: its two
 * lengths have left room for the two characters more. Returns where it ends. */
static char *put_variable(char *to, const struct fastcgi_pair *pair)
{
	memmove(to, pair->name, pair->name_len);
	to += pair->name_len;
	*to++ = '=';
	memmove(to, pair->value, pair->value_len);
	to += pair->value_len;
	*to++ = '\0';
	return to;
}

enum err fastcgi_variables(struct fastcgi *in, char *env[FASTCGI_MAX_VARIABLES + 1])
{
	char *to = in->bytes.data;
	const char *at = to, *end = to + in->variables_len;
	struct fastcgi_pair pair;
	size_t count = 0;

	for (env[0] = NULL; at < end; env[count] = NULL) {
		at = fastcgi_pair_read(at, end, &pair);
		if (!at || memchr(pair.name, '\0', pair.name_len + pair.value_len))
			return ERR_BAD_REQUEST;
		if (count == FASTCGI_MAX_VARIABLES)
			return ERR_HEADERS_TOO_LARGE;
		env[count++] = to;
		to = put_variable(to, &pair);
	}
	return OK;
}

char *fastcgi_body(const struct fastcgi *in)
{
	return in->bytes.data + in->variables_len;
}

enum fastcgi_state fastcgi_next(struct fastcgi *in)
{
	size_t used = in->bytes.len, rest = used - in->taken;

	assert(in->complete);
	if (in->fault || !in->keep)
		return FASTCGI_BROKEN;
	memmove(in->bytes.data, in->bytes.data + in->taken, rest);
	explicit_bzero(in->bytes.data + rest, used - rest);
	in->bytes.len = rest;
	if (rest == 0 && in->bytes.cap > KEPT_BYTES)
		buf_free(&in->bytes);
	in->variables_len = in->body_len = in->taken = 0;
	forget_spool(in);
	in->id = 0;
	in->has_variables = in->complete = false;
	return read_records(in);
}

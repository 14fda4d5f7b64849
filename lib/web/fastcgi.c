#include "web/fastcgi.h"

#include <assert.h>
#include <string.h>

/* FastCGI specification, section 8. */
enum { VERSION = 1, RESPONDER = 1, KEEP_CONNECTION = 1, BEGIN_BYTES = 8 };
enum type {
	BEGIN_REQUEST = 1,
	ABORT_REQUEST,
	END_REQUEST,
	PARAMS,
	STDIN,
	STDOUT,
	GET_VALUES = 9,
	GET_VALUES_RESULT,
	UNKNOWN_TYPE,
};
enum protocol_status { REQUEST_COMPLETE, CANNOT_MULTIPLEX, OVERLOADED, UNKNOWN_ROLE };

/* What a connection that waits for its next request keeps. */
enum { KEPT_BYTES = 8192, ROOM_BYTES = 4096 };

struct record {
	uint8_t type;
	uint16_t id;
	size_t len;
	const char *content;
};

static uint8_t *put_header(uint8_t *out, enum type type, uint16_t id, size_t len)
{
	*out++ = VERSION;
	*out++ = (uint8_t)type;
	*out++ = (uint8_t)(id >> 8);
	*out++ = (uint8_t)id;
	*out++ = (uint8_t)(len >> 8);
	*out++ = (uint8_t)len;
	*out++ = 0; /* no padding */
	*out++ = 0;
	return out;
}

static uint8_t *put_end(uint8_t *out, uint16_t id, enum protocol_status status)
{
	out = put_header(out, END_REQUEST, id, 8);
	memset(out, 0, 8);
	out[4] = (uint8_t)status;
	return out + 8;
}

void fastcgi_output_header(const struct fastcgi *in, size_t len, uint8_t out[FASTCGI_HEADER_BYTES])
{
	assert(len <= FASTCGI_MAX_CONTENT);
	put_header(out, STDOUT, in->id, len);
}

void fastcgi_output_end(const struct fastcgi *in, uint8_t out[FASTCGI_END_BYTES])
{
	put_end(put_header(out, STDOUT, in->id, 0), in->id, REQUEST_COMPLETE);
}

static void reply_end(struct fastcgi *in, uint16_t id, enum protocol_status status)
{
	uint8_t record[2 * FASTCGI_HEADER_BYTES];

	put_end(record, id, status);
	buf_put(&in->replies, record, sizeof record);
}

/* Length, length, name, value. */
struct pair {
	size_t name_len, value_len;
	const char *name;
};

/* One or four bytes (section 3.4). Returns where it ends, or NULL. */
static const char *read_length(const char *at, const char *end, size_t *out)
{
	const uint8_t *byte = (const uint8_t *)at;

	if (at < end && byte[0] < 0x80) {
		*out = byte[0];
		return at + 1;
	}
	if (end - at < 4)
		return NULL;
	*out = (size_t)(byte[0] & 0x7f) << 24 | (size_t)byte[1] << 16 | (size_t)byte[2] << 8 |
	       byte[3];
	return at + 4;
}

/* Returns where the pair ends, or NULL. */
static const char *read_pair(const char *at, const char *end, struct pair *out)
{
	at = read_length(at, end, &out->name_len);
	at = at ? read_length(at, end, &out->value_len) : NULL;
	if (!at || out->name_len + out->value_len > (size_t)(end - at))
		return NULL;
	out->name = at;
	return at + out->name_len + out->value_len;
}

/* Finds the first pair of that name. */
static bool find_pair(const char *at, size_t len, const char *name, struct pair *out)
{
	const char *end = at + len;

	while (at < end && (at = read_pair(at, end, out)))
		if (out->name_len == strlen(name) && memcmp(out->name, name, out->name_len) == 0)
			return true;
	return false;
}

/* What a web server may ask of us (section 4.1); other names are left out. */
static const struct {
	const char *name;
	char value;
} values[] = {
	{ "FCGI_MPXS_CONNS", '0' }, /* one request at a time on a connection */
	{ "FCGI_MAX_CONNS", '1' },
	{ "FCGI_MAX_REQS", '1' },
};

static void reply_values(struct fastcgi *in, const struct record *record)
{
	struct buf *out = &in->replies;
	size_t start = out->len;
	struct pair asked;

	buf_reserve(out, FASTCGI_HEADER_BYTES);
	out->len += FASTCGI_HEADER_BYTES;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (!find_pair(record->content, record->len, values[i].name, &asked))
			continue;
		buf_putc(out, (char)strlen(values[i].name));
		buf_putc(out, 1);
		buf_puts(out, values[i].name);
		buf_putc(out, values[i].value);
	}
	put_header((uint8_t *)out->data + start, GET_VALUES_RESULT, 0,
		   out->len - start - FASTCGI_HEADER_BYTES);
}

/* A record that belongs to no request (section 4). */
static void read_management(struct fastcgi *in, const struct record *record)
{
	uint8_t reply[2 * FASTCGI_HEADER_BYTES] = { 0 };

	if (record->type == GET_VALUES) {
		reply_values(in, record);
		return;
	}
	*put_header(reply, UNKNOWN_TYPE, 0, 8) = record->type;
	buf_put(&in->replies, reply, sizeof reply);
}

static bool read_begin(struct fastcgi *in, const struct record *record)
{
	const uint8_t *body = (const uint8_t *)record->content;

	if (record->len < BEGIN_BYTES || record->id == in->id)
		return false;
	if (in->id) {
		reply_end(in, record->id, CANNOT_MULTIPLEX);
		return true;
	}
	if ((body[0] << 8 | body[1]) != RESPONDER) {
		reply_end(in, record->id, UNKNOWN_ROLE);
		return body[2] & KEEP_CONNECTION;
	}
	in->id = record->id;
	in->keep = body[2] & KEEP_CONNECTION;
	return true;
}

static bool read_abort(struct fastcgi *in, const struct record *record)
{
	bool keep = in->keep;

	reply_end(in, record->id, REQUEST_COMPLETE);
	in->id = 0;
	in->has_variables = false;
	in->variables_len = in->body_len = 0;
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

static bool read_params(struct fastcgi *in, const struct record *record)
{
	if (in->has_variables)
		return false;
	in->has_variables = record->len == 0;
	append(in, record, &in->variables_len);
	if (in->variables_len > FASTCGI_MAX_VARIABLE_BYTES)
		complete(in, ERR_HEADERS_TOO_LARGE);
	return true;
}

static bool read_stdin(struct fastcgi *in, const struct record *record)
{
	if (!in->has_variables)
		return false;
	append(in, record, &in->body_len);
	if (in->body_len > in->max_body_bytes)
		complete(in, ERR_PAYLOAD_TOO_LARGE);
	else if (record->len == 0)
		complete(in, OK);
	return true;
}

/* By type: the records of a request under way. Each says whether the connection is to go on. */
static bool (*const readers[])(struct fastcgi *in, const struct record *record) = {
	[ABORT_REQUEST] = read_abort,
	[PARAMS] = read_params,
	[STDIN] = read_stdin,
};

static bool read_record(struct fastcgi *in, const struct record *record)
{
	if (record->id == 0) {
		read_management(in, record);
		return true;
	}
	if (record->type == BEGIN_REQUEST)
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
	return in->taken < in->bytes.len && in->bytes.data[in->taken] != VERSION;
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

bool fastcgi_has(const struct fastcgi *in, const char *name, const char *value)
{
	struct pair pair;

	return find_pair(in->bytes.data, in->variables_len, name, &pair) &&
	       pair.value_len == strlen(value) &&
	       memcmp(pair.name + pair.name_len, value, pair.value_len) == 0;
}

/* Each pair becomes `NAME=value` and a NUL where it stands: the two lengths before it leave room
 * for the two characters more. */
enum err fastcgi_variables(struct fastcgi *in, char *env[FASTCGI_MAX_VARIABLES + 1])
{
	char *to = in->bytes.data;
	const char *at = to, *end = to + in->variables_len;
	enum err err = OK;
	size_t count = 0;
	struct pair pair;

	while (err == OK && at < end) {
		at = read_pair(at, end, &pair);
		if (!at || memchr(pair.name, '\0', pair.name_len + pair.value_len)) {
			err = ERR_BAD_REQUEST;
		} else if (count == FASTCGI_MAX_VARIABLES) {
			err = ERR_HEADERS_TOO_LARGE;
		} else {
			env[count++] = memmove(to, pair.name, pair.name_len);
			to += pair.name_len;
			*to++ = '=';
			to = memmove(to, pair.name + pair.name_len, pair.value_len);
			to += pair.value_len;
			*to++ = '\0';
		}
	}
	env[count] = NULL;
	return err;
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
	in->id = 0;
	in->has_variables = in->complete = false;
	return read_records(in);
}

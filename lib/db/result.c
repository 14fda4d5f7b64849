#include "db/result.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/uuid.h"
#include "db/pg_types.h"

/* How many columns from here on have the name of this one. */
static int count_same_name(const PGresult *rows, int i)
{
	int same = 1;

	while (i + same < PQnfields(rows) && strcmp(PQfname(rows, i), PQfname(rows, i + same)) == 0)
		same++;
	return same;
}

struct column *columns_new(const PGresult *rows)
{
	int count = PQnfields(rows);
	size_t names = 0;

	for (int i = 0; i < count; i++)
		names += 2 * strlen(PQfname(rows, i)) + 5;
	struct column *columns = malloc((size_t)count * sizeof *columns + names);
	if (!columns)
		abort();
	char *at = (char *)(columns + count);
	for (int i = 0; i < count; i++) {
		const char *name = PQfname(rows, i);
		char *key = at;
		at += sprintf(key, "\"%s\":", name) + 1;
		columns[i] = (struct column){ .type = PQftype(rows, i),
					      .hidden = name[0] == '_',
					      .same_name = count_same_name(rows, i),
					      .name = at,
					      .key = key,
					      .key_len = strlen(key) };
		at = stpcpy(at, name) + 1;
	}
	return columns;
}

static uint32_t read_u32(const char *bytes)
{
	uint32_t net;

	memcpy(&net, bytes, sizeof net);
	return ntohl(net);
}

static int64_t read_i64(const char *bytes)
{
	return (int64_t)((uint64_t)read_u32(bytes) << 32 | read_u32(bytes + 4));
}

static int64_t read_integer(const char *bytes, int len)
{
	if (len == 8)
		return read_i64(bytes);
	if (len == 4)
		return (int32_t)read_u32(bytes);
	return (int16_t)((unsigned char)bytes[0] << 8 | (unsigned char)bytes[1]);
}

/* The shortest decimal form that reads back as the same number. */
static void put_real(struct buf *buf, const char *bytes)
{
	int64_t bits = read_i64(bytes);
	double value;
	char text[32];

	memcpy(&value, &bits, sizeof value);
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(buf, text);
}

/* A text[] as a JSON array; see encode_strings() for the format. */
static void put_strings(struct buf *buf, const char *bytes)
{
	uint32_t dimensions = read_u32(bytes);
	uint32_t count = dimensions > 0 ? read_u32(bytes + 12) : 0;
	const char *at = bytes + 20;

	buf_putc(buf, '[');
	for (uint32_t i = 0; i < count; i++) {
		uint32_t len = read_u32(at);
		if (i > 0)
			buf_putc(buf, ',');
		json_put_string(buf, at + 4, len);
		at += 4 + len;
	}
	buf_putc(buf, ']');
}

static void put_value(struct buf *buf, uint32_t type, const char *bytes, int len)
{
	char *at;

	switch (type) {
	case PG_BOOL:
		json_put_bool(buf, bytes[0]);
		break;
	case PG_INT2:
	case PG_INT4:
	case PG_INT8:
		buf_put_int(buf, read_integer(bytes, len));
		break;
	case PG_FLOAT8:
		put_real(buf, bytes);
		break;
	case PG_TEXT_ARRAY:
		put_strings(buf, bytes);
		break;
	case PG_JSON:
		buf_put(buf, bytes, (size_t)len);
		break;
	case PG_JSONB: /* a version byte goes before the text */
		buf_put(buf, bytes + 1, (size_t)len - 1);
		break;
	case PG_TIMESTAMPTZ:
		at = buf_reserve(buf, INSTANT_TEXT_BYTES + 2);
		*at = '"';
		at = instant_format(at + 1, read_i64(bytes) + PG_EPOCH_US);
		*at = '"';
		buf->len = (size_t)(at + 1 - buf->data);
		break;
	case PG_DATE:
		at = buf_reserve(buf, 16);
		*at = '"';
		at = date_format(at + 1, (int32_t)read_u32(bytes) + PG_EPOCH_DAYS);
		*at = '"';
		buf->len = (size_t)(at + 1 - buf->data);
		break;
	case PG_UUID:
		at = buf_reserve(buf, 40);
		*at = '"';
		at = uuid_format(at + 1, (const uint8_t *)bytes);
		*at = '"';
		buf->len = (size_t)(at + 1 - buf->data);
		break;
	default:
		json_put_string(buf, bytes, (size_t)len);
	}
}

/* The first of these columns that has a value. */
static void put_first(struct buf *buf, const struct result *result, int row, int i, int end)
{
	while (i < end && PQgetisnull(result->rows, row, i))
		i++;
	if (i == end)
		buf_put(buf, "null", 4);
	else
		put_value(buf, result->columns[i].type, PQgetvalue(result->rows, row, i),
			  PQgetlength(result->rows, row, i));
}

void result_put_row(struct buf *buf, const struct result *result, int row)
{
	char before = '{';

	for (int i = 0, next; i < result->column_count; i = next) {
		const struct column *column = &result->columns[i];
		next = i + column->same_name;
		if (column->hidden)
			continue;
		buf_putc(buf, before);
		before = ',';
		buf_put(buf, column->key, column->key_len);
		put_first(buf, result, row, i, next);
	}
	if (before == '{')
		buf_putc(buf, '{');
	buf_putc(buf, '}');
}

void result_put_rows(struct buf *buf, const struct result *result, int count)
{
	buf_putc(buf, '[');
	for (int row = 0; row < count; row++) {
		if (row > 0)
			buf_putc(buf, ',');
		result_put_row(buf, result, row);
	}
	buf_putc(buf, ']');
}

static int find_column(const struct result *result, const char *name)
{
	for (int i = 0; i < result->column_count; i++)
		if (strcmp(result->columns[i].name, name) == 0)
			return i;
	return -1;
}

bool result_has(const struct result *result, const char *name)
{
	return find_column(result, name) >= 0;
}

/* The bytes of a value, or NULL for SQL's NULL. */
static const char *value_of(const struct result *result, int row, const char *name, int *len)
{
	int i = find_column(result, name);

	assert(i >= 0 && row < result->row_count);
	if (PQgetisnull(result->rows, row, i))
		return NULL;
	*len = PQgetlength(result->rows, row, i);
	return PQgetvalue(result->rows, row, i);
}

const char *result_text(const struct result *result, int row, const char *name)
{
	int len;

	return value_of(result, row, name, &len);
}

bool result_bool(const struct result *result, int row, const char *name)
{
	int len;
	const char *bytes = value_of(result, row, name, &len);

	return bytes && bytes[0];
}

struct integer result_integer(const struct result *result, int row, const char *name)
{
	int len;
	const char *bytes = value_of(result, row, name, &len);

	if (!bytes)
		return (struct integer){ 0 };
	return (struct integer){ read_integer(bytes, len), true };
}

struct instant result_instant(const struct result *result, int row, const char *name)
{
	int len;
	const char *bytes = value_of(result, row, name, &len);

	return bytes ? (struct instant){ read_i64(bytes) + PG_EPOCH_US, true }
		     : (struct instant){ 0 };
}

struct date result_date(const struct result *result, int row, const char *name)
{
	int len;
	const char *bytes = value_of(result, row, name, &len);

	return bytes ? (struct date){ (int32_t)read_u32(bytes) + PG_EPOCH_DAYS, true }
		     : (struct date){ 0 };
}

struct uuid result_uuid(const struct result *result, int row, const char *name)
{
	int len;
	const char *bytes = value_of(result, row, name, &len);
	struct uuid uuid = { .set = bytes };

	if (bytes)
		memcpy(uuid.bytes, bytes, sizeof uuid.bytes);
	return uuid;
}

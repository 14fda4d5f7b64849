/* statement.c -- a query as PostgreSQL takes it: its text under the given parameters, and the
 * parameters in binary. */
#include "db/statement.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "db/pg_types.h"

static bool holds(const struct sql_condition *condition, const struct query *query)
{
	const struct param *param = &query->params[condition->param - 1];

	if (!param->set)
		return false;
	return !condition->word || strcmp(param->text, condition->word) == 0;
}

uint64_t statement_variant(const struct query *query)
{
	const struct statement *statement = query->statement;
	uint64_t variant = 0;

	assert(statement->line_count <= 64);
	for (unsigned i = 0; i < statement->line_count; i++) {
		const struct sql_condition *condition = statement->lines[i].conditions;
		const struct sql_condition *end = condition + SQL_MAX_CONDITIONS;
		while (condition < end && condition->param > 0 && holds(condition, query))
			condition++;
		if (condition == end || condition->param == 0)
			variant |= UINT64_C(1) << i;
	}
	return variant;
}

const char *statement_text(struct arena *arena, const struct query *query)
{
	const struct statement *statement = query->statement;
	uint64_t variant = statement_variant(query);
	size_t len = 0;

	for (unsigned i = 0; i < statement->line_count; i++)
		len += strlen(statement->lines[i].text) + 1;
	char *text = arena_alloc(arena, len + 1), *end = text;
	for (unsigned i = 0; i < statement->line_count; i++) {
		if (variant >> i & 1) {
			end = stpcpy(end, statement->lines[i].text);
			*end++ = '\n';
		}
	}
	return text;
}

static char *put_u32(char *out, uint32_t value)
{
	uint32_t net = htonl(value);

	memcpy(out, &net, sizeof net);
	return out + sizeof net;
}

static char *put_u64(char *out, uint64_t value)
{
	return put_u32(put_u32(out, (uint32_t)(value >> 32)), (uint32_t)value);
}

/* The binary form of a text[]: dimensions, a null flag, the element type, then per dimension size
 * and lower bound, then each element with its length (PostgreSQL's array_send). */
static size_t encode_strings(struct arena *arena, const struct strings *strings, const char **out)
{
	size_t len = 20;

	for (size_t i = 0; i < strings->count; i++)
		len += 4 + strlen(strings->items[i]);
	char *at = arena_alloc(arena, len);
	*out = at;
	at = put_u32(at, strings->count > 0);
	at = put_u32(at, 0);
	at = put_u32(at, PG_TEXT);
	if (strings->count == 0)
		return 12;
	at = put_u32(at, (uint32_t)strings->count);
	at = put_u32(at, 1);
	for (size_t i = 0; i < strings->count; i++) {
		size_t item_len = strlen(strings->items[i]);
		at = put_u32(at, (uint32_t)item_len);
		memcpy(at, strings->items[i], item_len);
		at += item_len;
	}
	return len;
}

static size_t encode_param(struct arena *arena, const struct param *param, uint32_t type,
			   const char **out)
{
	if (type == PG_TEXT) {
		*out = param->text;
		return strlen(param->text);
	}
	if (type == PG_TEXT_ARRAY)
		return encode_strings(arena, &param->strings, out);
	if (type == PG_UUID) {
		*out = (const char *)param->uuid;
		return sizeof param->uuid;
	}
	char *at = arena_alloc(arena, 8);
	*out = at;
	switch (type) {
	case PG_BOOL:
		*at = param->boolean;
		return 1;
	case PG_INT8:
		put_u64(at, (uint64_t)param->integer);
		return 8;
	case PG_TIMESTAMPTZ:
		put_u64(at, (uint64_t)(param->integer - PG_EPOCH_US));
		return 8;
	case PG_DATE:
		put_u32(at, (uint32_t)(param->days - PG_EPOCH_DAYS));
		return 4;
	default:
		assert(!"a type that scripts/sqlgen declares");
	}
	return 0;
}

void statement_encode(struct arena *arena, const struct query *query, struct encoded_params *out)
{
	for (unsigned i = 0; i < query->statement->param_count; i++) {
		out->values[i] = NULL;
		out->lengths[i] = 0;
		out->formats[i] = 1;
		if (query->params[i].set)
			out->lengths[i] = (int)encode_param(arena, &query->params[i],
							    query->statement->param_types[i],
							    &out->values[i]);
	}
}

/* statement.h -- what libpq sends of a query: the text of its variant, and the parameters. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "base/arena.h"
#include "db/query.h"

struct encoded_params {
	const char *values[SQL_MAX_PARAMS];
	int lengths[SQL_MAX_PARAMS];
	int formats[SQL_MAX_PARAMS];
};

/* Which lines of the statement are part of it under these parameters, a bit each. */
uint64_t statement_variant(const struct query *query);

/* The parameters in PostgreSQL's binary format; they belong to the arena and to `query`. */
void statement_encode(struct arena *arena, const struct query *query, struct encoded_params *out);

/* The SQL of a statement under the given parameters; it belongs to the arena. */
const char *statement_text(struct arena *arena, const struct query *query);

#endif

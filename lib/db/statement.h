/* statement.h -- how db.c turns a query into what libpq sends. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "db/db.h"

struct encoded_params {
	const char *values[SQL_MAX_PARAMS];
	int lengths[SQL_MAX_PARAMS];
	int formats[SQL_MAX_PARAMS];
};

/* Which lines of the statement are part of it under these parameters, a bit each. */
uint64_t statement_variant(const struct query *query);

/* The parameters in PostgreSQL's binary format; they belong to the arena and to `query`. */
void statement_encode(struct arena *arena, const struct query *query, struct encoded_params *out);

#endif

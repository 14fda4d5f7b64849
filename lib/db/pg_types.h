/* pg_types.h -- the OIDs of PostgreSQL's types (its file pg_type.dat), and where its times begin.
 * The OID of an enum differs from database to database: its values travel as texts. */
#ifndef PG_TYPES_H
#define PG_TYPES_H

#include <stdint.h>

enum {
	PG_BOOL = 16,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_JSON = 114,
	PG_FLOAT8 = 701,
	PG_TEXT_ARRAY = 1009,
	PG_DATE = 1082,
	PG_TIMESTAMPTZ = 1184,
	PG_VOID = 2278,
	PG_UUID = 2950,
	PG_JSONB = 3802,
};

/* 2000-01-01, counted from 1970-01-01. */
#define PG_EPOCH_DAYS 10957
#define PG_EPOCH_US (INT64_C(86400000000) * PG_EPOCH_DAYS)

#endif

/* statements.c -- prepares every statement of sql/queries on the database of DATABASE_URL, in all
 * the variants that its conditions make. What the database says must be what the program believes:
 * parameters have the declared types, and the program can read each column. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/pg_types.h"
#include "db/statement.h"
#include "statements.h"

enum { MAX_WORDS = 16 };

/* The words that a parameter is compared with; `skips` when none of them needs to hold. */
struct choice {
	const char *words[MAX_WORDS];
	size_t word_count;
	bool is_condition, skips;
};

/* The types that result.c reads; any other must be an enum, which travels as its text. */
static const Oid readable[] = {
	PG_BOOL,   PG_INT8,	  PG_INT2, PG_INT4,	   PG_TEXT, PG_JSON,
	PG_FLOAT8, PG_TEXT_ARRAY, PG_DATE, PG_TIMESTAMPTZ, PG_UUID, PG_JSONB
};

static PGconn *conn;
static int fault_count, variant_count;

/* The same mistake in many variants is one. */
static void fault(const struct query *query, const char *text, const char *message)
{
	static char last[256];
	char line[sizeof last];

	snprintf(line, sizeof line, "%s: %s", query->statement->name, message);
	if (strcmp(line, last) == 0)
		return;
	memcpy(last, line, sizeof last);
	fault_count++;
	printf("%s\n%s\n", line, text);
}

static bool is_enum(Oid type)
{
	char number[16];
	const char *values[] = { number };

	snprintf(number, sizeof number, "%u", type);
	PGresult *rows =
		PQexecParams(conn, "SELECT 1 FROM pg_type WHERE oid = $1 AND typtype = 'e'", 1,
			     NULL, values, NULL, NULL, 0);
	bool found = PQntuples(rows) == 1;
	PQclear(rows);
	return found;
}

static bool is_readable(Oid type)
{
	for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
		if (readable[i] == type)
			return true;
	return is_enum(type);
}

/* Prepares the text and describes it; NULL after an error, which is in PQerrorMessage(). */
static PGresult *describe(const char *text, int count, const Oid *types)
{
	PGresult *prepared = PQprepare(conn, "", text, count, types);
	bool ok = PQresultStatus(prepared) == PGRES_COMMAND_OK;

	PQclear(prepared);
	return ok ? PQdescribePrepared(conn, "") : NULL;
}

static void check_columns(const struct query *query, const char *text, const PGresult *rows)
{
	char message[128];

	for (int i = 0; i < PQnfields(rows); i++) {
		if (is_readable(PQftype(rows, i)) || PQftype(rows, i) == PG_VOID)
			continue;
		snprintf(message, sizeof message,
			 "column %s has type %u, which result.c cannot read", PQfname(rows, i),
			 PQftype(rows, i));
		fault(query, text, message);
	}
}

static bool is_integer(Oid type)
{
	return type == PG_INT2 || type == PG_INT4 || type == PG_INT8;
}

/* Integers of each size compare with each other, through indexes too. */
static bool is_same(Oid a, Oid b)
{
	return a == b || (is_integer(a) && is_integer(b));
}

/* Leaves the parameter's type to the database. Where it is not free to choose, because of a cast
 * or of overloaded functions, there is nothing to compare. */
static void check_parameter(const struct query *query, const char *text, int param)
{
	const struct statement *statement = query->statement;
	Oid types[SQL_MAX_PARAMS];
	char place[16], message[128];

	snprintf(place, sizeof place, "$%d::", param + 1);
	if (strstr(text, place))
		return;
	memcpy(types, statement->param_types, sizeof types);
	types[param] = 0;
	PGresult *described = describe(text, statement->param_count, types);
	Oid real = described ? PQparamtype(described, param) : 0;
	PQclear(described);
	if (real == 0 || is_same(real, statement->param_types[param]))
		return;
	snprintf(message, sizeof message, "parameter %d is declared as type %u and is %u",
		 param + 1, statement->param_types[param], real);
	fault(query, text, message);
}

/* `whole`: with every switch on, so that all lines are looked at for their parameters once. */
static void check_variant(const struct query *query, bool whole)
{
	const struct statement *statement = query->statement;
	struct arena *arena = arena_new(16384);
	const char *text = statement_text(arena, query);
	PGresult *described = describe(text, statement->param_count, statement->param_types);

	variant_count++;
	if (!described) {
		fault(query, text, PQerrorMessage(conn));
	} else {
		check_columns(query, text, described);
		for (int i = 0; whole && i < statement->param_count; i++)
			check_parameter(query, text, i);
	}
	PQclear(described);
	arena_free(arena);
}

static void add_word(struct choice *choice, const char *word)
{
	for (size_t i = 0; i < choice->word_count; i++)
		if (strcmp(choice->words[i], word) == 0)
			return;
	if (choice->word_count == MAX_WORDS)
		abort();
	choice->words[choice->word_count++] = word;
}

/* A parameter may match no word when its lines only narrow what is found. */
static void read_choices(const struct statement *statement, struct choice *choices)
{
	for (size_t i = 0; i < SQL_MAX_PARAMS; i++)
		choices[i] = (struct choice){ .skips = true };
	for (size_t i = 0; i < statement->line_count; i++) {
		const struct sql_line *line = &statement->lines[i];
		for (size_t c = 0; c < SQL_MAX_CONDITIONS && line->conditions[c].param > 0; c++) {
			struct choice *choice = &choices[line->conditions[c].param - 1];
			choice->is_condition = true;
			choice->skips = choice->skips && strncmp(line->text, "AND ", 4) == 0;
			if (line->conditions[c].word)
				add_word(choice, line->conditions[c].word);
		}
	}
}

/* Every combination of words, with the switches as they are. */
static void check_words(struct query *query, const struct choice *choices, size_t param, bool whole)
{
	if (param == query->statement->param_count) {
		check_variant(query, whole);
		return;
	}
	const struct choice *choice = &choices[param];
	for (size_t i = 0; i < choice->word_count; i++) {
		query->params[param] = param_text(choice->words[i]);
		check_words(query, choices, param + 1, whole);
	}
	if (choice->word_count > 0)
		query->params[param] = param_text("another word");
	if (choice->word_count == 0 || choice->skips)
		check_words(query, choices, param + 1, whole);
}

static bool is_switch(const struct choice *choice)
{
	return choice->is_condition && choice->word_count == 0;
}

/* The switches: none, all, each by itself, all but each. */
static void check_statement(const struct statement *statement)
{
	struct choice choices[SQL_MAX_PARAMS];

	read_choices(statement, choices);
	for (int all = 0; all <= 1; all++) {
		for (int odd = -1; odd < statement->param_count; odd++) {
			struct query query = { .statement = statement };
			if (odd >= 0 && !is_switch(&choices[odd]))
				continue;
			for (int i = 0; i < statement->param_count; i++)
				query.params[i].set = is_switch(&choices[i]) && all != (i == odd);
			check_words(&query, choices, 0, all && odd < 0);
		}
	}
}

int main(void)
{
	const char *url = getenv("DATABASE_URL");
	int statement_count = 0;

	conn = PQconnectdb(url ? url : "");
	PQclear(PQexec(conn, "SET search_path = daybook"));
	if (PQstatus(conn) != CONNECTION_OK) {
		fprintf(stderr, "statements: %s", PQerrorMessage(conn));
		return 2;
	}
	for (const struct statement *const *s = all_statements; *s; s++) {
		check_statement(*s);
		statement_count++;
	}
	PQfinish(conn);
	printf("%d statements, %d variants, %d faults\n", statement_count, variant_count,
	       fault_count);
	return fault_count > 0;
}

#include "web/listing.h"

#include <string.h>

#include "web/answer.h"
#include "web/ask.h"

enum { MAX_BYTES = 4 << 20, SPILL_BYTES = 1 << 18, ARENA_BYTES = 1 << 16 };
enum { FEW_ROWS = 2 };

/* Puts one row, unless the answer would grow too large; the first row is always put. */
static bool put_row(struct listing *l, const struct result *rows, int row)
{
	struct json before = l->json;
	size_t len = l->json.out->len;

	json_value(&l->json, NULL);
	result_put_row(l->json.out, rows, row);
	if (l->shown == 0 || answer_size(l->req) <= MAX_BYTES)
		return true;
	l->json = before;
	l->json.out->len = len;
	return false;
}

/* Whether the row came without the column that would not fit. Not every form of a list has it. */
static bool is_cut(const struct listing *l, const struct result *rows, int row)
{
	const char *large = l->list->large;

	return large && result_has(rows, large) && !result_text(rows, row, large);
}

/* Puts the next row; false when it came cut, or when the page is full without it. */
static bool take_row(struct listing *l, const struct result *rows, int row)
{
	if (l->shown < l->limit && is_cut(l, rows, row))
		return false;
	l->more = l->shown == l->limit || !put_row(l, rows, row);
	return !l->more;
}

/* Puts the rows of a portion; `*put` counts them. */
static enum err put_portion(struct listing *l, const struct result *rows, int *put)
{
	for (*put = 0; *put < rows->row_count && take_row(l, rows, *put); ++*put) {
		l->shown++;
		TRY(answer_spill(l->req, SPILL_BYTES));
	}
	if (*put > 0) {
		const char *key = result_text(rows, *put - 1, "_key");
		l->key = arena_copy(l->req->arena, key, strlen(key));
		l->id = result_uuid(rows, *put - 1, "id");
	}
	return OK;
}

/* How many rows to ask for after those: few if one was cut, and more and more if none was. */
static int64_t next_rows(const struct listing *l, int64_t asked, bool cut)
{
	int64_t rows = 2 * asked, left = l->limit - l->shown + 1;

	if (cut)
		rows = asked > FEW_ROWS ? FEW_ROWS : 1;
	return rows < left ? rows : left;
}

/* Asks for the rows behind those that are shown. The portion before them is gone. */
static enum err ask_portion(struct listing *l, struct arena *arena, int64_t rows,
			    struct result *out)
{
	struct request *req = l->req;

	if (l->shown > 0)
		list_go_on(l->list, l->key, l->id);
	list_take(l->list, rows);
	arena_reset(arena);
	enum err err = db_run(req->db, arena, &req->scope, &l->list->page, 1, out);
	return err == OK ? OK : ask_failed(req, err);
}

/* Whether rows are still to come behind those of a portion. */
static bool goes_on(const struct listing *l, const struct result *rows, int put, int64_t asked)
{
	return !l->more && (put < rows->row_count || rows->row_count == asked);
}

enum err listing_put(struct listing *l, struct result rows)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	int64_t asked = l->limit + 1;
	int put;
	enum err err = put_portion(l, &rows, &put);

	while (err == OK && goes_on(l, &rows, put, asked)) {
		asked = next_rows(l, asked, put < rows.row_count);
		err = ask_portion(l, arena, asked, &rows);
		if (err == OK)
			err = put_portion(l, &rows, &put);
	}
	arena_free(arena);
	return err;
}

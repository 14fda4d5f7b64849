#include "change_rows.h"

#include <stdlib.h>
#include <string.h>

#include "sql/changes.h"
#include "web/ask.h"

enum { TOMBSTONES = CHANGE_STREAMS - 1 }; /* their stream */

#define SPAN                                                                                       \
	struct integer epoch, const char *xid, const char *type, struct uuid id, struct integer rows

/* The only resources with texts so long that a page of them is too much at once. */
static struct query find_journals(SPAN)
{
	return sql_change_journals(epoch, xid, type, id, rows,
				   (struct integer){ CHANGE_PAGE_BYTES, true });
}

/* The cursors that are out have the number of a type, which is its place here: new ones come last.
 */
static const struct {
	const char *word;
	struct query (*find)(SPAN);
	const char *id; /* the column */
} streams[CHANGE_STREAMS] = {
	{ "task", sql_change_tasks, "id" },
	{ "project", sql_change_projects, "id" },
	{ "category", sql_change_categories, "id" },
	{ "journal", find_journals, "id" },
	{ "mood", sql_change_moods, "id" },
	{ "user", sql_change_users, "id" },
	{ "notification", sql_change_notifications, "id" },
	{ "preferences", sql_change_preferences, "_id" },
	{ "deletion", sql_change_deletions, "id" },
};

static size_t stream_of(const char *word)
{
	size_t i = 0;

	while (strcmp(streams[i].word, word) != 0)
		i++;
	return i;
}

uint8_t change_type_number(const char *word)
{
	return (uint8_t)(stream_of(word) + 1);
}

const char *change_type_word(uint8_t number)
{
	return number > 0 ? streams[number - 1].word : "";
}

/* Notes the place of a stream's next row. */
static void find_place(struct change_stream *stream, size_t number)
{
	const struct result *found = &stream->found;
	int row = stream->next;

	if (row == found->row_count)
		return;
	stream->place = (struct change_place){
		.epoch = strtoull(result_text(found, row, "_change_epoch"), NULL, 10),
		.xid = strtoull(result_text(found, row, "_change_xid"), NULL, 10),
		.type = number == TOMBSTONES ? change_type_number(result_text(found, row, "_type"))
					     : (uint8_t)(number + 1),
		.id = result_uuid(found, row, streams[number].id),
	};
}

static struct query query_of(struct request *req, size_t number, const struct change_place *after,
			     struct integer limit)
{
	const char *xid = arena_printf(req->arena, "%llu", (unsigned long long)after->xid);

	return streams[number].find((struct integer){ (int64_t)after->epoch, true }, xid,
				    change_type_word(after->type), after->id, limit);
}

/* The number of the stream that is asked for ahead; tasks are what most people have most of. */
static size_t number_ahead(const struct change_place *after)
{
	return after->type > 0 ? after->type - 1U : 0;
}

struct change_stream *change_rows_ahead(struct change_rows *rows, const struct change_place *after)
{
	return &rows->streams[number_ahead(after)];
}

struct query change_rows_query(struct request *req, const struct change_place *after,
			       struct integer limit)
{
	return query_of(req, number_ahead(after), after, limit);
}

enum err change_rows_read(struct request *req, const struct result *page,
			  const struct change_place *after, const struct change_place *last,
			  struct change_rows *rows)
{
	struct query queries[CHANGE_STREAMS] = { 0 };
	struct result results[CHANGE_STREAMS];
	size_t numbers[CHANGE_STREAMS], count = 0;

	for (int i = 0; i < page->row_count; i++) {
		size_t number = stream_of(result_text(page, i, "_type"));
		if (number == number_ahead(after))
			continue;
		numbers[count] = number;
		queries[count++] = query_of(req, number, after, result_integer(page, i, "_count"));
	}
	if (count > 0)
		TRY(ask_all(req, queries, count, results));
	for (size_t i = 0; i < count; i++)
		rows->streams[numbers[i]].found = results[i];
	for (size_t i = 0; i < CHANGE_STREAMS; i++) {
		rows->streams[i].may_cut = result_has(&rows->streams[i].found, "_cut");
		find_place(&rows->streams[i], i);
	}
	rows->last = *last;
	return OK;
}

static int compare(const struct change_place *a, const struct change_place *b)
{
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	if (a->xid != b->xid)
		return a->xid < b->xid ? -1 : 1;
	int types = strcmp(change_type_word(a->type), change_type_word(b->type));
	return types ? types : memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
}

bool change_rows_look(struct change_rows *rows, struct change *out)
{
	struct change_stream *first = NULL;

	for (size_t i = 0; i < CHANGE_STREAMS; i++) {
		struct change_stream *each = &rows->streams[i];
		if (each->next < each->found.row_count &&
		    (!first || compare(&each->place, &first->place) < 0))
			first = each;
	}
	if (!first || compare(&first->place, &rows->last) > 0)
		return false;
	*out = (struct change){
		.place = first->place,
		.type = change_type_word(first->place.type),
		.deleted = first == &rows->streams[TOMBSTONES],
		.cut = first->may_cut && result_bool(&first->found, first->next, "_cut"),
		.stream = first,
	};
	return true;
}

void change_take(struct change *change)
{
	struct change_stream *stream = change->stream;

	stream->next++;
	find_place(stream, change->deleted ? TOMBSTONES : change->place.type - 1U);
}

void change_put_resource(const struct change *change, struct buf *out)
{
	result_put_row(out, &change->stream->found, change->stream->next);
}

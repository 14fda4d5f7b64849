/* cursor.h -- where a list goes on: the sort key and id of the last row seen. They are signed
 * together with user, path, filter and order, so that a cursor fits nowhere else. */
#ifndef CURSOR_H
#define CURSOR_H

#include "web/request.h"

/* The cursor behind a row with this sort key and id; it belongs to the arena. */
const char *cursor_make(struct request *req, const char *key, const struct uuid *id);

/* Reads page->cursor into after_key and after_id; false if it is not one of this list's. */
bool cursor_read(struct request *req, struct page *page);

#endif

/* reply.h -- the success answers of a resource. Each asks the database, and then is the whole
 * answer of a handler: `return reply_row(req, sql_mood_get(req->id));`. */
#ifndef REPLY_H
#define REPLY_H

#include "base/crypto.h"
#include "db/result.h"
#include "web/request.h"

/* 200 with the row; no row is 404, or 403 when it is somebody else's. GET answers 304 when
 * If-None-Match has its ETag. */
enum err reply_row(struct request *req, struct query query);

/* 201 with the row and its Location. When `query` made nothing because the client's own id is in
 * use, `existing` decides: the same content is 200, other content 409. */
enum err reply_created(struct request *req, struct query query, struct query existing);

/* 200 with the changed row. When `query` changed nothing, `current` tells why: its conditions did
 * not hold (see condition_check()), or there is no such row. */
enum err reply_changed(struct request *req, struct query query, struct query current);

/* 204 after a deletion; misses as for reply_changed(). */
enum err reply_deleted(struct request *req, struct query query, struct query current);

/* The answer when a change found no row: what `current` shows does not meet its conditions, or
 * there is no such row. */
enum err reply_unchanged(struct request *req, struct query current);

/* Answers with the first row as it is, under its ETag. */
enum err reply_with_row(struct request *req, int status, const struct result *rows);

/* These rows, as the member route->list. */
enum err reply_rows(struct request *req, const struct result *rows);

/* All rows of a query at once, as the member route->list. */
enum err reply_list(struct request *req, struct query query);

/* A page of a list, with the total unless the page continues another. */
enum err reply_page(struct request *req, const struct page *page, struct list_query list);

/* reply_tagged() with the JSON in the answer's body. */
enum err reply_digested(struct request *req);

/* 200 with what the handler has written as the answer's body or spool, under this digest of it as
 * its ETag; 304 when If-None-Match has that. */
enum err reply_tagged(struct request *req, const uint8_t digest[SHA256_BYTES],
		      const char *media_type);

/* 200 with the JSON in the spool, to be saved as the route's attachment. */
enum err reply_spooled(struct request *req, struct spool *spool);

#endif

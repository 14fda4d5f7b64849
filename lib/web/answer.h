/* answer.h -- status, headers and body of an answer, before it is sent. */
#ifndef ANSWER_H
#define ANSWER_H

#include "web/request.h"

/* Begins the answer; once a request. */
void answer_start(struct request *req, int status);

void answer_header(struct request *req, const char *name, const char *value);

/* Moves the body to a spool if it has more than `keep_bytes`; what is put afterwards comes behind
 * it. Refuses when there is no room on the disk. */
enum err answer_spill(struct request *req, size_t keep_bytes) __attribute__((warn_unused_result));

/* How many bytes of the body there are. */
size_t answer_size(const struct request *req);

/* Ends an answer without a body. */
enum err answer_empty(struct request *req, int status);

#define JSON_MEDIA_TYPE "application/json; charset=utf-8"

/* Ends an answer whose JSON the caller has put into the body. */
enum err answer_json(struct request *req);

/* Takes the answer back down to the first `head_len` bytes of its head, so that another can be
 * given. */
void answer_reset(struct request *req, size_t head_len);

#endif

#include "web/answer.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "web/refuse.h"
#include "web/spool.h"

void answer_header(struct request *req, const char *name, const char *value)
{
	buf_puts(req->answer.head, name);
	buf_put(req->answer.head, ": ", 2);
	buf_puts(req->answer.head, value);
	buf_put(req->answer.head, "\r\n", 2);
}

void answer_start(struct request *req, int status)
{
	assert(req->answer.status == 0);
	req->answer.status = status;
}

enum err answer_spill(struct request *req, size_t keep_bytes)
{
	if (req->answer.body->len <= keep_bytes)
		return OK;
	if (!req->answer.spool)
		req->answer.spool = spool_open(req->arena);
	if (!req->answer.spool || !spool_put(req->answer.spool, req->answer.body))
		return refuse(req, ERR_UNAVAILABLE);
	return OK;
}

size_t answer_size(const struct request *req)
{
	size_t spooled = req->answer.spool ? spool_size(req->answer.spool) : 0;

	return spooled + req->answer.body->len;
}

enum err answer_empty(struct request *req, int status)
{
	answer_start(req, status);
	return OK;
}

enum err answer_json(struct request *req)
{
	answer_header(req, "Content-Type", JSON_MEDIA_TYPE);
	return OK;
}

void answer_reset(struct request *req, size_t head_len)
{
	struct buf *head = req->answer.head, *body = req->answer.body;

	head->len = head_len;
	buf_clear(body);
	req->faults = (struct faults){ req->arena };
	req->answer = (typeof(req->answer)){ .head = head, .body = body };
}

#include "send.h"

#include "spool.h"

static const char *reason_phrase(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 202:
		return "Accepted";
	case 204:
		return "No Content";
	case 304:
		return "Not Modified";
	default:
		return "Error";
	}
}

static void send_body(const struct request *req, FCGX_Stream *out)
{
	char part[65536];
	size_t len, offset = 0;

	if (!req->spool) {
		FCGX_PutStr(req->body->data, (int)req->body->len, out);
		return;
	}
	while ((len = spool_read(req->spool, offset, part, sizeof part)) > 0) {
		FCGX_PutStr(part, (int)len, out);
		offset += len;
	}
}

void send_answer(struct request *req, FCGX_Request *fcgi)
{
	bool no_body = req->status == 204 || req->status == 304;
	bool cacheable = req->etag_given && (req->method == GET || req->method == HEAD);

	buf_puts(req->head, "Status: ");
	buf_put_int(req->head, req->status);
	buf_putc(req->head, ' ');
	buf_puts(req->head, reason_phrase(req->status));
	buf_puts(req->head, "\r\n");
	if (!no_body) {
		size_t len = req->spool ? spool_size(req->spool) : req->body->len;
		buf_puts(req->head, "Content-Length: ");
		buf_put_int(req->head, (int64_t)len);
		buf_puts(req->head, "\r\n");
	}
	buf_puts(req->head, cacheable ? "Cache-Control: private, no-cache\r\n"
				      : "Cache-Control: no-store\r\n");
	buf_puts(req->head, "\r\n");
	FCGX_PutStr(req->head->data, (int)req->head->len, fcgi->out);
	if (!no_body && req->method != HEAD)
		send_body(req, fcgi->out);
	FCGX_FClose(fcgi->err);
	FCGX_FClose(fcgi->out);
}

#include "web/send.h"

#include <errno.h>
#include <fastcgi.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "daemon/log.h"
#include "web/spool.h"

/* What libfcgi sends in one call, and what fits into a record. */
enum { STREAM_BYTES = 8000, RECORD_BYTES = 65535 };

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

/* Head and body as one FastCGI record in one system call. libfcgi makes a call for each 8 kB, and
 * of a worker that is killed in between nginx passes on the first part as if it were the whole. */
static void send_record(const struct request *req, const FCGX_Request *fcgi)
{
	size_t len = req->head->len + req->body->len;
	FCGI_Header header = { .version = FCGI_VERSION_1,
			       .type = FCGI_STDOUT,
			       .requestIdB1 = (unsigned char)(fcgi->requestId >> 8),
			       .requestIdB0 = (unsigned char)fcgi->requestId,
			       .contentLengthB1 = (unsigned char)(len >> 8),
			       .contentLengthB0 = (unsigned char)len };
	struct iovec parts[] = { { &header, sizeof header },
				 { req->head->data, req->head->len },
				 { req->body->data, req->body->len } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 3 };

	if (sendmsg(fcgi->ipcFd, &message, MSG_NOSIGNAL) < 0)
		log_event(LEVEL_DEBUG, "answer_lost", "%s", strerror(errno));
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
	bool body = !no_body && req->method != HEAD;
	size_t total = req->head->len + req->body->len;
	if (body && !req->spool && total > STREAM_BYTES && total <= RECORD_BYTES) {
		send_record(req, fcgi);
	} else {
		FCGX_PutStr(req->head->data, (int)req->head->len, fcgi->out);
		if (body)
			send_body(req, fcgi->out);
	}
	FCGX_FClose(fcgi->err);
	FCGX_FClose(fcgi->out);
}

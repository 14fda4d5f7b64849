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
	size_t len = req->answer.head->len + req->answer.body->len;
	FCGI_Header header = { .version = FCGI_VERSION_1,
			       .type = FCGI_STDOUT,
			       .requestIdB1 = (unsigned char)(fcgi->requestId >> 8),
			       .requestIdB0 = (unsigned char)fcgi->requestId,
			       .contentLengthB1 = (unsigned char)(len >> 8),
			       .contentLengthB0 = (unsigned char)len };
	struct iovec parts[] = { { &header, sizeof header },
				 { req->answer.head->data, req->answer.head->len },
				 { req->answer.body->data, req->answer.body->len } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 3 };

	if (sendmsg(fcgi->ipcFd, &message, MSG_NOSIGNAL) < 0)
		log_event(LEVEL_DEBUG, "answer_lost", "%s", strerror(errno));
}

static void send_body(const struct request *req, FCGX_Stream *out)
{
	char part[65536];
	size_t len, offset = 0;

	if (!req->answer.spool) {
		FCGX_PutStr(req->answer.body->data, (int)req->answer.body->len, out);
		return;
	}
	while ((len = spool_read(req->answer.spool, offset, part, sizeof part)) > 0) {
		FCGX_PutStr(part, (int)len, out);
		offset += len;
	}
}

void send_answer(struct request *req, FCGX_Request *fcgi)
{
	bool no_body = req->answer.status == 204 || req->answer.status == 304;
	bool cacheable = req->answer.tagged && (req->in.method == GET || req->in.method == HEAD);

	buf_puts(req->answer.head, "Status: ");
	buf_put_int(req->answer.head, req->answer.status);
	buf_putc(req->answer.head, ' ');
	buf_puts(req->answer.head, reason_phrase(req->answer.status));
	buf_puts(req->answer.head, "\r\n");
	if (!no_body) {
		size_t len =
			req->answer.spool ? spool_size(req->answer.spool) : req->answer.body->len;
		buf_puts(req->answer.head, "Content-Length: ");
		buf_put_int(req->answer.head, (int64_t)len);
		buf_puts(req->answer.head, "\r\n");
	}
	buf_puts(req->answer.head, cacheable ? "Cache-Control: private, no-cache\r\n"
					     : "Cache-Control: no-store\r\n");
	buf_puts(req->answer.head, "\r\n");
	bool body = !no_body && req->in.method != HEAD;
	size_t total = req->answer.head->len + req->answer.body->len;
	if (body && !req->answer.spool && total > STREAM_BYTES && total <= RECORD_BYTES) {
		send_record(req, fcgi);
	} else {
		FCGX_PutStr(req->answer.head->data, (int)req->answer.head->len, fcgi->out);
		if (body)
			send_body(req, fcgi->out);
	}
	FCGX_FClose(fcgi->err);
	FCGX_FClose(fcgi->out);
}

#include "web/send.h"

#include "web/fastcgi_record.h"
#include "web/spool.h"
#include "web/status.h"

enum {
	MAX_RECORDS = 16,      /* of one system call: a mebibyte */
	SPOOL_BYTES = 1 << 17, /* of a large body at a time */
};

/* Records for one system call. */
struct frames {
	uint8_t headers[MAX_RECORDS][FASTCGI_HEADER_BYTES],
		end[FASTCGI_HEADER_BYTES + FASTCGI_END_BYTES];
	struct iovec parts[3 * MAX_RECORDS + 1];
	size_t records, count;
};

static void add_part(struct frames *frames, void *data, size_t len)
{
	if (len > 0)
		frames->parts[frames->count++] = (struct iovec){ data, len };
}

/* Takes `len` bytes off the text. */
static void add_text(struct frames *frames, struct iovec *text, size_t len)
{
	add_part(frames, text->iov_base, len);
	text->iov_base = (char *)text->iov_base + len;
	text->iov_len -= len;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Takes as much off the head, then off the body, as fits into the records. */
static void fill(struct frames *frames, const struct fastcgi *in, struct iovec *head,
		 struct iovec *body)
{
	frames->records = frames->count = 0;
	while (frames->records < MAX_RECORDS && head->iov_len + body->iov_len > 0) {
		uint8_t *header = frames->headers[frames->records++];
		size_t len = smaller(head->iov_len + body->iov_len, FASTCGI_MAX_CONTENT);
		fastcgi_put_header(header, FASTCGI_STDOUT, in->id, len);
		add_part(frames, header, FASTCGI_HEADER_BYTES);
		size_t of_head = smaller(head->iov_len, len);
		add_text(frames, head, of_head);
		add_text(frames, body, len - of_head);
	}
}

/* The end of the stream and that of the request. */
static void add_end(struct frames *frames, const struct fastcgi *in)
{
	fastcgi_put_end(fastcgi_put_header(frames->end, FASTCGI_STDOUT, in->id, 0), in->id,
			FASTCGI_COMPLETE);
	add_part(frames, frames->end, sizeof frames->end);
}

/* Sends head and body, and with `whole` the end of the answer behind them. */
static bool send_texts(const struct request *req, struct peer *peer, struct iovec head,
		       struct iovec body, bool whole)
{
	struct frames frames;

	do {
		fill(&frames, &peer->in, &head, &body);
		if (whole && head.iov_len + body.iov_len == 0) {
			add_end(&frames, &peer->in);
		}
		if (!peer_write(peer, frames.parts, frames.count, req->web->transfer_timeout_s))
			return false;
	} while (head.iov_len + body.iov_len > 0);
	return true;
}

static bool send_spool(const struct request *req, struct peer *peer, struct iovec head)
{
	char part[SPOOL_BYTES];
	size_t size = spool_size(req->answer.spool), offset = 0;

	do {
		size_t len = spool_read(req->answer.spool, offset, part, sizeof part);
		offset += len;
		if ((len == 0 && offset < size) ||
		    !send_texts(req, peer, head, (struct iovec){ part, len }, offset >= size))
			return false;
		head.iov_len = 0;
	} while (offset < size);
	return true;
}

/* The rest of the head: what follows from the answer as a whole. */
static void end_head(struct request *req, bool has_length)
{
	bool cacheable = req->answer.tagged && (req->in.method == GET || req->in.method == HEAD);
	struct buf *head = req->answer.head;

	buf_puts(head, "Status: ");
	buf_put_int(head, req->answer.status);
	buf_putc(head, ' ');
	buf_puts(head, status_phrase(req->answer.status));
	if (has_length) {
		buf_puts(head, "\r\nContent-Length: ");
		buf_put_int(head, (int64_t)(req->answer.spool ? spool_size(req->answer.spool)
							      : req->answer.body->len));
	}
	buf_puts(head, cacheable ? "\r\nCache-Control: private, no-cache\r\n\r\n"
				 : "\r\nCache-Control: no-store\r\n\r\n");
}

bool send_answer(struct request *req, struct peer *peer)
{
	bool has_body = req->answer.status != 204 && req->answer.status != 304;

	end_head(req, has_body);
	if (req->in.method == HEAD)
		has_body = false;
	struct iovec head = { req->answer.head->data, req->answer.head->len };
	if (has_body && req->answer.spool)
		return send_spool(req, peer, head);
	struct iovec body = { req->answer.body->data, has_body ? req->answer.body->len : 0 };
	return send_texts(req, peer, head, body, true);
}

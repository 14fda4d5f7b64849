/* mime.h -- mails as bytes: a head, a text and an HTML part (RFC 5322, 2045, 2046, 2047).
 *
 * Every line ends in CRLF and has fewer than 80 characters but for those of addresses and links.
 * The same message always gives the same bytes, so that a mail that is sent again is the same mail.
 * No text can end its header or its part: controls are replaced, all else is encoded. */
#ifndef MIME_H
#define MIME_H

#include <stdint.h>

#include "base/buf.h"
#include "net/envelope.h"

struct mime_message {
	struct mailbox from;
	const char *to; /* an address */
	const char *subject;
	int64_t date_us;	 /* since 1970-01-01 UTC */
	const char *id;		 /* of 1 to 40 letters, digits and hyphens; other for each mail */
	const char *domain;	 /* of the Message-ID, behind the id */
	const char *unsubscribe; /* the link of one click (RFC 8058), or NULL */
	const struct buf *text, *html; /* the parts: UTF-8, lines end in LF */
};

/* Appends the whole message. */
void mime_put_message(struct buf *out, const struct mime_message *message);

/* Appends the header `name: text`. A text that is no short line of ASCII becomes encoded words (RFC
 * 2047), folded, none cut within a character; control characters become spaces. */
void mime_put_header(struct buf *out, const char *name, const char *text);

/* Appends a text as quoted-printable (RFC 2045 section 6.7), its line ends as CRLF. No line begins
 * with a dot, which SMTP would take for the end. */
void mime_put_quoted(struct buf *out, const char *text, size_t len);

/* Appends one line of text within another: its control characters, line breaks and Unicode's line
 * separators become spaces. */
void mime_put_line(struct buf *out, const char *text);

#endif

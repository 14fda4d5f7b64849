#include "net/mime.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

enum {
	LINE_BYTES = 76, /* without CRLF; RFC 2045 section 6.7 and RFC 2047 section 2 */
	WORD_BYTES = 39, /* of an encoded word, which then has 12 + 4 * 39 / 3 = 64 characters */
	NEL = 0x85,	 /* next line */
	LINE_SEPARATOR = 0x2028,
	PARAGRAPH_SEPARATOR = 0x2029,
};

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == LINE_SEPARATOR ||
	       c == PARAGRAPH_SEPARATOR;
}

void mime_put_line(struct buf *out, const char *text)
{
	while (*text) {
		const char *from = text;
		if (is_control(utf8_decode(&text)))
			buf_putc(out, ' ');
		else
			buf_put(out, from, (size_t)(text - from));
	}
}

/* Whether a text may stand in a header as it is: printable ASCII, short enough for one line,
 * without what reads as an encoded word, and without spaces that would get lost. */
static bool is_plain(const char *text, size_t len, size_t room)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return len == 0 || (len <= room && text[0] != ' ' && text[len - 1] != ' ' &&
			    !memmem(text, len, "=?", 2));
}

static void put_word(struct buf *out, const char *text, size_t len)
{
	char *base64 = NULL;

	buf_puts(out, "=?UTF-8?B?");
	base64 = buf_reserve(out, WORD_BYTES * 2);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)text,
					    (int)len);
	buf_puts(out, "?=");
}

/* Encoded words, one a line; the first one follows what is on the line already. */
static void put_words(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *next = text, *from = text;
		while (next < end) {
			const char *behind = next;
			(void)utf8_decode(&behind);
			if (behind - from > WORD_BYTES)
				break;
			next = behind;
		}
		put_word(out, from, (size_t)(next - from));
		text = next;
		if (text < end)
			buf_puts(out, "\r\n ");
	}
}

static void put_text(struct buf *out, const char *text, size_t room)
{
	struct buf line = { 0 };

	mime_put_line(&line, text);
	if (is_plain(line.data, line.len, room))
		buf_put(out, line.data, line.len);
	else
		put_words(out, line.data, line.len);
	buf_free(&line);
}

void mime_put_header(struct buf *out, const char *name, const char *text)
{
	buf_puts(out, name);
	buf_puts(out, ": ");
	put_text(out, text, LINE_BYTES - strlen(name) - 2);
	buf_puts(out, "\r\n");
}

/* `From: Daybook <daybook@example.org>`: a name of other than letters, digits and spaces is
 * encoded, since it would need quotes. */
static void put_from(struct buf *out, const struct mailbox *from)
{
	static const char atoms[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789 ";
	size_t len = strlen(from->name);

	buf_puts(out, "From: ");
	if (len == 0) {
		buf_printf(out, "%s\r\n", from->address);
		return;
	}
	if (strspn(from->name, atoms) == len && is_plain(from->name, len, LINE_BYTES / 2))
		buf_puts(out, from->name);
	else
		put_words(out, from->name, len);
	buf_printf(out, "\r\n <%s>\r\n", from->address);
}

/* RFC 5322 section 3.3, whatever the locale. */
static void put_date(struct buf *out, int64_t us)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = us / 1000000;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_printf(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
		   tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		   tm.tm_sec);
}

/* Appends one character or escape; a line is cut before it, never within. */
static void put_quoted(struct buf *out, size_t *column, const char *piece, size_t len)
{
	if (*column + len >= LINE_BYTES) { /* one is left for the `=` */
		buf_puts(out, "=\r\n");
		*column = 0;
	}
	if (*column == 0 && *piece == '.') {
		piece = "=2E";
		len = 3;
	}
	buf_put(out, piece, len);
	*column += len;
}

void mime_put_quoted(struct buf *out, const char *text, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool ends = i + 1 == len || text[i + 1] == '\n';
		char piece[4];

		if (c == '\n') {
			buf_puts(out, "\r\n");
			column = 0;
			continue;
		}
		bool literal = (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && !ends);
		int size = snprintf(piece, sizeof piece, literal ? "%c" : "=%02X", c);
		put_quoted(out, &column, piece, (size_t)size);
	}
}

/* `=_` cannot come out of quoted-printable, so no part holds the boundary. */
static void put_part(struct buf *out, const char *id, const char *type, const struct buf *part)
{
	buf_printf(out,
		   "--=_%s\r\n"
		   "Content-Type: %s; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n"
		   "\r\n",
		   id, type);
	mime_put_quoted(out, part->data, part->len);
	buf_puts(out, "\r\n");
}

void mime_put_message(struct buf *out, const struct mime_message *message)
{
	assert(envelope_is_address(message->from.address) && envelope_is_address(message->to));
	put_from(out, &message->from);
	buf_printf(out, "To: %s\r\n", message->to);
	mime_put_header(out, "Subject", message->subject);
	put_date(out, message->date_us);
	buf_printf(out, "Message-ID: <%s@%s>\r\n", message->id, message->domain);
	buf_puts(out, "MIME-Version: 1.0\r\n"
		      "Auto-Submitted: auto-generated\r\n"
		      "Content-Language: en\r\n");
	if (message->unsubscribe)
		buf_printf(out,
			   "List-Unsubscribe: <%s>\r\n"
			   "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
			   message->unsubscribe);
	buf_printf(out, "Content-Type: multipart/alternative;\r\n boundary=\"=_%s\"\r\n\r\n",
		   message->id);
	put_part(out, message->id, "text/plain", message->text);
	put_part(out, message->id, "text/html", message->html);
	buf_printf(out, "--=_%s--\r\n", message->id);
}

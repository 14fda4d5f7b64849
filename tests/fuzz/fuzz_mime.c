/* fuzz_mime.c -- any text as a subject and as both parts: the lines of a mail are short, its head
 * has the headers that it must have, and each text comes back as it was. */
#include "net/mime.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "net/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every line ends in CRLF, and none is longer than SMTP takes it or begins with a dot. */
static void check_lines(const struct buf *mail, size_t longest)
{
	size_t column = 0;

	for (size_t i = 0; i < mail->len; i++) {
		char c = mail->data[i];
		assert(c >= 0x20 || c == '\r' || c == '\n');
		assert((c == '\n') == (i > 0 && mail->data[i - 1] == '\r'));
		assert(column > 0 || c != '.');
		column = c == '\n' ? 0 : column + (c != '\r');
		assert(column <= longest);
	}
	assert(column == 0 || longest == 76);
}

static int hex(char c)
{
	const char *digits = "0123456789ABCDEF", *at = strchr(digits, c);

	assert(at && c);
	return (int)(at - digits);
}

static void check_quoted(const char *text, size_t len)
{
	struct buf quoted = { 0 }, read = { 0 };

	mime_put_quoted(&quoted, text, len);
	check_lines(&quoted, 76);
	for (size_t i = 0; i < quoted.len; i++) {
		const char *c = quoted.data + i;
		if (*c == '\r') {
			buf_putc(&read, '\n');
			i++;
		} else if (*c == '=') {
			if (c[1] != '\r')
				buf_putc(&read, (char)(16 * hex(c[1]) + hex(c[2])));
			i += 2;
		} else {
			buf_putc(&read, *c);
		}
	}
	assert(read.len == len && (len == 0 || memcmp(read.data, text, len) == 0));
	buf_free(&quoted);
	buf_free(&read);
}

/* The text of one encoded word; returns where it ends. */
static const char *read_word(const char *word, struct buf *out)
{
	const char *begin = word + strlen("=?UTF-8?B?"), *end = strstr(begin, "?=");
	unsigned char bytes[64];

	assert(strncmp(word, "=?UTF-8?B?", 10) == 0 && end && end - word <= 73);
	int len = EVP_DecodeBlock(bytes, (const unsigned char *)begin, (int)(end - begin));
	assert(len >= 0);
	len -= (end[-1] == '=') + (end[-2] == '=');
	assert(utf8_valid((const char *)bytes, (size_t)len));
	buf_put(out, bytes, (size_t)len);
	return end + 2;
}

static void check_header(const char *text)
{
	struct buf header = { 0 }, line = { 0 }, read = { 0 };

	mime_put_header(&header, "Subject", text);
	check_lines(&header, 76);
	mime_put_line(&line, text);
	buf_putc(&header, '\0');
	const char *at = header.data + strlen("Subject: ");
	if (strncmp(at, "=?", 2) != 0) {
		buf_put(&read, at, strlen(at) - 2);
	} else {
		while (strcmp(at, "\r\n") != 0)
			at = read_word(strncmp(at, "\r\n ", 3) == 0 ? at + 3 : at, &read);
	}
	assert(read.len == line.len &&
	       (line.len == 0 || memcmp(read.data, line.data, line.len) == 0));
	buf_free(&header);
	buf_free(&line);
	buf_free(&read);
}

static void check_message(const char *text)
{
	static const char head[] = "From: a@b.org\r\nTo: c@d.org\r\nSubject: ";
	struct buf plain = { 0 }, html = { 0 }, out = { 0 };

	buf_puts(&plain, text);
	html_put_text(&html, text);
	mime_put_message(&out, &(struct mime_message){ .from = { "", "a@b.org" },
						       .to = "c@d.org",
						       .subject = text,
						       .id = "1",
						       .domain = "b.org",
						       .text = &plain,
						       .html = &html });
	check_lines(&out, 78);
	assert(memcmp(out.data, head, strlen(head)) == 0);
	const char *end = memmem(out.data, out.len, "\r\n\r\n", 4);
	int headers = 0;
	for (const char *at = out.data; at < end; at++)
		headers += at[0] == '\n' && at[1] != ' ';
	assert(headers == 8);
	buf_free(&plain);
	buf_free(&html);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_quoted((const char *)data, size);
	if (!utf8_valid((const char *)data, size) || memchr(data, '\0', size))
		return 0;
	char *text = strndup((const char *)data, size);
	check_header(text);
	check_message(text);
	free(text);
	return 0;
}

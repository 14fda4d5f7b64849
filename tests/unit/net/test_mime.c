/* test_mime.c -- mails as bytes. */
#include "net/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define E_ACUTE "\xc3\xa9"
#define SMILE "\xf0\x9f\x98\x80"

static void assert_buf(struct buf *buf, const char *expected)
{
	buf_putc(buf, '\0');
	assert_string_equal(buf->data, expected);
	buf_free(buf);
}

static void assert_header(const char *text, const char *expected)
{
	struct buf buf = { 0 };

	mime_put_header(&buf, "Subject", text);
	assert_buf(&buf, expected);
}

static void test_headers(void **state)
{
	(void)state;
	assert_header("", "Subject: \r\n");
	assert_header("Pay rent is due", "Subject: Pay rent is due\r\n");
	assert_header("Caf" E_ACUTE, "Subject: =?UTF-8?B?Q2Fmw6k=?=\r\n");
	/* What would read as an encoded word, or lose its spaces, is encoded, too. */
	assert_header("=?UTF-8?Q?x?=", "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n");
	assert_header(" x", "Subject: =?UTF-8?B?IHg=?=\r\n");
	assert_header("x\t", "Subject: =?UTF-8?B?eCA=?=\r\n");
	/* A line break becomes a space each, and cannot begin a header. */
	assert_header("a\r\nBcc: x@y.org", "Subject: a  Bcc: x@y.org\r\n");
	assert_header("a\xe2\x80\xa8"
		      "b\xc2\x85"
		      "c\x7f"
		      "d",
		      "Subject: a b c d\r\n");
}

static void test_long_headers(void **state)
{
	(void)state;
	/* 67 characters fill the line of 76. */
	assert_header("0123456789012345678901234567890123456789012345678901234567890123456",
		      "Subject: "
		      "0123456789012345678901234567890123456789012345678901234567890123456\r\n");
	assert_header(
		"01234567890123456789012345678901234567890123456789012345678901234567",
		"Subject: =?UTF-8?B?MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4?=\r\n"
		" =?UTF-8?B?OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc=?=\r\n");
	/* 9 characters of 4 bytes fit into a word of 39, a tenth does not in part. */
	assert_header(SMILE SMILE SMILE SMILE SMILE SMILE SMILE SMILE SMILE SMILE,
		      "Subject: =?UTF-8?B?8J+YgPCfmIDwn5iA8J+YgPCfmIDwn5iA8J+YgPCfmIDwn5iA?=\r\n"
		      " =?UTF-8?B?8J+YgA==?=\r\n");
}

static void assert_quoted(const char *text, const char *expected)
{
	struct buf buf = { 0 };

	mime_put_quoted(&buf, text, strlen(text));
	assert_buf(&buf, expected);
}

static void test_quoted(void **state)
{
	(void)state;
	assert_quoted("", "");
	assert_quoted("a b", "a b");
	assert_quoted("a = b", "a =3D b");
	assert_quoted("caf" E_ACUTE, "caf=C3=A9");
	assert_quoted("one\ntwo\n", "one\r\ntwo\r\n");
	assert_quoted("end \nend\t\n ", "end=20\r\nend=09\r\n=20");
	assert_quoted("a\rb\r\n", "a=0Db=0D\r\n");
	assert_quoted(".\n.a\na.", "=2E\r\n=2Ea\r\na.");
	assert_quoted("From me", "From me");
}

static void test_quoted_lines(void **state)
{
#define FIFTY "01234567890123456789012345678901234567890123456789"
	(void)state;
	assert_quoted(FIFTY FIFTY, FIFTY "0123456789012345678901234=\r\n"
					 "5678901234567890123456789");
	/* An escape goes as a whole to the next line, and so does a dot, as one. */
	assert_quoted(FIFTY "01234567890123456789012=", FIFTY "01234567890123456789012=\r\n=3D");
	assert_quoted(FIFTY "0123456789012345678901234.", FIFTY "0123456789012345678901234=\r\n"
								"=2E");
}

static struct buf part(const char *text)
{
	struct buf buf = { 0 };

	buf_puts(&buf, text);
	return buf;
}

static void test_message(void **state)
{
	struct buf text = part("Hello\n"), html = part("<p>Hello</p>\n"), out = { 0 };
	struct mime_message message = {
		.from = { "Daybook", "daybook@example.org" },
		.to = "ada@example.com",
		.subject = "Hello",
		.date_us = INT64_C(1795799100123456),
		.id = "0192f0c1-0000",
		.domain = "example.org",
		.unsubscribe = "https://daybook.example/account/unsubscribe?token=x",
		.text = &text,
		.html = &html,
	};

	(void)state;
	mime_put_message(&out, &message);
	assert_buf(&out, "From: Daybook\r\n"
			 " <daybook@example.org>\r\n"
			 "To: ada@example.com\r\n"
			 "Subject: Hello\r\n"
			 "Date: Fri, 27 Nov 2026 17:05:00 +0000\r\n"
			 "Message-ID: <0192f0c1-0000@example.org>\r\n"
			 "MIME-Version: 1.0\r\n"
			 "Auto-Submitted: auto-generated\r\n"
			 "Content-Language: en\r\n"
			 "List-Unsubscribe: "
			 "<https://daybook.example/account/unsubscribe?token=x>\r\n"
			 "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
			 "Content-Type: multipart/alternative;\r\n"
			 " boundary=\"=_0192f0c1-0000\"\r\n"
			 "\r\n"
			 "--=_0192f0c1-0000\r\n"
			 "Content-Type: text/plain; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: quoted-printable\r\n"
			 "\r\n"
			 "Hello\r\n"
			 "\r\n"
			 "--=_0192f0c1-0000\r\n"
			 "Content-Type: text/html; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: quoted-printable\r\n"
			 "\r\n"
			 "<p>Hello</p>\r\n"
			 "\r\n"
			 "--=_0192f0c1-0000--\r\n");
	buf_free(&text);
	buf_free(&html);
}

static void test_senders(void **state)
{
	static const struct {
		const char *name, *line;
	} senders[] = {
		{ "", "From: a@b.org\r\nTo:" },
		{ "My Daybook", "From: My Daybook\r\n <a@b.org>\r\nTo:" },
		{ "Ada, Countess", "From: =?UTF-8?B?QWRhLCBDb3VudGVzcw==?=\r\n <a@b.org>\r\nTo:" },
		{ "Caf" E_ACUTE, "From: =?UTF-8?B?Q2Fmw6k=?=\r\n <a@b.org>\r\nTo:" },
	};
	struct buf nothing = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		struct buf out = { 0 };
		mime_put_message(&out,
				 &(struct mime_message){ .from = { senders[i].name, "a@b.org" },
							 .to = "c@d.org",
							 .subject = "x",
							 .id = "1",
							 .domain = "b.org",
							 .text = &nothing,
							 .html = &nothing });
		assert_memory_equal(out.data, senders[i].line, strlen(senders[i].line));
		assert_null(memmem(out.data, out.len, "List-", 5));
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers), cmocka_unit_test(test_long_headers),
		cmocka_unit_test(test_quoted),	cmocka_unit_test(test_quoted_lines),
		cmocka_unit_test(test_message), cmocka_unit_test(test_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

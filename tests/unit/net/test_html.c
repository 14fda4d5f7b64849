/* test_html.c -- texts put into HTML. */
#include "net/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_put(const char *text, const char *expected)
{
	struct buf buf = { 0 };

	html_put_text(&buf, text);
	assert_int_equal(buf.len, strlen(expected));
	assert_true(buf.len == 0 || memcmp(buf.data, expected, buf.len) == 0);
	buf_free(&buf);
}

static void test_texts(void **state)
{
	(void)state;
	assert_put("", "");
	assert_put("caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80");
	assert_put("<script>alert('x')</script>",
		   "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
	assert_put("\"><img src=x onerror=y>", "&quot;&gt;&lt;img src=x onerror=y&gt;");
	assert_put("&lt; & &amp;", "&amp;lt; &amp; &amp;amp;");
	assert_put("a\r\nb\tc\x1b[0m\x7f", "a  b c [0m ");
}

/* Whatever the byte, nothing comes out that could end a text or an attribute. */
static void test_every_byte(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		struct buf buf = { 0 };
		html_put_text(&buf, (char[]){ (char)c, '\0' });
		for (size_t i = 0; i < buf.len; i++)
			assert_null(strchr("<>\"'", buf.data[i]));
		assert_true(buf.data[0] != '&' || buf.data[buf.len - 1] == ';');
		buf_free(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

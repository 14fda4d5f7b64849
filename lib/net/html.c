#include "net/html.h"

void html_put_text(struct buf *buf, const char *text)
{
	static const char *const references[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
	};

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 128 && references[c])
			buf_puts(buf, references[c]);
		else
			buf_putc(buf, c < 0x20 || c == 0x7f ? ' ' : *text);
	}
}

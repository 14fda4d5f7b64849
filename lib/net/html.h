/* html.h -- texts put into HTML (HTML Living Standard section 13.1). */
#ifndef HTML_H
#define HTML_H

#include "base/buf.h"

/* Appends a text so that it is nothing but text, between tags and in a quoted attribute alike: &,
 * <,
 * >, " and ' become references, and a control character becomes a space. */
void html_put_text(struct buf *buf, const char *text);

#endif

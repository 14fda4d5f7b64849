/* media_type.h -- what a Content-Type says of a body. */
#ifndef MEDIA_TYPE_H
#define MEDIA_TYPE_H

#include <stdbool.h>

/* Whether it is JSON in UTF-8 (RFC 8259 section 11); other parameters say nothing. NULL is not. */
bool media_type_is_json(const char *type);

/* Whether it is what a form of HTML sends (application/x-www-form-urlencoded); parameters say
 * nothing. */
bool media_type_is_form(const char *type);

#endif

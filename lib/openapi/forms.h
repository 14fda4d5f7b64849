/* forms.h -- the two forms of a refusal: plain JSON, and RFC 9457 for clients that accept that. */
#ifndef FORMS_H
#define FORMS_H

#include "openapi/document.h"

/* Writes `"responses": {…}` of the components: all refusals that are noted. */
void forms_put_all(struct document *doc);

#endif

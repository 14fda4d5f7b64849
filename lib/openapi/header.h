/* header.h -- the headers of answers, each described once. */
#ifndef HEADER_H
#define HEADER_H

#include "openapi/document.h"

/* Which component describes it. One header may have several, such as an ETag that is always there
 * and one that may be. */
enum header {
	HEADER_REQUEST_ID,
	HEADER_CACHE_CONTROL,
	HEADER_ENCODING,
	HEADER_ETAG,
	HEADER_CURRENT_ETAG,
	HEADER_LOCATION,
	HEADER_REPLAYED,
	HEADER_RETRY_AFTER,
	HEADER_AUTHENTICATE,
	HEADER_DISPOSITION,
	HEADER_COUNT,
};

/* Writes the member `headers` with those in the set, a bit for each. */
void header_put_refs(struct document *doc, unsigned set);

/* Writes `"headers": {…}` of the components. */
void header_put_all(struct document *doc);

#endif

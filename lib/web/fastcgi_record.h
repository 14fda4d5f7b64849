/* fastcgi_record.h -- the records that we write (FastCGI 1.0, sections 3.3, 4 and 5.5). */
#ifndef FASTCGI_RECORD_H
#define FASTCGI_RECORD_H

#include "base/buf.h"

enum {
	FASTCGI_VERSION = 1,
	FASTCGI_HEADER_BYTES = 8,
	FASTCGI_END_BYTES = 16,
	FASTCGI_MAX_CONTENT = 65528, /* the most that needs no padding */
};

enum fastcgi_type {
	FASTCGI_BEGIN_REQUEST = 1,
	FASTCGI_ABORT_REQUEST,
	FASTCGI_END_REQUEST,
	FASTCGI_PARAMS,
	FASTCGI_STDIN,
	FASTCGI_STDOUT,
	FASTCGI_GET_VALUES = 9,
	FASTCGI_GET_VALUES_RESULT,
	FASTCGI_UNKNOWN_TYPE,
};

/* How a request ended. */
enum fastcgi_status {
	FASTCGI_COMPLETE,
	FASTCGI_CANNOT_MULTIPLEX,
	FASTCGI_OVERLOADED,
	FASTCGI_UNKNOWN_ROLE,
};

/* Writes the header of a record without padding, and returns where its content goes. */
uint8_t *fastcgi_put_header(uint8_t *out, enum fastcgi_type type, uint16_t id, size_t len);

/* Writes the record that ends a request, and returns where it ends. */
uint8_t *fastcgi_put_end(uint8_t *out, uint16_t id, enum fastcgi_status status);

/* Appends the record that answers a record which belongs to no request: its type is `type`, its
 * content the `len` bytes at `content`. */
void fastcgi_put_reply(struct buf *out, uint8_t type, const char *content, size_t len);

#endif

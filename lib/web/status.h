/* status.h -- the statuses of HTTP (RFC 9110 section 15, RFC 6585). */
#ifndef STATUS_H
#define STATUS_H

/* The standard reason phrase of a status that Daybook sends; "" for any other. */
const char *status_phrase(int status);

#endif

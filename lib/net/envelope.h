/* envelope.h -- the addresses of mails: one strict grammar, so that nothing in an address can be
 * taken for a second one, a header or a command. */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>

#include "base/arena.h"

enum { ADDRESS_MAX_BYTES = 254 }; /* RFC 5321 section 4.5.3.1.3, without the brackets */

/* Somebody with an address; the name is "" if there is none. */
struct mailbox {
	const char *name, *address;
};

/* Whether a text is a dot-atom at a domain name of two labels or more (RFC 5322 section 3.4.1): all
 * ASCII, without quoted forms, comments and address literals, ADDRESS_MAX_BYTES at most. */
bool envelope_is_address(const char *text);

/* Reads `address` or `Name <address>`, the name with or without double quotes. False, with `out`
 * untouched, for anything else; the parts belong to the arena. */
bool envelope_parse(struct arena *arena, const char *text, struct mailbox *out)
	__attribute__((warn_unused_result));

/* What follows the @ of an address. */
const char *envelope_domain(const char *address);

#endif

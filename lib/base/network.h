/* network.h -- addresses of clients, as a web server tells them in REMOTE_ADDR (RFC 3875 section
 * 4.1.8), and the networks around them. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>

enum { NETWORK_TEXT_BYTES = 50 };

/* Writes an IP address in its canonical form (RFC 5952); an IPv4 address in IPv6's form (RFC 4291
 * section 2.5.5.2) becomes that IPv4 address. False, with `out` untouched, for any other text: a
 * zone, a port, brackets or a second address, too. */
bool network_read(const char *said, char out[NETWORK_TEXT_BYTES]);

/* What one client is counted by, of an address that network_read() wrote: an IPv4 address itself,
 * but of an IPv6 one the /64, in which a client may choose its address. */
void network_client(const char *address, char out[NETWORK_TEXT_BYTES]);

/* The neighbourhood of such an address: "192.0.2.0/24", "2001:db8:1:2::/64". */
void network_neighbourhood(const char *address, char out[NETWORK_TEXT_BYTES]);

#endif

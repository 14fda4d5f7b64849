/* network.h -- the neighbourhood of a client's address. */
#ifndef NETWORK_H
#define NETWORK_H

#define NETWORK_TEXT_BYTES 64

/* The /24 of an IPv4 address or the /64 of an IPv6 one as a text; what is neither stays as it is.
 */
void network_format(const char *address, char out[NETWORK_TEXT_BYTES]);

#endif

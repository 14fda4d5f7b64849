#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* How IPv6 writes an IPv4 address (RFC 4291 section 2.5.5.2). */
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static void format_ipv4(unsigned char bytes[4], char out[NETWORK_TEXT_BYTES])
{
	bytes[3] = 0;
	inet_ntop(AF_INET, bytes, out, NETWORK_TEXT_BYTES);
}

void network_format(const char *address, char out[NETWORK_TEXT_BYTES])
{
	unsigned char bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1) {
		format_ipv4(bytes, out);
	} else if (inet_pton(AF_INET6, address, bytes) != 1) {
		snprintf(out, NETWORK_TEXT_BYTES, "%s", address);
	} else if (memcmp(bytes, mapped, sizeof mapped) == 0) {
		format_ipv4(bytes + sizeof mapped, out);
	} else {
		memset(bytes + 8, 0, 8);
		inet_ntop(AF_INET6, bytes, out, NETWORK_TEXT_BYTES);
	}
}

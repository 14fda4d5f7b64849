#include "base/network.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

static_assert(NETWORK_TEXT_BYTES >= INET6_ADDRSTRLEN + 4, "room for any address with its prefix");

/* How IPv6 writes an IPv4 address (RFC 4291 section 2.5.5.2). */
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

bool network_read(const char *said, char out[NETWORK_TEXT_BYTES])
{
	unsigned char bytes[16];

	if (inet_pton(AF_INET, said, bytes) == 1)
		return inet_ntop(AF_INET, bytes, out, NETWORK_TEXT_BYTES);
	if (inet_pton(AF_INET6, said, bytes) != 1)
		return false;
	if (memcmp(bytes, mapped, sizeof mapped) == 0)
		return inet_ntop(AF_INET, bytes + sizeof mapped, out, NETWORK_TEXT_BYTES);
	return inet_ntop(AF_INET6, bytes, out, NETWORK_TEXT_BYTES);
}

/* Writes the network of this many leading bytes; false if the address is of another family. */
static bool format_network(int family, const char *address, size_t bytes,
			   char out[NETWORK_TEXT_BYTES])
{
	unsigned char network[16] = { 0 }, whole[16];

	if (inet_pton(family, address, whole) != 1)
		return false;
	memcpy(network, whole, bytes);
	inet_ntop(family, network, out, NETWORK_TEXT_BYTES);
	size_t len = strlen(out);
	snprintf(out + len, NETWORK_TEXT_BYTES - len, "/%zu", bytes * 8);
	return true;
}

void network_client(const char *address, char out[NETWORK_TEXT_BYTES])
{
	if (!format_network(AF_INET6, address, 8, out))
		snprintf(out, NETWORK_TEXT_BYTES, "%s", address);
}

void network_neighbourhood(const char *address, char out[NETWORK_TEXT_BYTES])
{
	bool known = format_network(AF_INET, address, 3, out) ||
		     format_network(AF_INET6, address, 8, out);

	assert(known);
}

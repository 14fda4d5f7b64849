#include "network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void network_format(const char *address, char out[NETWORK_TEXT_BYTES])
{
	unsigned char bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1) {
		bytes[3] = 0;
		inet_ntop(AF_INET, bytes, out, NETWORK_TEXT_BYTES);
	} else if (inet_pton(AF_INET6, address, bytes) == 1) {
		memset(bytes + 8, 0, 8);
		inet_ntop(AF_INET6, bytes, out, NETWORK_TEXT_BYTES);
	} else {
		snprintf(out, NETWORK_TEXT_BYTES, "%s", address);
	}
}

/* test_network.c -- which texts are addresses, and who counts as one client or as a neighbour. */
#include "base/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_addresses(void **state)
{
	static const struct {
		const char *said, *address, *client, *neighbourhood;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.0/24" },
		{ "192.0.2.255", "192.0.2.255", "192.0.2.255", "192.0.2.0/24" },
		{ "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0/24" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64",
		  "2001:db8:1:2::/64" },
		{ "2001:0DB8:0001:0002::1", "2001:db8:1:2::1", "2001:db8:1:2::/64",
		  "2001:db8:1:2::/64" },
		{ "::1", "::1", "::/64", "::/64" },
		{ "::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.0/24" },
		{ "::FFFF:c000:0207", "192.0.2.7", "192.0.2.7", "192.0.2.0/24" },
		{ "0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.0/24" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::/64",
		  "ffff:ffff:ffff:ffff::/64" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[NETWORK_TEXT_BYTES], network[NETWORK_TEXT_BYTES];

		assert_true(network_read(rows[i].said, text));
		assert_string_equal(text, rows[i].address);
		network_client(text, network);
		assert_string_equal(network, rows[i].client);
		network_neighbourhood(text, network);
		assert_string_equal(network, rows[i].neighbourhood);
	}
}

static void test_no_addresses(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"unix:",
		"unknown",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.1:443",
		"192.0.2.1/24",
		"192.0.2.1 ",
		" 192.0.2.1",
		"192.0.2.1, 192.0.2.2",
		"192.0.2.1,192.0.2.2",
		"0300.0.2.1",
		"0x7f000001",
		"2130706433",
		"[::1]:80",
		"[::1]",
		"fe80::1%eth0",
		"2001:db8::1/64",
		":::1",
		"1:2:3:4:5:6:7:8:9",
		"::ffff:192.0.2.256",
		"localhost",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char text[NETWORK_TEXT_BYTES] = "untouched";

		assert_false(network_read(texts[i], text));
		assert_string_equal(text, "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_no_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_network.c -- which addresses count as one neighbourhood. */
#include "base/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_networks(void **state)
{
	static const struct {
		const char *address, *network;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.0" },
		{ "192.0.2.255", "192.0.2.0" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "2001:0DB8:0001:0002::1", "2001:db8:1:2::" },
		{ "::1", "::" },
		{ "::ffff:192.0.2.7", "192.0.2.0" },
		{ "::ffff:c000:0207", "192.0.2.0" },
		{ "", "" },
		{ "unix:", "unix:" },
		{ "192.0.2", "192.0.2" },
		{ "192.0.2.256", "192.0.2.256" },
		{ "2001:db8::1%eth0", "2001:db8::1%eth0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char network[NETWORK_TEXT_BYTES];

		network_format(rows[i].address, network);
		assert_string_equal(network, rows[i].network);
	}
}

static void test_long_text_is_cut(void **state)
{
	char text[200], network[NETWORK_TEXT_BYTES];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	network_format(text, network);
	assert_int_equal(strlen(network), NETWORK_TEXT_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

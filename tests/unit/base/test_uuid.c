/* test_uuid.c -- UUIDs against RFC 9562, and the order of those that we make. */
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* RFC 9562 sections 5.9 and 5.10, and appendices A and B: versions 1 to 8 */
static const char *const vectors[] = {
	"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
	"c232ab00-9414-11ec-b3c8-9f6bdeced846", "5df41881-3aed-3515-88a7-2f4a814cf09e",
	"919108f7-52d1-4320-9bac-f847db4148a8", "2ed6657d-e927-568b-95e1-2665a8aea6a2",
	"1ec9414c-232a-6b00-b3c8-9f6bdeced846", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
	"2489e9ad-2ee2-8e00-8ec9-32d5f69181c0", "5c146b14-3c52-8afd-938a-375d0df1fbf6",
};

static void test_parse_and_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct uuid uuid = { .set = false };
		char text[UUID_TEXT_BYTES];

		assert_true(uuid_parse(vectors[i], 36, &uuid));
		assert_true(uuid.set);
		assert_ptr_equal(uuid_format(text, uuid.bytes), text + 36);
		assert_string_equal(text, vectors[i]);
	}
}

static void test_bytes(void **state)
{
	static const uint8_t bytes[16] = { 0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
					   0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f };
	struct uuid lower;
	struct uuid upper;

	(void)state;
	assert_true(uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 36, &lower));
	assert_true(uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 36, &upper));
	assert_memory_equal(lower.bytes, bytes, 16);
	assert_true(uuid_equal(&lower, &upper));
}

static void test_refusals(void **state)
{
	static const char *const refused[] = {
		"",
		"017f22e279b07cc398c4dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
		"{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
		"{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
		"g17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
		"017f22e2-79b0-7cc3+98c4-dc0c0c07398f",
		"017f22e2-79b0 7cc3-98c4-dc0c0c07398f",
		"017f22e2079b0-7cc3-98c4-dc0c0c07398f",
		"017f22e-279b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4--c0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
		" 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739/f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739:f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739@f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739`f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c0739\xc3\xa9",
		"me",
	};
	struct uuid out = { .bytes = { 42 } };

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_false(uuid_parse(refused[i], strlen(refused[i]), &out));
	assert_false(uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0", 36, &out));
	assert_false(out.set);
	assert_int_equal(out.bytes[0], 42);
}

static int64_t milliseconds(const struct uuid *uuid)
{
	int64_t value = 0;

	for (size_t i = 0; i < 6; i++)
		value = value << 8 | uuid->bytes[i];
	return value;
}

static void test_v7(void **state)
{
	struct timespec now;
	struct uuid before = uuid_v7();
	uint8_t seen_random = 0;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	assert_in_range((uintmax_t)(now.tv_sec * 1000 + 10000 - milliseconds(&before)), 0, 20000);

	/* Far more than fit into the fractions of the milliseconds that pass. */
	for (int i = 0; i < 100000; i++) {
		struct uuid next = uuid_v7();

		assert_true(next.set);
		assert_int_equal(next.bytes[6] >> 4, 7);
		assert_int_equal(next.bytes[8] >> 6, 2);
		if (memcmp(before.bytes, next.bytes, 8) >= 0)
			fail_msg("number %d does not follow the one before", i);
		seen_random |= next.bytes[15] ^ before.bytes[15];
		before = next;
	}
	assert_int_equal(seen_random, 0xff);
}

static void test_equal(void **state)
{
	struct uuid a = uuid_v7();
	struct uuid b = uuid_v7();
	struct uuid same = a;
	struct uuid unset = { .bytes = { 1 } };
	struct uuid other_unset = { .bytes = { 2 } };

	(void)state;
	assert_true(uuid_equal(&a, &same));
	assert_false(uuid_equal(&a, &b));
	assert_false(uuid_equal(&a, &unset));
	assert_false(uuid_equal(&unset, &a));
	assert_true(uuid_equal(&unset, &other_unset));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_and_format),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_v7),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

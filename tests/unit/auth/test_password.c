/* test_password.c -- the rules, and bcrypt with its limits of 72 bytes and no NUL. */
#include "auth/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The lowest cost that bcrypt knows, since this is about right and wrong, not about strength. */
#define COST 4

#define TEN "1234567890"
#define SIXTY_EIGHT "Aa!" TEN TEN TEN TEN TEN TEN "12345"

static const struct {
	const char *password;
	const char *broken; /* rules */
} rules[] = {
	{ "Abcdef1!", "" },
	{ "aB3$5678", "" },
	{ "correct Horse 7 battery staple?", "" },
	{ "\xc3\x84pfel-7x", "" },				      /* Ä is upper case */
	{ "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c-1", "" }, /* Пароль-1 */
	{ "Abcdefg1\xe2\x82\xac", "" },				      /* € is a symbol */
	{ "Abcdefg1\xf0\x9f\x94\x91", "" },			      /* so is 🔑 */
	{ SIXTY_EIGHT "6789", "" },				      /* 72 bytes */
	{ SIXTY_EIGHT "67\xc3\xa9", "" },
	{ SIXTY_EIGHT "67890", "too long" },
	{ SIXTY_EIGHT "678\xc3\xa9", "too long" },
	{ "", "short upper lower digit symbol" },
	{ "Abcde1!", "short" },
	{ "\xc3\x84\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"
	  "1!",
	  "short" },
	{ "abcdef1!", "upper" },
	{ "ABCDEF1!", "lower" },
	{ "Abcdefg!", "digit" },
	{ "Abcdefg\xd9\xa1!", "digit" }, /* only 0 to 9 are digits */
	{ "Abcdefg1", "symbol" },
	{ "Abcd efg1", "symbol" },
	{ "Abcd\tefg1", "symbol" },
	{ "Abcdefg1\xc2\xa0", "symbol" },     /* no-break space */
	{ "Abcdefg1\xc2\x85", "symbol" },     /* next line */
	{ "Abcdefg1\xe2\x80\x87", "symbol" }, /* figure space */
	{ "Abcdefg1\xe2\x80\xaf", "symbol" }, /* narrow no-break space */
	{ "Abcdefg1\xe3\x80\x80", "symbol" }, /* ideographic space */
	{ "Abcdefg1\xd9\xa1", "symbol" },
	{ "\xe5\xaf\x86\xe7\xa0\x81"
	  "abc1!xyz",
	  "upper" }, /* 密码 */
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const char *password = rules[i].password;
		char broken[64] = "";

		snprintf(broken, sizeof broken, "%s%s%s%s%s%s",
			 password_is_long_enough(password) ? "" : " short",
			 password_fits(password) ? "" : " too long",
			 password_has_upper_case(password) ? "" : " upper",
			 password_has_lower_case(password) ? "" : " lower",
			 password_has_digit(password) ? "" : " digit",
			 password_has_symbol(password) ? "" : " symbol");
		assert_string_equal(broken + (broken[0] == ' '), rules[i].broken);
	}
}

/* From the test suites of Openwall's crypt_blowfish and of OpenBSD. */
static void test_published_vectors(void **state)
{
	static const struct {
		const char *password;
		const char *hash;
	} vectors[] = {
		{ "U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
		{ "U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK" },
		{ "U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a" },
		{ "", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		assert_true(password_verify(vectors[i].password, vectors[i].hash, COST));
		assert_false(password_verify("U*U**", vectors[i].hash, COST));
		assert_int_equal(password_cost(vectors[i].hash), 5);
	}
}

static void test_hash_and_verify(void **state)
{
	char first[PASSWORD_HASH_BYTES];
	char second[PASSWORD_HASH_BYTES];

	(void)state;
	assert_true(password_hash("Abcdef1!", COST, first));
	assert_true(password_hash("Abcdef1!", COST + 1, second));
	assert_int_equal(strlen(first), 60);
	assert_memory_equal(first, "$2b$04$", 7);
	assert_memory_equal(second, "$2b$05$", 7);
	assert_string_not_equal(first + 7, second + 7);
	assert_true(password_verify("Abcdef1!", first, COST));
	assert_true(password_verify("Abcdef1!", second, COST));
	assert_false(password_verify("Abcdef1", first, COST));
	assert_false(password_verify("Abcdef1!!", first, COST));
	assert_false(password_verify("abcdef1!", first, COST));
	assert_false(password_verify("", first, COST));
	assert_true(password_hash("Abcdef1!", COST, second));
	assert_string_not_equal(first, second);
}

static void test_seventy_two_bytes(void **state)
{
	static const char whole[] = SIXTY_EIGHT "6789";
	static const char other[] = SIXTY_EIGHT "678x";
	static const char longer[] = SIXTY_EIGHT "6789x";
	char very_long[1000];
	char hash[PASSWORD_HASH_BYTES] = "untouched";

	(void)state;
	assert_int_equal(strlen(whole), 72);
	assert_false(password_hash(longer, COST, hash));
	assert_string_equal(hash, "untouched");
	assert_true(password_hash(whole, COST, hash));
	assert_true(password_verify(whole, hash, COST));
	assert_false(password_verify(other, hash, COST));
	assert_false(password_verify(longer, hash, COST));
	memset(very_long, 'x', sizeof very_long - 1);
	very_long[sizeof very_long - 1] = '\0';
	assert_false(password_verify(very_long, hash, COST));

	/* A password that is too long is not taken for the empty one either. */
	assert_true(password_hash("", COST, hash));
	assert_false(password_verify(longer, hash, COST));
}

static void test_impossible_costs(void **state)
{
	static const int costs[] = { -1, 0, 3, 32, 99, 100 };
	char hash[PASSWORD_HASH_BYTES] = "untouched";

	(void)state;
	for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
		assert_false(password_hash("Abcdef1!", costs[i], hash));
	assert_string_equal(hash, "untouched");
}

static const char *const not_ours[] = {
	"",
	"*0",
	"*1",
	"x",
	"$2b$05$",
	"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
	"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
	"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$5$CCCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$x5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$0x$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$05.CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$05$CCCCCCCCCCCCCCCCCCCCC!E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe:",
	"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJu"
	"esI68OTLiBFdcbYEdFCoEOfaS35inz1",
};

static void test_foreign_hashes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof not_ours / sizeof *not_ours; i++) {
		assert_int_equal(password_cost(not_ours[i]), 0);
		assert_false(password_verify("U*U", not_ours[i], COST));
	}
	/* Well formed, but of a cost that bcrypt does not know: libxcrypt fails. */
	assert_false(password_verify(
		"U*U", "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", COST));
}

/* The linker puts this in the place of crypt_rn(3), and counts the rounds of bcrypt. */
char *__real_crypt_rn(const char *phrase, const char *setting, void *data, int size);
char *__wrap_crypt_rn(const char *phrase, const char *setting, void *data, int size);

static uint64_t rounds;

char *__wrap_crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
	char *hash = __real_crypt_rn(phrase, setting, data, size);

	if (hash != NULL)
		rounds += UINT64_C(1) << strtoul(setting + 4, NULL, 10);
	return hash;
}

static uint64_t rounds_of(const char *password, const char *hash, int cost)
{
	rounds = 0;
	assert_false(password_verify(password, hash, cost));
	return rounds;
}

/* Whatever is wrong, the attempt costs the same, also where the hash is older and cheaper. */
static void test_same_work(void **state)
{
	char very_long[1000];
	char hash[PASSWORD_HASH_BYTES];

	(void)state;
	memset(very_long, 'x', sizeof very_long - 1);
	very_long[sizeof very_long - 1] = '\0';
	for (int cost = 4; cost <= 8; cost++) {
		for (int older = 4; older <= cost; older++) {
			assert_true(password_hash("Abcdef1!", older, hash));
			assert_int_equal(rounds_of("Wrong-1!", hash, cost), 1 << cost);
			assert_int_equal(rounds_of("", hash, cost), 1 << cost);
			assert_int_equal(rounds_of(very_long, hash, cost), 1 << cost);
		}
		assert_int_equal(rounds_of("Wrong-1!", NULL, cost), 1 << cost);
		assert_int_equal(rounds_of(very_long, NULL, cost), 1 << cost);
		assert_int_equal(rounds_of("Wrong-1!", "*0", cost), 1 << cost);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_published_vectors),
		cmocka_unit_test(test_hash_and_verify),
		cmocka_unit_test(test_seventy_two_bytes),
		cmocka_unit_test(test_impossible_costs),
		cmocka_unit_test(test_foreign_hashes),
		cmocka_unit_test(test_same_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

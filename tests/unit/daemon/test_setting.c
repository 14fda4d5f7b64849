/* test_setting.c -- one table for two programs, of which each keeps what it needs. */
#include "daemon/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { EATER = 1 << 0, DRINKER = 1 << 1 };

struct config {
	const char *table;
	const char *bread;
	const char *wine;
	int glasses;
};

static const struct setting rows[] = {
	SETTING("TABLE", table, .initial = "round", .doc = "Where they sit."),
	SETTING("BREAD", bread, .secret = true, .only = EATER, .doc = "What is eaten."),
	SETTING("WINE", wine, .secret = true, .only = DRINKER, .doc = "What is drunk."),
	SETTING("WINE_GLASSES", glasses, .only = DRINKER, .initial = "2", .min = 1, .max = 9,
		.doc = "How many."),
};

static const char *const prefixes[] = { "WINE_", NULL };

static const struct setting_table supper = { rows, sizeof rows / sizeof *rows,
					     sizeof(struct config), prefixes };

static char fault[CONFIG_FAULT_BYTES];

static bool load(unsigned program, struct config *out)
{
	return config_load(&supper, program, out, NULL, fault);
}

static int clear_environment(void **state)
{
	(void)state;
	return clearenv();
}

static void test_each_program_needs_its_own(void **state)
{
	struct config config;

	(void)state;
	assert_false(load(EATER, &config));
	assert_string_equal(fault, "BREAD is required: set it in the environment or an env file");
	assert_false(load(DRINKER, &config));
	assert_string_equal(fault, "WINE is required: set it in the environment or an env file");
	setenv("BREAD", "rye", 1);
	assert_true(load(EATER, &config));
	assert_string_equal(config.table, "round");
	assert_string_equal(config.bread, "rye");
	assert_null(config.wine);
	assert_int_equal(config.glasses, 0);
}

/* The value of another program's row is not looked at, and its secret does not stay. */
static void test_settings_of_another_program_are_skipped(void **state)
{
	struct config config;

	(void)state;
	setenv("BREAD", "rye", 1);
	setenv("WINE", "red", 1);
	setenv("WINE_GLASSES", "none", 1);
	const char *wine = getenv("WINE");
	assert_true(load(EATER, &config));
	assert_null(config.wine);
	assert_string_equal(wine, "");
	assert_null(getenv("WINE"));
	setenv("WINE", "red", 1);
	assert_false(load(DRINKER, &config));
	assert_string_equal(fault,
			    "WINE_GLASSES (environment): must be a whole number from 1 to 9");
}

static void test_typos_are_refused_to_every_program(void **state)
{
	struct config config;

	(void)state;
	setenv("BREAD", "rye", 1);
	setenv("WINE_GLASS", "1", 1);
	assert_false(load(EATER, &config));
	assert_string_equal(fault, "environment: WINE_GLASS is no setting of Daybook");
}

static void test_a_program_prints_its_own(void **state)
{
	struct config config;
	char text[256] = "";

	(void)state;
	setenv("WINE", "red", 1);
	assert_true(load(DRINKER, &config));
	FILE *out = fmemopen(text, sizeof text, "w");
	assert_non_null(out);
	config_print(&supper, DRINKER, &config, out);
	fclose(out);
	assert_string_equal(text, "TABLE=round\nWINE=(set)\nWINE_GLASSES=2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_program_needs_its_own, clear_environment),
		cmocka_unit_test_setup(test_settings_of_another_program_are_skipped,
				       clear_environment),
		cmocka_unit_test_setup(test_typos_are_refused_to_every_program, clear_environment),
		cmocka_unit_test_setup(test_a_program_prints_its_own, clear_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

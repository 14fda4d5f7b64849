/* test_arena.c -- memory that goes at once: zeroed, aligned, wiped, and released in order. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char released[8];

static void note_release(void *object)
{
	size_t len = strlen(released);

	released[len] = *(const char *)object;
	released[len + 1] = '\0';
}

static int forget_releases(void **state)
{
	(void)state;
	released[0] = '\0';
	return 0;
}

static void test_alloc(void **state)
{
	static const char zeros[300];
	struct arena *arena = arena_new(64);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 0; size < sizeof zeros; size++) {
			char *at = arena_alloc(arena, size);

			assert_int_equal((uintptr_t)at % 16, 0);
			assert_memory_equal(at, zeros, size);
			memset(at, 0xff, size);
		}
		arena_reset(arena);
	}
	arena_free(arena);
}

static void test_pieces_are_apart(void **state)
{
	enum { COUNT = 200 };
	struct arena *arena = arena_new(128);
	unsigned char *pieces[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		pieces[i] = arena_alloc(arena, i + 1);
		memset(pieces[i], (int)i, i + 1);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(pieces[i][j], i);
	arena_free(arena);
}

static void test_larger_than_a_block(void **state)
{
	struct arena *arena = arena_new(64);
	char *small = arena_copy(arena, "small", 5);
	char *large = arena_alloc(arena, 1 << 20);
	char *after = arena_copy(arena, "after", 5);

	(void)state;
	memset(large, 'x', 1 << 20);
	assert_string_equal(small, "small");
	assert_string_equal(after, "after");
	arena_free(arena);
}

static void test_texts(void **state)
{
	static const char word[] = "a long enough text to need more than one block of this arena";
	struct arena *arena = arena_new(32);
	char *copy = arena_copy(arena, word, 6);

	(void)state;
	assert_string_equal(copy, "a long");
	assert_string_equal(arena_copy(arena, "", 0), "");
	assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_printf(arena, "%d %s", 42, "things"), "42 things");
	assert_string_equal(arena_printf(arena, "%s", word), word);
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	assert_string_equal(copy, "a long");
	arena_free(arena);
}

static void test_releases_newest_first(void **state)
{
	struct arena *arena = arena_new(32);

	(void)state;
	arena_defer(arena, note_release, "a");
	arena_defer(arena, note_release, "b");
	arena_defer(arena, note_release, "c");
	assert_string_equal(released, "");
	arena_reset(arena);
	assert_string_equal(released, "cba");
	arena_reset(arena);
	assert_string_equal(released, "cba");
	arena_defer(arena, note_release, "d");
	arena_free(arena);
	assert_string_equal(released, "cbad");
}

/* The first block stays, so it can be looked at after the reset. */
static void test_reset_wipes(void **state)
{
	static const char secret[] = "Correct-Horse-7";
	struct arena *arena = arena_new(256);
	char *copy = arena_copy(arena, secret, strlen(secret));
	char *further = arena_printf(arena, "again: %s", secret);

	(void)state;
	arena_reset(arena);
	for (size_t i = 0; i < sizeof secret; i++) {
		assert_int_equal(copy[i], 0);
		assert_int_equal(further[i], 0);
	}
	assert_ptr_equal(arena_alloc(arena, 1), copy);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_pieces_are_apart),
		cmocka_unit_test(test_larger_than_a_block),
		cmocka_unit_test(test_texts),
		cmocka_unit_test_setup(test_releases_newest_first, forget_releases),
		cmocka_unit_test(test_reset_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

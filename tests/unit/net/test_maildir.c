/* test_maildir.c -- mails as files. */
#include "net/maildir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/daybook-maildir-XXXXXX";

static const char *below(const char *path)
{
	static char whole[256];

	snprintf(whole, sizeof whole, "%s/%s", folder, path);
	return whole;
}

static void assert_file(const char *path, const char *expected)
{
	char text[64] = "";
	FILE *file = fopen(below(path), "r");

	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(text, expected, len);
}

static void test_mails(void **state)
{
	struct stat found;

	(void)state;
	assert_true(maildir_put(below("box"), "one", "first", 5));
	assert_file("box/new/one", "first");
	assert_true(maildir_put(below("box"), "one", "again", 5));
	assert_file("box/new/one", "again");
	assert_true(maildir_put(below("box"), "two", "", 0));
	assert_file("box/new/two", "");
	assert_int_equal(stat(below("box/new/one"), &found), 0);
	assert_int_equal(found.st_mode & 07, 0);
	assert_int_equal(rmdir(below("box/tmp")), 0); /* nothing was left there */
	assert_int_equal(rmdir(below("box/cur")), 0);
}

static void test_failures(void **state)
{
	char name[300];

	(void)state;
	assert_false(maildir_put(below("none/box"), "one", "x", 1));
	assert_int_equal(errno, ENOENT);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_false(maildir_put(below("box"), name, "x", 1));
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(mkdir(below("box/new/taken"), 0700), 0);
	assert_false(maildir_put(below("box"), "taken", "x", 1));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(rmdir(below("box/tmp")), 0); /* a failure leaves nothing behind */
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mails),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

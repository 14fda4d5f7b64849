/* test_envelope.c -- what is an address, and who is behind it. */
#include "net/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `len` bytes of text, then the rest. */
static const char *with(struct arena *arena, char filler, int len, const char *rest)
{
	char *text = arena_printf(arena, "%*s%s", len, "", rest);

	memset(text, filler, (size_t)len);
	return text;
}

static void test_addresses(void **state)
{
	static const char *const good[] = {
		"a@b.c",
		"ada@example.org",
		"Ada.Lovelace+daybook@Mail.Example.ORG",
		"!#$%&'*+/=?^_`{|}~-@example.org",
		"a@xn--bcher-kva.example",
		"a@1.2.3.4",
	};
	static const char *const bad[] = {
		"",
		"@",
		"a",
		"a@",
		"@example.org",
		"a@b",
		"a@b.",
		"a@.b",
		"a@b..c",
		".a@example.org",
		"a.@example.org",
		"a..b@example.org",
		"a@-b.org",
		"a@b-.org",
		"a b@example.org",
		" a@example.org",
		"a@example.org ",
		"a@example.org\r\nRCPT TO:<b@example.org>",
		"a\r\n@example.org",
		"a@exa\nmple.org",
		"a\t@example.org",
		"a@b@example.org",
		"<a@example.org>",
		"a,b@example.org",
		"a;b@example.org",
		"\"a b\"@example.org",
		"a@[127.0.0.1]",
		"a(c)@example.org",
		"a\\@example.org",
		"\xc3\xa9@example.org",
		"a@b\xc3\xbc"
		"cher.example",
		"a\x7f@example.org",
		"a@exam_ple.org",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(envelope_is_address(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(envelope_is_address(bad[i]));
}

static void test_lengths(void **state)
{
	struct arena *arena = arena_new(4096);
	const char *label = with(arena, 'b', 63, ".");
	const char *domain = arena_printf(arena, "%s%s%s", label, label, "org");

	(void)state;
	assert_true(envelope_is_address(with(arena, 'a', 64, "@example.org")));
	assert_false(envelope_is_address(with(arena, 'a', 65, "@example.org")));
	assert_true(envelope_is_address(arena_printf(arena, "a@%s", domain)));
	assert_false(envelope_is_address(arena_printf(arena, "a@b%s", domain)));
	const char *longest = arena_printf(arena, "@%s%sorg", label, domain + 64);
	int rest = ADDRESS_MAX_BYTES - 64 - (int)strlen(longest) - 1;
	assert_true(rest > 0 && rest < 64);
	longest = arena_printf(arena, "@%s.%s", with(arena, 'c', rest, ""), longest + 1);
	assert_true(envelope_is_address(with(arena, 'a', 64, longest)));
	longest = arena_printf(arena, "@c%s", longest + 1);
	assert_false(envelope_is_address(with(arena, 'a', 64, longest)));
	arena_free(arena);
}

static void test_mailboxes(void **state)
{
	static const struct {
		const char *text, *name, *address;
	} good[] = {
		{ "a@b.org", "", "a@b.org" },
		{ "<a@b.org>", "", "a@b.org" },
		{ "Daybook <a@b.org>", "Daybook", "a@b.org" },
		{ "  Ada's Daybook   <a@b.org>", "Ada's Daybook", "a@b.org" },
		{ "\"Ada, Countess\" <a@b.org>", "Ada, Countess", "a@b.org" },
		{ "T\xc3\xa4glich <a@b.org>", "T\xc3\xa4glich", "a@b.org" },
	};
	static const char *const bad[] = {
		"",
		"Daybook",
		"Daybook <a@b.org",
		"Daybook a@b.org",
		"Daybook <a@b>",
		"Daybook <a@b.org> x",
		"Day\"book <a@b.org>",
		"Day\\book <a@b.org>",
		"a@b.org <c@d.org> <e@f.org>",
		"Day\rbook <a@b.org>",
		"\xff <a@b.org>",
		"<>",
	};
	struct arena *arena = arena_new(4096);
	struct mailbox mailbox = { "before", "before" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(envelope_parse(arena, bad[i], &mailbox));
		assert_string_equal(mailbox.name, "before");
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(envelope_parse(arena, good[i].text, &mailbox));
		assert_string_equal(mailbox.name, good[i].name);
		assert_string_equal(mailbox.address, good[i].address);
		assert_string_equal(envelope_domain(mailbox.address), "b.org");
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_mailboxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

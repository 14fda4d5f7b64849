/* fuzz_envelope.c -- any text as an address or a mailbox: what passes holds nothing that could be
 * more than one address. */
#include "net/envelope.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const char *text)
{
	const char *at = strchr(text, '@');

	assert(strlen(text) <= ADDRESS_MAX_BYTES && at && !strchr(at + 1, '@'));
	for (const char *c = text; *c; c++)
		assert(*c > 0x20 && *c < 0x7f && !strchr("\"(),:;<>[\\]", *c));
	assert(strcmp(envelope_domain(text), at + 1) == 0 && strchr(at, '.'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *arena;
	struct mailbox mailbox = { NULL, NULL };

	if (!arena)
		arena = arena_new(4096);
	const char *text = arena_copy(arena, (const char *)data, size);
	if (envelope_is_address(text))
		check_address(text);
	if (envelope_parse(arena, text, &mailbox)) {
		check_address(mailbox.address);
		for (const char *c = mailbox.name; *c; c++)
			assert((unsigned char)*c >= 0x20 && !strchr("\"<>\\", *c));
	} else {
		assert(!mailbox.name && !mailbox.address);
	}
	arena_reset(arena);
	return 0;
}

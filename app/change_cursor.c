/* change_cursor.c -- cursors of /changes as sealed bytes in base64url. */
#include "change_cursor.h"

#include <string.h>

#include "base/crypto.h"
#include "base/encoding.h"

enum { ID_BYTES = 16, NUMBERS = 5 };
enum { PLAIN_BYTES = NUMBERS * 8 + 2 * ID_BYTES + 2, SEALED_BYTES = PLAIN_BYTES + SEAL_BYTES };

/* The key of the secret that was learned last: all of a process talk to one database. */
static struct {
	char secret[200];
	uint8_t key[SEAL_KEY_BYTES];
} learned;

void change_cursor_learn(const char *secret)
{
	size_t len = strlen(secret);

	if (strcmp(secret, learned.secret) == 0 || len >= sizeof learned.secret)
		return;
	memcpy(learned.secret, secret, len + 1);
	derive_key(secret, len, "daybook cursors of changes", learned.key);
}

bool change_cursor_can_make(void)
{
	return learned.secret[0] != '\0';
}

/* The numbers of a cursor, in the order in which they are written. */
static void list_numbers(struct change_cursor *cursor, uint64_t *numbers[NUMBERS])
{
	uint64_t *all[NUMBERS] = { &cursor->place.epoch, &cursor->place.xid, &cursor->bound,
				   &cursor->from_s, &cursor->bound_s };

	memcpy(numbers, all, sizeof all);
}

static void pack(struct change_cursor cursor, uint8_t out[PLAIN_BYTES])
{
	uint64_t *numbers[NUMBERS];

	list_numbers(&cursor, numbers);
	for (size_t i = 0; i < NUMBERS; i++)
		for (int shift = 56; shift >= 0; shift -= 8)
			*out++ = (uint8_t)(*numbers[i] >> shift);
	memcpy(out, cursor.place.id.bytes, ID_BYTES);
	memcpy(out + ID_BYTES, cursor.nonce.bytes, ID_BYTES);
	out[2 * ID_BYTES] = cursor.place.type;
	out[2 * ID_BYTES + 1] = cursor.whole;
}

static void unpack(const uint8_t in[PLAIN_BYTES], struct change_cursor *out)
{
	uint64_t *numbers[NUMBERS];

	*out = (struct change_cursor){ .place.id.set = true, .nonce.set = true };
	list_numbers(out, numbers);
	for (size_t i = 0; i < NUMBERS; i++)
		for (int byte = 0; byte < 8; byte++)
			*numbers[i] = *numbers[i] << 8 | *in++;
	memcpy(out->place.id.bytes, in, ID_BYTES);
	memcpy(out->nonce.bytes, in + ID_BYTES, ID_BYTES);
	out->place.type = in[2 * ID_BYTES];
	out->whole = in[2 * ID_BYTES + 1];
}

bool change_cursor_read(const struct request *req, const char *text, struct change_cursor *out)
{
	uint8_t sealed[CHANGE_CURSOR_MAX_CHARS], plain[PLAIN_BYTES];
	size_t len;

	if (strlen(text) != BASE64URL_CHARS(SEALED_BYTES) ||
	    !base64url_decode(text, strlen(text), sealed, &len) ||
	    !unseal(learned.key, req->scope.user.bytes, ID_BYTES, sealed, PLAIN_BYTES, plain))
		return false;
	unpack(plain, out);
	return true;
}

const char *change_cursor_make(struct request *req, const struct change_cursor *cursor)
{
	uint8_t plain[PLAIN_BYTES], sealed[SEALED_BYTES];
	char text[BASE64URL_CHARS(SEALED_BYTES)];

	pack(*cursor, plain);
	seal(learned.key, req->scope.user.bytes, ID_BYTES, plain, PLAIN_BYTES, sealed);
	size_t len = base64url_encode(sealed, SEALED_BYTES, text);
	return arena_copy(req->arena, text, len);
}

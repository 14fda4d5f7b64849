#include "web/cursor.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/crypto.h"
#include "base/encoding.h"

enum { MAC_BYTES = 16, ID_BYTES = 16, HEAD_BYTES = MAC_BYTES + ID_BYTES };

static bool is_position(const char *name)
{
	return strcmp(name, "limit") == 0 || strcmp(name, "offset") == 0 ||
	       strcmp(name, "cursor") == 0;
}

/* The first half of an HMAC over all that the position belongs to, and the position itself. */
static void sign(struct request *req, const uint8_t *id, const char *key, size_t key_len,
		 uint8_t mac[MAC_BYTES])
{
	struct buf text = { 0 };
	uint8_t whole[32];

	buf_put(&text, req->scope.user.bytes, sizeof req->scope.user.bytes);
	buf_put(&text, req->in.path, strlen(req->in.path) + 1);
	EACH_FIELD(field, req->route->query)
	{
		if (!is_position(field->name)) {
			buf_puts(&text, field->name);
			field_put(&text, field, req->filter.bound);
		}
	}
	buf_put(&text, id, ID_BYTES);
	buf_put(&text, key, key_len);
	hmac_sha256(req->web->cursor_key, sizeof req->web->cursor_key, text.data, text.len, whole);
	memcpy(mac, whole, MAC_BYTES);
	buf_free(&text);
}

const char *cursor_make(struct request *req, const char *key, const struct uuid *id)
{
	size_t key_len = strlen(key);
	uint8_t *raw = arena_alloc(req->arena, HEAD_BYTES + key_len);
	char *text = arena_alloc(req->arena, (HEAD_BYTES + key_len) * 4 / 3 + 4);

	sign(req, id->bytes, key, key_len, raw);
	memcpy(raw + MAC_BYTES, id->bytes, ID_BYTES);
	memcpy(raw + HEAD_BYTES, key, key_len);
	base64url_encode(raw, HEAD_BYTES + key_len, text);
	return text;
}

bool cursor_read(struct request *req, struct page *page)
{
	uint8_t mac[MAC_BYTES], *raw = arena_alloc(req->arena, strlen(page->cursor) + 1);
	size_t len;

	if (!base64url_decode(page->cursor, strlen(page->cursor), raw, &len) || len < HEAD_BYTES)
		return false;
	const char *key = (const char *)raw + HEAD_BYTES;
	sign(req, raw + MAC_BYTES, key, len - HEAD_BYTES, mac);
	if (CRYPTO_memcmp(mac, raw, MAC_BYTES) != 0)
		return false;
	memcpy(page->after_id.bytes, raw + MAC_BYTES, ID_BYTES);
	page->after_id.set = true;
	page->after_key = arena_copy(req->arena, key, len - HEAD_BYTES);
	return true;
}

/* fuzz_fastcgi.c -- any bytes from a web server: they give the same requests in whatever pieces
 * they arrive, and the memory for them is bounded. The first byte says how large the pieces are. */
#include "web/fastcgi.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { MAX_BODY = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes down what a reader made of a request. */
static enum fastcgi_state note_request(struct fastcgi *in, struct buf *notes)
{
	char *env[FASTCGI_MAX_VARIABLES + 1];
	enum err err = fastcgi_variables(in, env);

	buf_printf(notes, "request %d keep %d fault %d variables %d\n", in->id, in->keep, in->fault,
		   err);
	for (char **variable = env; *variable; variable++)
		buf_printf(notes, "%s\n", *variable);
	assert(fastcgi_body(in)[in->body_len] == '\0');
	buf_put(notes, fastcgi_body(in), in->body_len);
	return fastcgi_next(in);
}

static void read_all(const uint8_t *data, size_t size, size_t piece, struct buf *notes)
{
	struct fastcgi in = { .max_body_bytes = MAX_BODY };
	enum fastcgi_state state = FASTCGI_MORE;

	while (state == FASTCGI_MORE && size > 0) {
		size_t room;
		char *to = fastcgi_room(&in, &room);
		size_t len = piece < room ? piece : room;
		len = len < size ? len : size;
		memcpy(to, data, len);
		data += len;
		size -= len;
		state = fastcgi_take(&in, len);
		while (state == FASTCGI_REQUEST)
			state = note_request(&in, notes);
		assert(in.bytes.cap <= 1 << 19);
	}
	if (state == FASTCGI_MORE && fastcgi_cut(&in, ERR_REQUEST_TIMEOUT))
		(void)note_request(&in, notes);
	buf_printf(notes, "end %d\n", state);
	buf_put(notes, in.replies.data, in.replies.len);
	fastcgi_free(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };

	if (size == 0)
		return 0;
	read_all(data + 1, size - 1, size, &whole);
	read_all(data + 1, size - 1, data[0] + 1U, &pieces);
	assert(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}

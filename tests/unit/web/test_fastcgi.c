/* test_fastcgi.c -- records put together to requests, in whatever pieces they arrive. */
#include "web/fastcgi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/fastcgi_record.h"
#include "web/spool.h"

enum { MAX_BODY = 200000 };

static struct buf wire;

static void put_record(uint8_t type, uint16_t id, const void *content, size_t len, uint8_t padding)
{
	uint8_t header[] = {
		1,	 type, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(len >> 8), (uint8_t)len,
		padding, 0
	};

	buf_put(&wire, header, sizeof header);
	buf_put(&wire, content, len);
	for (; padding > 0; padding--)
		buf_putc(&wire, 'p');
}

static void put_begin(uint16_t id, uint8_t role, uint8_t flags)
{
	put_record(FASTCGI_BEGIN_REQUEST, id, (uint8_t[]){ 0, role, flags, 0, 0, 0, 0, 0 }, 8, 0);
}

static void put_pair(struct buf *out, const char *name, const char *value, size_t value_len)
{
	buf_putc(out, (char)strlen(name));
	if (value_len < 128)
		buf_putc(out, (char)value_len);
	else
		buf_put(out,
			(uint8_t[]){ 0x80, (uint8_t)(value_len >> 16), (uint8_t)(value_len >> 8),
				     (uint8_t)value_len },
			4);
	buf_puts(out, name);
	buf_put(out, value, value_len);
}

static void put_params(uint16_t id, const char *method)
{
	struct buf pairs = { 0 };

	put_pair(&pairs, "REQUEST_METHOD", method, strlen(method));
	put_pair(&pairs, "EMPTY", "", 0);
	put_pair(&pairs, "", "no name", 7);
	put_record(FASTCGI_PARAMS, id, pairs.data, pairs.len, 5);
	put_record(FASTCGI_PARAMS, id, NULL, 0, 0);
	buf_free(&pairs);
}

static void put_request(uint16_t id, const char *method, const char *body)
{
	put_begin(id, 1, 1);
	put_params(id, method);
	if (*body)
		put_record(FASTCGI_STDIN, id, body, strlen(body), 3);
	put_record(FASTCGI_STDIN, id, NULL, 0, 0);
}

/* Gives the reader what is on the wire, `piece` bytes at a time, until a request is complete. */
static enum fastcgi_state feed(struct fastcgi *in, size_t piece)
{
	enum fastcgi_state state = FASTCGI_MORE;
	size_t at = 0, room;

	in->max_body_bytes = MAX_BODY;
	while (state == FASTCGI_MORE && at < wire.len) {
		char *to = fastcgi_room(in, &room);
		size_t len = wire.len - at;
		assert_true(room > 0);
		len = len > room ? room : len;
		len = len > piece ? piece : len;
		memcpy(to, wire.data + at, len);
		at += len;
		state = fastcgi_take(in, len);
	}
	memmove(wire.data, wire.data + at, wire.len - at);
	wire.len -= at;
	return state;
}

static void assert_request(struct fastcgi *in, const char *method, const char *body)
{
	char *env[FASTCGI_MAX_VARIABLES + 1], expected[64];

	assert_true(fastcgi_has(in, "REQUEST_METHOD", method));
	assert_false(fastcgi_has(in, "REQUEST_METHOD", "OTHER"));
	assert_false(fastcgi_has(in, "REQUEST", method));
	assert_int_equal(in->fault, OK);
	assert_int_equal(fastcgi_variables(in, env), OK);
	strcpy(stpcpy(expected, "REQUEST_METHOD="), method);
	assert_string_equal(env[0], expected);
	assert_string_equal(env[1], "EMPTY=");
	assert_string_equal(env[2], "=no name");
	assert_null(env[3]);
	assert_int_equal(in->body_len, strlen(body));
	assert_string_equal(fastcgi_body(in), body);
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&wire);
	return 0;
}

static void test_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 200; piece++) {
		struct fastcgi in = { 0 };
		put_request(7, "POST", "{\"title\":\"x\"}");
		assert_false(fastcgi_is_within(&in));
		assert_int_equal(feed(&in, piece), FASTCGI_REQUEST);
		assert_request(&in, "POST", "{\"title\":\"x\"}");
		assert_int_equal(in.id, 7);
		assert_int_equal(fastcgi_next(&in), FASTCGI_MORE);
		assert_false(fastcgi_is_within(&in));
		put_request(1, "GET", "");
		assert_int_equal(feed(&in, piece), FASTCGI_REQUEST);
		assert_request(&in, "GET", "");
		fastcgi_free(&in);
		wire.len = 0;
	}
}

static void test_two_requests_at_once(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_request(1, "GET", "");
	put_request(2, "POST", "second");
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_request(&in, "GET", "");
	assert_int_equal(fastcgi_next(&in), FASTCGI_REQUEST);
	assert_request(&in, "POST", "second");
	assert_int_equal(fastcgi_next(&in), FASTCGI_MORE);
	fastcgi_free(&in);
}

static void test_parts_of_streams(void **state)
{
	struct buf pairs = { 0 };
	struct fastcgi in = { 0 };
	char *env[FASTCGI_MAX_VARIABLES + 1], long_value[301];

	(void)state;
	memset(long_value, 'v', 300);
	long_value[300] = '\0';
	put_pair(&pairs, "LONG", long_value, 300);
	put_begin(1, 1, 1);
	for (size_t i = 0; i < pairs.len; i++)
		put_record(FASTCGI_PARAMS, 1, pairs.data + i, 1, 2);
	put_record(FASTCGI_PARAMS, 1, NULL, 0, 0);
	for (size_t i = 0; i < 1000; i++)
		put_record(FASTCGI_STDIN, 1, "0123456789" + i % 10, 1, 255);
	put_record(FASTCGI_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(&in, 777), FASTCGI_REQUEST);
	assert_true(in.bytes.cap <= 16384); /* what is around the parts is not kept */
	assert_int_equal(fastcgi_variables(&in, env), OK);
	assert_int_equal(strlen(env[0]), 305);
	assert_string_equal(env[0] + 5, long_value);
	assert_int_equal(in.body_len, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(fastcgi_body(&in)[i], "0123456789"[i % 10]);
	fastcgi_free(&in);
	buf_free(&pairs);
}

/* Puts a request without an end. */
static void put_open_request(void)
{
	put_begin(1, 1, 1);
	put_params(1, "POST");
	put_record(FASTCGI_STDIN, 1, "half", 4, 0);
}

static void test_a_body_that_does_not_arrive(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_begin(1, 1, 1);
	assert_int_equal(feed(&in, 4096), FASTCGI_MORE);
	assert_true(fastcgi_is_within(&in));
	assert_false(fastcgi_cut(&in, ERR_REQUEST_TIMEOUT));
	fastcgi_free(&in);

	in = (struct fastcgi){ 0 };
	put_open_request();
	assert_int_equal(feed(&in, 1), FASTCGI_MORE);
	assert_true(fastcgi_is_within(&in));
	assert_true(fastcgi_cut(&in, ERR_REQUEST_TIMEOUT));
	assert_false(fastcgi_is_within(&in));
	assert_int_equal(in.fault, ERR_REQUEST_TIMEOUT);
	assert_string_equal(fastcgi_body(&in), "half");
	assert_int_equal(fastcgi_next(&in), FASTCGI_BROKEN);
	fastcgi_free(&in);
}

static void test_a_body_that_is_too_large(void **state)
{
	struct fastcgi in = { 0 };
	static char part[65535];

	(void)state;
	put_begin(1, 1, 1);
	put_params(1, "POST");
	for (int i = 0; i < 10; i++)
		put_record(FASTCGI_STDIN, 1, part, sizeof part, 0);
	assert_int_equal(feed(&in, 5000), FASTCGI_REQUEST);
	assert_int_equal(in.fault, ERR_PAYLOAD_TOO_LARGE);
	assert_true(in.body_len > MAX_BODY && in.bytes.cap <= 2 * (MAX_BODY + (1 << 17)));
	assert_int_equal(fastcgi_next(&in), FASTCGI_BROKEN);
	fastcgi_free(&in);
}

static void test_variables_that_are_too_many(void **state)
{
	char *env[FASTCGI_MAX_VARIABLES + 1];
	struct buf pairs = { 0 };
	struct fastcgi in = { 0 };
	static char part[FASTCGI_MAX_VARIABLE_BYTES - 4];

	(void)state;
	for (int i = 0; i <= FASTCGI_MAX_VARIABLES; i++)
		put_pair(&pairs, "N", "v", 1);
	put_begin(1, 1, 1);
	put_record(FASTCGI_PARAMS, 1, pairs.data, pairs.len, 0);
	put_record(FASTCGI_PARAMS, 1, NULL, 0, 0);
	put_record(FASTCGI_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_int_equal(fastcgi_variables(&in, env), ERR_HEADERS_TOO_LARGE);
	assert_string_equal(env[FASTCGI_MAX_VARIABLES - 1], "N=v");
	assert_null(env[FASTCGI_MAX_VARIABLES]);
	fastcgi_free(&in);

	in = (struct fastcgi){ 0 };
	wire.len = pairs.len = 0;
	put_pair(&pairs, "HUGE", part, sizeof part);
	put_begin(1, 1, 1);
	put_record(FASTCGI_PARAMS, 1, pairs.data, 60000, 0);
	put_record(FASTCGI_PARAMS, 1, pairs.data + 60000, pairs.len - 60000, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_int_equal(in.fault, ERR_HEADERS_TOO_LARGE);
	fastcgi_free(&in);
	buf_free(&pairs);
}

static void test_variables_that_are_malformed(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "\4\1NAMEv\1", 8 },	     /* the last one has no second length */
		{ "\4\1NAMEv\1\1x", 10 },    /* … no value */
		{ "\4\1NAMEv\200\0\0", 10 }, /* … half a length */
		{ "\377\377\377\377\377\377\377\377x", 9 },
		{ "\4\3NAMEa\0b", 9 },
		{ "\4\1N\0MEv", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *env[FASTCGI_MAX_VARIABLES + 1];
		struct fastcgi in = { 0 };
		put_begin(1, 1, 1);
		put_record(FASTCGI_PARAMS, 1, rows[i].bytes, rows[i].len, 0);
		put_record(FASTCGI_PARAMS, 1, NULL, 0, 0);
		put_record(FASTCGI_STDIN, 1, NULL, 0, 0);
		assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
		assert_int_equal(fastcgi_variables(&in, env), ERR_BAD_REQUEST);
		fastcgi_free(&in);
	}
}

static void test_connection_that_is_not_kept(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_begin(1, 1, 0);
	put_params(1, "GET");
	put_record(FASTCGI_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_int_equal(fastcgi_next(&in), FASTCGI_BROKEN);
	fastcgi_free(&in);
}

static void assert_broken(void)
{
	struct fastcgi in = { 0 };

	assert_int_equal(feed(&in, 3), FASTCGI_BROKEN);
	fastcgi_free(&in);
	wire.len = 0;
}

static void test_what_is_no_fastcgi(void **state)
{
	(void)state;
	buf_puts(&wire, "GET / HTTP/1.1\r\n\r\n");
	assert_broken();
	put_record(FASTCGI_BEGIN_REQUEST, 1, "\0\1\1", 3, 0);
	assert_broken();
	put_begin(1, 1, 1);
	put_begin(1, 1, 1);
	assert_broken();
	put_begin(1, 1, 1);
	put_record(FASTCGI_STDIN, 1, "early", 5, 0);
	assert_broken();
	put_open_request();
	put_record(FASTCGI_PARAMS, 1, "late", 4, 0);
	assert_broken();
}

static void assert_reply(struct fastcgi *in, const void *expected, size_t len)
{
	assert_int_equal(in->replies.len, len);
	assert_memory_equal(in->replies.data, expected, len);
	buf_clear(&in->replies);
}

static void test_questions_of_the_protocol(void **state)
{
	static const char values[] = "\1\12\0\0\0\42\0\0"
				     "\17\1FCGI_MPXS_CONNS0"
				     "\15\1FCGI_MAX_REQS1";
	struct buf asked = { 0 };
	struct fastcgi in = { 0 };

	(void)state;
	put_pair(&asked, "FCGI_MAX_REQS", "", 0);
	put_pair(&asked, "FCGI_OTHER", "", 0);
	put_pair(&asked, "FCGI_MPXS_CONNS", "", 0);
	put_record(FASTCGI_GET_VALUES, 0, asked.data, asked.len, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_MORE);
	assert_reply(&in, values, 8 + 18 + 16);
	put_record(77, 0, "?", 1, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_MORE);
	assert_reply(&in, "\1\13\0\0\0\10\0\0\115\0\0\0\0\0\0\0", 16);
	assert_false(fastcgi_is_within(&in));
	put_request(1, "GET", "");
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_request(&in, "GET", "");
	fastcgi_free(&in);
	buf_free(&asked);
}

static void test_requests_that_are_refused(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_begin(1, 2, 1); /* an authorizer */
	assert_int_equal(feed(&in, 4096), FASTCGI_MORE);
	assert_reply(&in, "\1\3\0\1\0\10\0\0\0\0\0\0\3\0\0\0", 16);
	put_begin(3, 1, 1);
	put_params(3, "GET");
	put_begin(4, 1, 1); /* a second one at the same time */
	put_record(FASTCGI_PARAMS, 4, "ignored", 7, 0);
	put_record(FASTCGI_STDIN, 3, NULL, 0, 0);
	assert_int_equal(feed(&in, 4096), FASTCGI_REQUEST);
	assert_reply(&in, "\1\3\0\4\0\10\0\0\0\0\0\0\1\0\0\0", 16);
	assert_request(&in, "GET", "");
	fastcgi_free(&in);
}

static void test_a_request_that_is_aborted(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_open_request();
	put_record(FASTCGI_ABORT_REQUEST, 1, NULL, 0, 0);
	assert_int_equal(feed(&in, 9), FASTCGI_MORE);
	assert_reply(&in, "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0", 16);
	assert_false(fastcgi_is_within(&in));
	put_request(1, "POST", "another");
	assert_int_equal(feed(&in, 9), FASTCGI_REQUEST);
	assert_request(&in, "POST", "another");
	fastcgi_free(&in);
}

static void test_nothing_is_left_of_a_request(void **state)
{
	struct fastcgi in = { 0 };

	(void)state;
	put_request(1, "POST", "Correct-Horse-7");
	assert_int_equal(feed(&in, 11), FASTCGI_REQUEST);
	assert_int_equal(fastcgi_next(&in), FASTCGI_MORE);
	for (size_t i = 0; i < in.bytes.cap; i++)
		assert_true(i >= 1000 || in.bytes.data[i] != 'H');
	fastcgi_free(&in);
}

/* A POST may bring a body of 100 bytes, which goes to a file. */
static size_t spool_bytes(const struct fastcgi *in, const void *context)
{
	assert_null(context);
	return fastcgi_has(in, "REQUEST_METHOD", "POST") ? 100 : 0;
}

static void test_a_body_that_goes_to_a_file(void **state)
{
	char found[16];

	(void)state;
	for (size_t piece = 1; piece < 200; piece++) {
		struct fastcgi in = { .spool_bytes = spool_bytes };
		put_request(7, "POST", "{\"title\":\"x\"}");
		assert_int_equal(feed(&in, piece), FASTCGI_REQUEST);
		assert_request(&in, "POST", "");
		assert_int_equal(spool_size(in.spool), 13);
		assert_int_equal(spool_read(in.spool, 0, found, sizeof found), 13);
		assert_memory_equal(found, "{\"title\":\"x\"}", 13);
		assert_int_equal(fastcgi_next(&in), FASTCGI_MORE);
		assert_null(in.spool);
		put_request(1, "PUT", "{}");
		assert_int_equal(feed(&in, piece), FASTCGI_REQUEST);
		assert_request(&in, "PUT", "{}");
		assert_null(in.spool);
		fastcgi_free(&in);
		wire.len = 0;
	}
}

static void test_a_file_that_would_be_too_large(void **state)
{
	char body[102] = { 0 };

	(void)state;
	for (size_t len = 100; len <= 101; len++) {
		struct fastcgi in = { .spool_bytes = spool_bytes };
		memset(body, 'x', len);
		put_request(1, "POST", body);
		assert_int_equal(feed(&in, SIZE_MAX), FASTCGI_REQUEST);
		assert_int_equal(in.fault, len == 100 ? OK : ERR_PAYLOAD_TOO_LARGE);
		fastcgi_free(&in);
		wire.len = 0;
	}
}

static void test_a_file_of_an_aborted_request(void **state)
{
	struct fastcgi in = { .spool_bytes = spool_bytes };

	(void)state;
	put_begin(1, 1, 1);
	put_params(1, "POST");
	put_record(FASTCGI_STDIN, 1, "half", 4, 0);
	put_record(FASTCGI_ABORT_REQUEST, 1, NULL, 0, 0);
	put_request(1, "PUT", "x");
	assert_int_equal(feed(&in, 3), FASTCGI_REQUEST);
	assert_request(&in, "PUT", "x");
	assert_null(in.spool);
	fastcgi_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_in_pieces_of_any_size, tear_down),
		cmocka_unit_test_teardown(test_two_requests_at_once, tear_down),
		cmocka_unit_test_teardown(test_parts_of_streams, tear_down),
		cmocka_unit_test_teardown(test_a_body_that_does_not_arrive, tear_down),
		cmocka_unit_test_teardown(test_a_body_that_is_too_large, tear_down),
		cmocka_unit_test_teardown(test_a_body_that_goes_to_a_file, tear_down),
		cmocka_unit_test_teardown(test_a_file_that_would_be_too_large, tear_down),
		cmocka_unit_test_teardown(test_a_file_of_an_aborted_request, tear_down),
		cmocka_unit_test_teardown(test_variables_that_are_too_many, tear_down),
		cmocka_unit_test_teardown(test_variables_that_are_malformed, tear_down),
		cmocka_unit_test_teardown(test_connection_that_is_not_kept, tear_down),
		cmocka_unit_test_teardown(test_what_is_no_fastcgi, tear_down),
		cmocka_unit_test_teardown(test_questions_of_the_protocol, tear_down),
		cmocka_unit_test_teardown(test_requests_that_are_refused, tear_down),
		cmocka_unit_test_teardown(test_a_request_that_is_aborted, tear_down),
		cmocka_unit_test_teardown(test_nothing_is_left_of_a_request, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

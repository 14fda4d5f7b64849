/* test_body.c -- bodies: whether they are read, what they fill, and all that is wrong with them. */
#include "web/body.h"

#include "loopback.h"
#include "web/answer.h"
#include "web/refuse.h"

struct thing {
	struct uuid id;
	const char *title, *note;
	struct integer size, version;
	struct strings tags;
};

static const struct field thing_fields[] = {
	FIELD(struct thing, id, .access = ACCESS_ON_CREATE),
	FIELD(struct thing, title, .required = true, .min = 1, .max = 5),
	FIELD(struct thing, note, .nullable = true, .max = 5),
	FIELD(struct thing, size, .min = 1, .max = 9, .preset = "3"),
	FIELD(struct thing, tags, .max_items = 2, .max = 5),
	FIELD(struct thing, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
};

static void thing_check(const void *in, const struct strings *sent, struct faults *faults)
{
	const struct thing *thing = in;

	if (strings_have(sent, "note") && thing->note && strcmp(thing->note, thing->title) == 0)
		fault_add(faults, "note", (struct fault){ FAULT_CONFLICT, .with = "title" });
}

static const struct shape thing_shape =
	SHAPE(struct thing, "Thing", thing_fields, .check = thing_check);

/* Answers with all that was read, and the version that a change demands. */
static enum err show_thing(struct request *req)
{
	struct thing thing = { 0 };
	struct json json = { req->answer.body };

	TRY(body_read(req, &thing));
	json_open(&json, NULL, '{');
	EACH_FIELD(field, &thing_shape)
	{
		if (field->access == ACCESS_READ_ONLY || !body_has(req, field->name))
			continue;
		json_value(&json, field->name);
		field_put(json.out, field, &thing);
	}
	if (thing.size.set && !body_has(req, "size"))
		json_integer(&json, "preset", thing.size.value);
	if (req->when.version.set)
		json_integer(&json, "when", req->when.version.value);
	json_close(&json, '}');
	answer_start(req, 200);
	return answer_json(req);
}

struct few {
	struct objects things;
};

static const struct field few_fields[] = {
	FIELD(struct few, things, .required = true, .min_items = 1, .max_items = 2,
	      .shape = &thing_shape),
};

static const struct shape few_shape = SHAPE(struct few, "Few", few_fields);

static enum err show_few(struct request *req)
{
	struct few few = { 0 };

	TRY(body_read(req, &few));
	const struct thing *last = few.things.items[few.things.count - 1];
	buf_printf(req->answer.body, "%s %s", few.things.json, last->title);
	answer_start(req, 200);
	return OK;
}

static const struct route routes[] = {
	{ POST, "/things", ANYBODY, HANDLER(show_thing), .body = &thing_shape, .creates = true },
	{ PATCH, "/things", ANYBODY, HANDLER(show_thing), .body = &thing_shape, .merge = true },
	{ PUT, "/maybe", ANYBODY, HANDLER(show_thing), .body = &thing_shape, .merge = true,
	  .optional_body = true, .max_body_bytes = 20 },
	{ POST, "/few", ANYBODY, HANDLER(show_few), .body = &few_shape },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

#define SENT "\"id\":\"" LOOPBACK_USER "\",\"version\":2,\"created_at\":7"

static void test_what_is_read(void **state)
{
	(void)state;
	ASK("POST", "/api/v1/things",
	    "{\"title\":\"x\",\"note\":null,\"tags\":[\"a\",\"b\"],\"size\":9}");
	assert_answer(200, "{\"title\":\"x\",\"note\":null,\"size\":9,\"tags\":[\"a\",\"b\"]}");
	/* Who creates brings no version; who changes brings no id, and gets no preset. */
	ASK("POST", "/api/v1/things", "{\"title\":\"x\"," SENT "}");
	assert_answer(200, "{\"id\":\"" LOOPBACK_USER "\",\"title\":\"x\",\"preset\":3}");
	ASK("PATCH", "/api/v1/things", "{" SENT "}");
	assert_answer(200, "{\"when\":2}");
	/* Of a member that comes twice the last one counts. */
	ASK("PATCH", "/api/v1/things", "{\"title\":\"x\",\"\\u0074itle\":\"y\"}");
	assert_answer(200, "{\"title\":\"y\"}");
}

static void test_all_faults_are_told(void **state)
{
	(void)state;
	ASK("POST", "/api/v1/things",
	    "{\"note\":\"longer\",\"size\":\"5\",\"tags\":[\"a\",\"b\",\"c\"],\"Title\":1,\"id\":"
	    "\"x\"}");
	assert_answer(400,
		      "\"message\":\"note must be at most 5 characters, and 5 more\",\"details\":["
		      "{\"field\":\"note\",\"code\":\"length\"");
	assert_answer(400, "{\"field\":\"size\",\"code\":\"type\"");
	assert_answer(400, "{\"field\":\"tags\",\"code\":\"items\"");
	assert_answer(
		400,
		"{\"field\":\"Title\",\"code\":\"unknown\",\"message\":\"is not known here\"}");
	assert_answer(400, "{\"field\":\"id\",\"code\":\"format\"");
	assert_answer(400,
		      "{\"field\":\"title\",\"code\":\"required\",\"message\":\"is required\"}");
	/* What no field can tell is only looked at when each is right. */
	ASK("PATCH", "/api/v1/things", "{\"title\":\"x\",\"note\":\"x\"}");
	assert_answer(400, "[{\"field\":\"note\",\"code\":\"conflict\",\"message\":\"does not go "
			   "with the rest\","
			   "\"with\":\"title\"}]");
	ASK("PATCH", "/api/v1/things", "{\"title\":\"x\",\"note\":\"x\",\"size\":0}");
	assert_answer(400, "\"details\":[{\"field\":\"size\",\"code\":\"range\"");
	ASK("PATCH", "/api/v1/things", "{\"version\":0}");
	assert_answer(400, "{\"field\":\"version\",\"code\":\"range\"");
	/* A name with U+0000 cannot be held by any C text. */
	ASK("PATCH", "/api/v1/things", "{\"a\\u0000b\":1}");
	assert_answer(400, "\"details\":[{\"field\":\"a\\\\u0000b\",\"code\":\"unknown\"");
}

static void test_elements(void **state)
{
	(void)state;
	ASK("POST", "/api/v1/few",
	    "{\"things\":[{\"title\":\"x\",\"size\":1},{ \"title\" : \"\\u0079\" }]}");
	assert_answer(200, "[{\"title\":\"x\",\"size\":1},{\"title\":\"y\"}] y");
	ASK("POST", "/api/v1/few", "{\"things\":[{\"title\":\" \"},7]}");
	assert_answer(400, "[{\"field\":\"things[0].title\",\"code\":\"blank\"");
	assert_answer(
		400,
		"{\"field\":\"things[1]\",\"code\":\"type\",\"message\":\"must be an object\"");
	ASK("POST", "/api/v1/few", "{\"things\":[]}");
	assert_answer(400, "[{\"field\":\"things\",\"code\":\"items\"");
	ASK("POST", "/api/v1/few", "{\"things\":{}}");
	assert_answer(400, "[{\"field\":\"things\",\"code\":\"type\"");
}

static void test_bodies_that_are_not_read(void **state)
{
	static const struct {
		const char *body, *variable;
		int status;
		const char *part;
	} rows[] = {
		{ "", "A=", 400, "the body is not valid JSON" },
		{ "{} x", "A=", 400, "\"invalid_json\"" },
		{ "{\"title\":NaN}", "A=", 400, "\"invalid_json\"" },
		{ "[]", "A=", 400, "the body must be a JSON object" },
		{ "null", "A=", 400, "the body must be a JSON object" },
		{ "5", "A=", 400, "the body must be a JSON object" },
		{ "{}", "CONTENT_TYPE=text/plain", 415, "\"unsupported_media_type\"" },
		{ "{}", "CONTENT_TYPE=", 415, "\"unsupported_media_type\"" },
		{ "{}", "CONTENT_TYPE=application/json; charset=latin1", 415, "" },
		{ "{}", "CONTENT_LENGTH=3", 400, "the body ended too early" },
		{ "{}", "CONTENT_LENGTH=1048577", 413, "\"payload_too_large\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ASK("PATCH", "/api/v1/things", rows[i].body, rows[i].variable);
		assert_answer(rows[i].status, rows[i].part);
	}
}

static void test_a_body_that_may_be_absent(void **state)
{
	(void)state;
	ASK("PUT", "/api/v1/maybe", NULL);
	assert_answer(200, "{}");
	ASK("PUT", "/api/v1/maybe", "{\"title\":\"12345\"}   ");
	assert_answer(200, "{\"title\":\"12345\"}");
	ASK("PUT", "/api/v1/maybe", "{\"title\":\"12345\"}    ");
	assert_answer(413, "\"payload_too_large\"");
	ASK("PUT", "/api/v1/maybe", " ");
	assert_answer(400, "\"invalid_json\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_all_faults_are_told),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_bodies_that_are_not_read),
		cmocka_unit_test(test_a_body_that_may_be_absent),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}

#include "openapi/forms.h"

#include <string.h>

#include "openapi/example.h"
#include "openapi/header.h"

static const char *error_list[ERR_COUNT]; /* each word once; see list_words() */
static const struct words error_words = { "ErrorWord", error_list };

static const char *const code_list[] = {
#define ROW(name, word, sentence) word,
	FAULT_TABLE(ROW)
#undef ROW
		NULL
};

static const struct words code_words = { "FaultCode", code_list };

static const struct field detail_fields[] = {
	ANSWER("field", KIND_TEXT,
	       .doc = "The member or parameter that is wrong; of a list's element `tags[2]`."),
	ANSWER("code", KIND_TEXT, .words = &code_words),
	ANSWER("message", KIND_TEXT, .doc = "What is wrong with it, in plain text."),
	ANSWER("min", KIND_NUMBER, .optional = true,
	       .doc = "The least length, value, or number of elements."),
	ANSWER("max", KIND_NUMBER, .optional = true,
	       .doc = "The greatest length, value, or number of elements."),
	ANSWER("type", KIND_TEXT, .optional = true, .doc = "The JSON type that it must have."),
	ANSWER("format", KIND_TEXT, .optional = true, .doc = "The format that it must have."),
	ANSWER("with", KIND_TEXT, .optional = true, .doc = "The other field of a conflict."),
	ANSWER("allowed", KIND_STRINGS, .optional = true, .doc = "The values that it may have."),
};

static const struct shape detail_shape = ANSWER_SHAPE("ErrorDetail", detail_fields);

static const struct field error_fields[] = {
	ANSWER("error", KIND_TEXT, .words = &error_words),
	ANSWER("code", KIND_INTEGER, .min = 400, .max = 599, .doc = "The HTTP status."),
	ANSWER("message", KIND_TEXT, .doc = "One sentence for a person."),
	ANSWER("details", KIND_OBJECTS, .shape = &detail_shape, .doc = "All wrong fields at once."),
	ANSWER("request_id", KIND_TEXT, .doc = "What the log knows this request by."),
};

static const struct field problem_fields[] = {
	ANSWER("type", KIND_TEXT, .doc = "Always `about:blank`: `error` tells the kind."),
	ANSWER("title", KIND_TEXT, .doc = "One sentence on the kind."),
	ANSWER("status", KIND_INTEGER, .min = 400, .max = 599, .doc = "The HTTP status."),
	ANSWER("detail", KIND_TEXT, .doc = "One sentence for a person."),
	ANSWER("error", KIND_TEXT, .words = &error_words),
	ANSWER("details", KIND_OBJECTS, .shape = &detail_shape, .doc = "All wrong fields at once."),
	ANSWER("request_id", KIND_TEXT, .doc = "What the log knows this request by."),
};

static const struct shape error_shape = ANSWER_SHAPE("ApiError", error_fields);
static const struct shape problem_shape = ANSWER_SHAPE("Problem", problem_fields);

/* What the examples of some errors blame. */
static const struct {
	enum err err;
	const char *field;
	struct fault fault;
} blamed[] = {
	{ ERR_VALIDATION,
	  "title",
	  { FAULT_LENGTH, "must be 1 to 200 characters", .min = "1", .max = "200" } },
	{ ERR_EMAIL_TAKEN, "email", { FAULT_TAKEN } },
	{ ERR_USERNAME_TAKEN, "username", { FAULT_TAKEN } },
	{ ERR_NAME_TAKEN, "name", { FAULT_TAKEN } },
	{ ERR_ID_TAKEN, "id", { FAULT_TAKEN, "is already in use with other content" } },
};

/* Notes what the example of an error blames, if it blames anything. */
static void add_blamed(enum err err, struct faults *faults)
{
	for (size_t i = 0; i < sizeof blamed / sizeof *blamed; i++)
		if (blamed[i].err == err)
			fault_add(faults, blamed[i].field, blamed[i].fault);
}

static void list_words(void)
{
	size_t count = 0;

	for (int err = OK + 1; err < ERR_COUNT; err++) {
		const char *word = err_info((enum err)err)->word;
		size_t i = 0;
		while (i < count && strcmp(error_list[i], word) != 0)
			i++;
		if (i == count)
			error_list[count++] = word;
	}
}

static void put_shape_ref(struct document *doc, const char *name, const struct shape *shape)
{
	document_put_ref(doc, name, "schemas",
			 document_add_shape(doc, SCHEMA_ANSWER, shape, NULL)->name);
}

/* The member `error`, which has the words of these errors. */
static void put_words(struct json *json, uint64_t errs)
{
	json_open(json, "error", '{');
	json_text(json, "type", "string");
	json_open(json, "enum", '[');
	for (int err = OK + 1; err < ERR_COUNT; err++)
		if (errs >> err & 1)
			json_text(json, NULL, err_info((enum err)err)->word);
	json_close(json, ']');
	json_close(json, '}');
}

/* The schema of these errors in one of the forms: the form, and what is special in them. */
static void put_variant(struct document *doc, const char *name, const struct shape *form,
			uint64_t errs, const struct shape *current)
{
	struct json *json = &doc->json;

	json_open(json, name, '{');
	json_open(json, "allOf", '[');
	put_shape_ref(doc, NULL, form);
	json_open(json, NULL, '{');
	json_text(json, "type", "object");
	json_open(json, "properties", '{');
	put_words(json, errs);
	if (current)
		put_shape_ref(doc, "current", current);
	json_close(json, '}');
	json_open(json, "required", '[');
	json_text(json, NULL, "error");
	if (current)
		json_text(json, NULL, "current");
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
}

static void put_schema(struct document *doc, const struct refusal *refusal,
		       const struct shape *form)
{
	uint64_t plain = refusal->errs & ~refusal->stale;
	int variants = (plain != 0) + (refusal->stale != 0) + (refusal->instead != NULL);
	const char *name = variants > 1 ? NULL : "schema";

	if (variants > 1) {
		json_open(&doc->json, "schema", '{');
		json_open(&doc->json, "anyOf", '[');
	}
	if (plain)
		put_variant(doc, name, form, plain, NULL);
	if (refusal->stale)
		put_variant(doc, name, form, refusal->stale, refusal->current);
	if (refusal->instead)
		put_shape_ref(doc, NULL, refusal->instead);
	if (variants > 1) {
		json_close(&doc->json, ']');
		json_close(&doc->json, '}');
	}
}

/* Both forms have the same facts under other names. */
static void put_facts(struct json *json, const struct shape *form, const struct err_info *info,
		      const char *message)
{
	if (form == &problem_shape) {
		json_text(json, "type", "about:blank");
		json_text(json, "title", info->sentence);
		json_integer(json, "status", info->status);
		json_text(json, "detail", message);
	}
	json_text(json, "error", info->word);
	if (form == &error_shape) {
		json_integer(json, "code", info->status);
		json_text(json, "message", message);
	}
}

static void put_value(struct document *doc, const struct shape *form, enum err err,
		      const struct shape *current)
{
	const struct err_info *info = err_info(err);
	struct json *json = &doc->json;
	struct faults faults = { doc->arena };

	add_blamed(err, &faults);
	json_open(json, "value", '{');
	put_facts(json, form, info, faults.count > 0 ? fault_sentence(&faults) : info->sentence);
	fault_put(json, "details", &faults);
	if (current)
		example_put(doc, "current", current);
	json_text(json, "request_id", "01a1fb8d-0b09-70b6-81b1-98af4f982f7c");
	json_close(json, '}');
}

static void put_examples(struct document *doc, const struct refusal *refusal,
			 const struct shape *form)
{
	json_open(&doc->json, "examples", '{');
	for (int err = OK + 1; err < ERR_COUNT; err++) {
		if (!(refusal->errs >> err & 1))
			continue;
		json_open(&doc->json, err_info((enum err)err)->word, '{');
		put_value(doc, form, (enum err)err,
			  refusal->stale >> err & 1 ? refusal->current : NULL);
		json_close(&doc->json, '}');
	}
	json_close(&doc->json, '}');
}

/* Each word with its sentence. */
static const char *describe(struct document *doc, uint64_t errs)
{
	const char *text = NULL;

	for (int err = OK + 1; err < ERR_COUNT; err++) {
		const struct err_info *info = err_info((enum err)err);
		if (errs >> err & 1)
			text = arena_printf(doc->arena, "%s%s`%s`: %s.", text ? text : "",
					    text ? " " : "", info->word, info->sentence);
	}
	return text;
}

static unsigned headers_of(const struct refusal *refusal)
{
	unsigned set = 1U << HEADER_REQUEST_ID | 1U << HEADER_CACHE_CONTROL | 1U << HEADER_ENCODING;

	if (refusal->status == 401)
		set |= 1U << HEADER_AUTHENTICATE;
	if (refusal->status == 429 || refusal->status >= 503)
		set |= 1U << HEADER_RETRY_AFTER;
	if (refusal->stale)
		set |= 1U << (refusal->stale == refusal->errs ? HEADER_ETAG : HEADER_CURRENT_ETAG);
	if (refusal->kept)
		set |= 1U << HEADER_REPLAYED;
	return set;
}

static void put_form(struct document *doc, const char *media_type, const struct refusal *refusal,
		     const struct shape *form)
{
	json_open(&doc->json, media_type, '{');
	put_schema(doc, refusal, form);
	put_examples(doc, refusal, form);
	json_close(&doc->json, '}');
}

void forms_put_all(struct document *doc)
{
	struct json *json = &doc->json;

	list_words();
	json_open(json, "responses", '{');
	for (size_t i = 0; i < doc->refusal_count; i++) {
		const struct refusal *refusal = &doc->refusals[i];
		json_open(json, refusal->name, '{');
		json_text(json, "description", describe(doc, refusal->errs));
		header_put_refs(doc, headers_of(refusal));
		json_open(json, "content", '{');
		put_form(doc, "application/json", refusal, &error_shape);
		put_form(doc, "application/problem+json", refusal, &problem_shape);
		json_close(json, '}');
		json_close(json, '}');
	}
	json_close(json, '}');
}

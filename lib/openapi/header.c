#include "openapi/header.h"

#define ETAG_PATTERN "^(W/)?\"[^\"]+\"$"

static const struct {
	const char *component, *name, *doc, *type, *pattern, *example;
	const struct words words;
	bool always;
} headers[HEADER_COUNT] = {
	[HEADER_REQUEST_ID] = { "RequestId", "X-Request-Id",
				"What the log knows this request by: that of the request, if it "
				"had a good one.",
				.pattern = "^[A-Za-z0-9-]{1,64}$",
				.example = "01a1fb8d-0b09-70b6-81b1-98af4f982f7c", .always = true },
	[HEADER_CACHE_CONTROL] = { "CacheControl", "Cache-Control",
				   "What has an ETag may be kept, if it is asked for again each "
				   "time; nothing else is.",
				   .words = WORDS(NULL, "no-store", "private, no-cache"),
				   .always = true },
	[HEADER_ENCODING] = { "ContentEncoding", "Content-Encoding",
			      "JSON of 1 KiB and more is compressed for clients that accept it; "
			      "the ETag is a weak one then.",
			      .words = WORDS(NULL, "gzip") },
	[HEADER_ETAG] = { "ETag", "ETag", "What to send as If-Match or If-None-Match.",
			  .pattern = ETAG_PATTERN,
			  .example = "\"9a4b3c1e-5d0f-4e58-8f43-0c8e6f7a2b10\"", .always = true },
	[HEADER_CURRENT_ETAG] = { "CurrentETag", "ETag", "That of `current`.",
				  .pattern = ETAG_PATTERN,
				  .example = "\"9a4b3c1e-5d0f-4e58-8f43-0c8e6f7a2b10\"" },
	[HEADER_LOCATION] = { "Location", "Location", "The path of what was made.",
			      .pattern = "^/api/v1/", .always = true,
			      .example = "/api/v1/tasks/01a1fb8d-2361-7873-aba7-17f573155365" },
	[HEADER_REPLAYED] = { "IdempotencyReplayed", "Idempotency-Replayed",
			      "This is the answer to the first request with this "
			      "Idempotency-Key, again.",
			      .words = WORDS(NULL, "true") },
	[HEADER_RETRY_AFTER] = { "RetryAfter", "Retry-After", "How many seconds to wait.",
				 .type = "integer", .always = true },
	[HEADER_AUTHENTICATE] = { "Authenticate", "WWW-Authenticate",
				  "Why the token was refused (RFC 6750).", .pattern = "^Bearer ",
				  .always = true,
				  .example = "Bearer error=\"invalid_token\", error_description="
					     "\"the token has expired\"" },
	[HEADER_DISPOSITION] = { "ContentDisposition", "Content-Disposition",
				 "That a browser saves it as a file (RFC 6266).",
				 .pattern = "^attachment; filename=\"[^\"]+\"$", .always = true,
				 .example = "attachment; filename=\"daybook.json\"" },
};

void header_put_refs(struct document *doc, unsigned set)
{
	json_open(&doc->json, "headers", '{');
	for (int header = 0; header < HEADER_COUNT; header++)
		if (set >> header & 1)
			document_put_ref(doc, headers[header].name, "headers",
					 headers[header].component);
	json_close(&doc->json, '}');
}

static void put_schema(struct json *json, enum header header)
{
	json_open(json, "schema", '{');
	json_text(json, "type", headers[header].type ? headers[header].type : "string");
	if (headers[header].type)
		json_integer(json, "minimum", 1);
	if (headers[header].pattern)
		json_text(json, "pattern", headers[header].pattern);
	if (headers[header].words.list) {
		json_open(json, "enum", '[');
		for (const char *const *word = headers[header].words.list; *word; word++)
			json_text(json, NULL, *word);
		json_close(json, ']');
	}
	json_close(json, '}');
}

void header_put_all(struct document *doc)
{
	struct json *json = &doc->json;

	json_open(json, "headers", '{');
	for (int header = 0; header < HEADER_COUNT; header++) {
		json_open(json, headers[header].component, '{');
		json_text(json, "description", headers[header].doc);
		if (headers[header].always)
			json_boolean(json, "required", true);
		put_schema(json, (enum header)header);
		if (headers[header].example)
			json_text(json, "example", headers[header].example);
		json_close(json, '}');
	}
	json_close(json, '}');
}

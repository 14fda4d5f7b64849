#include "web/refuse.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "daemon/log.h"
#include "db/result.h"
#include "web/answer.h"
#include "web/condition.h"

static bool wants_problem(const struct request *req)
{
	const char *accept = request_header(req, "HTTP_ACCEPT");

	return accept && strstr(accept, "application/problem+json");
}

/* What both forms have: the wrong fields, the row as it is now, and the request's id. */
static void put_rest(struct request *req, struct json *json, const struct result *current)
{
	fault_put(json, "details", &req->faults);
	if (current) {
		json_value(json, "current");
		result_put_row(json->out, current, 0);
	}
	json_text(json, "request_id", req->in.request_id);
	json_close(json, '}');
}

/* The error under the names of RFC 9457 section 3.1; the word, the details and the request's id are
 * extension members. */
static void put_problem(struct request *req, const struct err_info *info, const char *message,
			const struct result *current)
{
	struct json json = { req->answer.body };

	json_open(&json, NULL, '{');
	json_text(&json, "type", "about:blank");
	json_text(&json, "title", info->sentence);
	json_integer(&json, "status", info->status);
	json_text(&json, "detail", message);
	json_text(&json, "error", info->word);
	put_rest(req, &json, current);
	answer_header(req, "Content-Type", "application/problem+json; charset=utf-8");
}

static void put_error(struct request *req, const struct err_info *info, const char *message,
		      const struct result *current)
{
	struct json json = { req->answer.body };

	json_open(&json, NULL, '{');
	json_text(&json, "error", info->word);
	json_integer(&json, "code", info->status);
	json_text(&json, "message", message);
	put_rest(req, &json, current);
	answer_header(req, "Content-Type", JSON_MEDIA_TYPE);
}

/* The refusal in the form that the client can read. */
static void put_refusal(struct request *req, enum err err, const char *sentence,
			const struct result *current)
{
	if (req->route && req->route->page)
		req->web->put_refusal_page(req, err, sentence);
	else if (wants_problem(req))
		put_problem(req, err_info(err), sentence, current);
	else
		put_error(req, err_info(err), sentence, current);
}

static void put_error_headers(struct request *req, enum err err)
{
	const struct err_info *info = err_info(err);

	if (info->status == 401)
		answer_header(req, "WWW-Authenticate",
			      arena_printf(req->arena,
					   "Bearer error=\"%s\", error_description=\"%s\"",
					   err == ERR_INVALID_CREDENTIALS ? "invalid_request"
									  : "invalid_token",
					   info->sentence));
	if (err == ERR_METHOD_NOT_ALLOWED)
		answer_header(req, "Allow", req->allow);
	if (info->status == 503)
		answer_header(req, "Retry-After", "1");
}

static enum err write_refusal(struct request *req, enum err err, const char *sentence,
			      const struct result *current)
{
	const struct err_info *info = err_info(err);

	assert(req->answer.status == 0);
	req->answer.status = info->status;
	req->answer.refusal = info->word;
	req->answer.spool = NULL;
	buf_clear(req->answer.body);
	put_error_headers(req, err);
	put_refusal(req, err, sentence, current);
	return err;
}

enum err refuse_saying(struct request *req, enum err err, const char *sentence)
{
	req->faults = (struct faults){ req->arena };
	return write_refusal(req, err, sentence, NULL);
}

enum err refuse(struct request *req, enum err err)
{
	return refuse_saying(req, err, err_info(err)->sentence);
}

enum err refuse_noted(struct request *req, enum err err)
{
	return write_refusal(req, err, fault_sentence(&req->faults), NULL);
}

enum err refuse_field(struct request *req, enum err err, const char *field, struct fault fault)
{
	fault_add(&req->faults, field, fault);
	return refuse_noted(req, err);
}

enum err refuse_faults(struct request *req)
{
	return req->faults.count > 0 ? refuse_noted(req, ERR_VALIDATION) : OK;
}

enum err refuse_stale(struct request *req, enum err err, const struct result *current)
{
	condition_put_tag(req, condition_tag(current));
	return write_refusal(req, err, err_info(err)->sentence, current);
}

enum err refuse_for(struct request *req, int64_t seconds)
{
	answer_header(req, "Retry-After", arena_printf(req->arena, "%ld", (long)seconds));
	return refuse(req, ERR_TOO_MANY_REQUESTS);
}

void audit_begin(struct request *req, struct log_line *line, const char *event)
{
	log_begin(line, LEVEL_WARNING, event);
	log_text(line, "request_id", req->in.request_id);
	log_text(line, "ip", req->in.address);
	log_uuid(line, "user", &req->scope.user);
}

void audit_token(struct request *req, const char *reason)
{
	struct log_line line;

	audit_begin(req, &line, "token_refused");
	log_text(&line, "reason", reason);
	log_text(&line, "path", req->in.shown_path);
	log_end(&line);
}

enum err refuse_token(struct request *req, enum err err, const char *reason)
{
	audit_token(req, reason);
	return refuse(req, err);
}

void audit_foreign_access(struct request *req, const char *resource, const char *id)
{
	struct log_line line;

	audit_begin(req, &line, "foreign_access");
	log_text(&line, "resource", resource);
	log_text(&line, "id", id);
	log_end(&line);
}

/* refuse.c -- every way of saying no in one form (api.md: Errors), and as RFC 9457 on request. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "db/result.h"
#include "sql/requests.h"
#include "web/web.h"

void add_fault(struct request *req, const char *field, const char *message)
{
	if (req->fault_count++ == 0)
		req->fault_sentence = arena_printf(req->arena, "%s %s", field, message);
	else
		buf_putc(&req->faults, ',');
	buf_puts(&req->faults, "{\"field\":");
	json_put_text(&req->faults, field);
	buf_puts(&req->faults, ",\"message\":");
	json_put_text(&req->faults, message);
	buf_putc(&req->faults, '}');
}

enum err check_faults(struct request *req)
{
	if (req->fault_count == 0)
		return OK;
	if (req->fault_count == 1)
		return refuse(req, ERR_VALIDATION, NULL, req->fault_sentence);
	return refuse(req, ERR_VALIDATION, NULL,
		      arena_printf(req->arena, "%s, and %u more", req->fault_sentence,
				   req->fault_count - 1));
}

static bool wants_problem(const struct request *req)
{
	const char *accept = request_header(req, "HTTP_ACCEPT");

	return accept && strstr(accept, "application/problem+json");
}

static void put_details(struct request *req)
{
	buf_puts(req->body, ",\"details\":[");
	buf_put(req->body, req->faults.data, req->faults.len);
	buf_puts(req->body, "],\"request_id\":");
	json_put_text(req->body, req->id_text);
	buf_putc(req->body, '}');
}

/* The error with its facts under the names of RFC 9457 section 3.1; the word, the details and the
 * request id are extension members. */
static void put_problem(struct request *req, const struct err_info *info, const char *message)
{
	buf_printf(req->body, "{\"type\":\"about:blank\",\"title\":");
	json_put_text(req->body, info->sentence);
	buf_printf(req->body, ",\"status\":%d,\"detail\":", info->status);
	json_put_text(req->body, message);
	buf_printf(req->body, ",\"error\":\"%s\"", info->word);
	put_details(req);
	reply_header(req, "Content-Type", "application/problem+json; charset=utf-8");
}

static void put_error(struct request *req, const struct err_info *info, const char *message)
{
	buf_printf(req->body, "{\"error\":\"%s\",\"code\":%d,\"message\":", info->word,
		   info->status);
	json_put_text(req->body, message);
	put_details(req);
	reply_header(req, "Content-Type", "application/json; charset=utf-8");
}

static void put_error_headers(struct request *req, enum err err)
{
	const struct err_info *info = err_info(err);

	if (info->status == 401)
		reply_header(req, "WWW-Authenticate",
			     arena_printf(req->arena,
					  "Bearer error=\"%s\", error_description=\"%s\"",
					  err == ERR_INVALID_CREDENTIALS ? "invalid_request"
									 : "invalid_token",
					  info->sentence));
	if (err == ERR_METHOD_NOT_ALLOWED)
		reply_header(req, "Allow", req->allow);
	if (info->status == 503)
		reply_header(req, "Retry-After", "1");
}

enum err refuse(struct request *req, enum err err, const char *field, const char *message)
{
	const struct err_info *info = err_info(err);
	const char *sentence = info->sentence;

	assert(req->status == 0);
	if (field) {
		add_fault(req, field, message);
		sentence = arena_printf(req->arena, "%s %s", field, message);
	} else if (message) {
		sentence = message;
	}
	req->status = info->status;
	req->refusal = info->word;
	buf_clear(req->body);
	put_error_headers(req, err);
	if (wants_problem(req))
		put_problem(req, info, sentence);
	else
		put_error(req, info, sentence);
	return err;
}

enum err refuse_for(struct request *req, int64_t seconds)
{
	reply_header(req, "Retry-After", arena_printf(req->arena, "%ld", (long)seconds));
	return refuse(req, ERR_TOO_MANY_REQUESTS, NULL, NULL);
}

void audit_begin(struct request *req, struct log_line *line, const char *event)
{
	log_begin(line, LEVEL_WARNING, event);
	log_text(line, "request_id", req->id_text);
	log_text(line, "ip", req->address);
	log_uuid(line, "user", &req->scope.user);
}

static enum err rejection_of(int status)
{
	switch (status) {
	case 403:
		return ERR_FORBIDDEN;
	case 404:
		return ERR_NOT_FOUND;
	case 409:
		return ERR_VERSION_CONFLICT;
	default:
		return ERR_VALIDATION;
	}
}

static const char *member_text(struct json_object *object, const char *name)
{
	return json_object_get_string(json_object_object_get(object, name));
}

/* One reason; returns its status. */
static int add_rejection(struct request *req, struct json_object *item)
{
	int status = json_object_get_int(json_object_object_get(item, "status"));
	const char *message = member_text(item, "message");
	struct log_line line;

	if (status == 403) {
		audit_begin(req, &line, "foreign_access");
		log_text(&line, "resource", req->route->tag);
		log_text(&line, "id", member_text(item, "id"));
		log_end(&line);
	}
	if (status == 403 && req->user_scoped) {
		status = 404;
		message = "does not exist";
	}
	add_fault(req, member_text(item, "field"), message);
	return status;
}

enum err refuse_rejected(struct request *req, const char *detail)
{
	struct json_object *list = json_tokener_parse(detail);
	size_t count = json_object_array_length(list);
	int first = 0;

	for (size_t i = 0; i < count; i++) {
		int status = add_rejection(req, json_object_array_get_idx(list, i));
		if (i == 0)
			first = status;
	}
	json_object_put(list);
	return refuse(req, rejection_of(first), NULL, req->fault_sentence);
}

enum err refuse_token(struct request *req, enum err err, const char *reason)
{
	struct log_line line;

	audit_begin(req, &line, "token_refused");
	log_text(&line, "reason", reason);
	log_text(&line, "path", req->path);
	log_end(&line);
	return refuse(req, err, NULL, NULL);
}

enum err refuse_fault(struct request *req, enum err err)
{
	const struct db_fault *fault = db_fault(req->web->db);
	struct log_line line;

	if (err == ERR_INTERNAL && strcmp(fault->sqlstate, SQLSTATE_REJECTED) == 0)
		return refuse_rejected(req, fault->detail);
	if (err == ERR_INTERNAL) {
		for (const struct constraint *c = req->web->constraints; c->name; c++)
			if (strcmp(c->name, fault->constraint) == 0)
				return refuse(req, c->err, c->field, c->message);
	}
	if (err == ERR_SESSION_REVOKED)
		return refuse_token(req, err, "session_revoked");
	if (err == ERR_UNAUTHORIZED)
		return refuse_token(req, err, "id or address of another account");
	if (err_info(err)->status >= 500) {
		log_begin(&line, err == ERR_INTERNAL ? LEVEL_ERROR : LEVEL_WARNING,
			  "database_error");
		log_text(&line, "request_id", req->id_text);
		log_text(&line, "sqlstate", fault->sqlstate);
		log_text(&line, "constraint", fault->constraint);
		log_text(&line, "message", fault->message);
		log_end(&line);
	}
	return refuse(req, err, NULL, NULL);
}

enum err refuse_missing(struct request *req)
{
	const char *resource = req->route->resource ? req->route->resource : req->route->tag;
	struct log_line line;
	struct result rows;

	if (!req->id.set)
		return refuse(req, ERR_NOT_FOUND, NULL, NULL);
	TRY(run(req, sql_request_exists_elsewhere(resource, req->id), &rows));
	if (!result_bool(&rows, 0, "_exists"))
		return refuse(req, ERR_NOT_FOUND, NULL, NULL);
	audit_begin(req, &line, "foreign_access");
	log_text(&line, "resource", resource);
	log_uuid(&line, "id", &req->id);
	log_end(&line);
	return refuse(req, req->user_scoped ? ERR_NOT_FOUND : ERR_FORBIDDEN, NULL, NULL);
}

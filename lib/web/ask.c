#include "web/ask.h"

#include <json-c/json.h>
#include <string.h>

#include "base/uuid.h"
#include "daemon/log.h"
#include "sql/requests.h"
#include "web/body.h"
#include "web/refuse.h"

/* Nothing watches the connection for passwords while it idles, so it is looked at before its use.
 */
void ask_role(struct request *req, bool password)
{
	struct web *web = req->web;

	req->db = password ? web->login_db : web->db;
	if (req->db != web->db)
		db_check(req->db);
	if (password && web->step_aside)
		web->step_aside(web->step_aside_context);
}

enum err ask_all(struct request *req, const struct query *queries, size_t count,
		 struct result *results)
{
	const struct db_scope *scope = req->scope.user.set ? &req->scope : NULL;
	enum err err = db_run(req->db, req->arena, scope, queries, count, results);

	return err == OK ? OK : ask_failed(req, err);
}

enum err ask(struct request *req, struct query query, struct result *out)
{
	return ask_all(req, &query, 1, out);
}

enum err ask_row(struct request *req, struct query query)
{
	struct result rows;

	TRY(ask(req, query, &rows));
	return rows.row_count > 0 ? OK : ask_missing(req);
}

static const char *member_text(struct json_object *object, const char *name)
{
	return json_object_get_string(json_object_object_get(object, name));
}

/* The error of a rejection, by its status. */
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

/* Notes one reason; returns its error. */
static enum err add_rejection(struct request *req, struct json_object *item)
{
	enum err err = rejection_of(json_object_get_int(json_object_object_get(item, "status")));
	struct fault fault = { fault_find(member_text(item, "code")),
			       member_text(item, "message") };

	if (err == ERR_FORBIDDEN)
		audit_foreign_access(req, req->resource->name, member_text(item, "id"));
	if (err == ERR_FORBIDDEN && req->user_scoped) {
		err = ERR_NOT_FOUND;
		fault = (struct fault){ FAULT_NOT_FOUND };
	}
	fault_add(&req->faults, member_text(item, "field"), fault);
	return err;
}

enum err ask_rejected(struct request *req, const char *reasons)
{
	struct json_object *list = body_parse(req->arena, reasons, strlen(reasons));
	size_t count = json_object_array_length(list);
	enum err first = OK;

	for (size_t i = 0; i < count; i++) {
		enum err err = add_rejection(req, json_object_array_get_idx(list, i));
		if (i == 0)
			first = err;
	}
	return refuse_noted(req, first);
}

/* The SQLSTATE with which a statement rejects its input, its reasons as the detail. */
#define SQLSTATE_REJECTED "DB400"

static const struct constraint *broken_constraint(const struct request *req)
{
	const char *name = db_fault(req->db)->constraint;

	for (const struct constraint *c = req->web->constraints; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* The query for the row that the body refers to by a foreign key. False if it refers to none. */
static bool find_target(const struct request *req, const struct constraint *key, struct query *out)
{
	struct uuid id = { 0 };

	if (!key->target)
		return false;
	const char *text = member_text(req->body.json, key->field);
	if (!text || !uuid_parse(text, strlen(text), &id))
		return false;
	*out = key->target(id);
	return true;
}

/* Notes the fault of a constraint if it is the broken one, or the body refers to no row of the
 * user's by it. */
static enum err note_constraint(struct request *req, const struct constraint *constraint,
				const struct constraint *broken)
{
	struct query query;
	struct result rows;

	if (constraint != broken) {
		if (!find_target(req, constraint, &query))
			return OK;
		TRY(ask(req, query, &rows));
		if (rows.row_count > 0)
			return OK;
	}
	fault_add(&req->faults, constraint->field, constraint->fault);
	return OK;
}

/* PostgreSQL stops at the first constraint that is broken. Other references are looked at only
 * now, so that what is right pays nothing for it. */
static enum err refuse_broken(struct request *req, const struct constraint *broken)
{
	enum err err = db_undo(req->db, req->arena);

	if (err != OK)
		return ask_failed(req, err);
	for (const struct constraint *c = req->web->constraints; c->name; c++)
		TRY(note_constraint(req, c, broken));
	return refuse_noted(req, broken->err);
}

enum err ask_failed(struct request *req, enum err err)
{
	const struct db_fault *fault = db_fault(req->db);
	struct log_line line;

	if (err == ERR_INTERNAL && strcmp(fault->sqlstate, SQLSTATE_REJECTED) == 0)
		return ask_rejected(req, fault->detail);
	const struct constraint *broken = err == ERR_INTERNAL ? broken_constraint(req) : NULL;
	if (broken && broken->field)
		return refuse_broken(req, broken);
	if (broken)
		err = broken->err;
	if (err == ERR_TOO_MANY_REQUESTS)
		return refuse_for(req, 1);
	if (err == ERR_SESSION_REVOKED)
		return refuse_token(req, err, "session_revoked");
	if (err == ERR_UNAUTHORIZED)
		return refuse_token(req, err, "id or address of another account");
	if (err_info(err)->status >= 500) {
		log_begin(&line, err == ERR_INTERNAL ? LEVEL_ERROR : LEVEL_WARNING,
			  "database_error");
		log_text(&line, "request_id", req->in.request_id);
		log_text(&line, "sqlstate", fault->sqlstate);
		log_text(&line, "constraint", fault->constraint);
		log_text(&line, "message", fault->message);
		log_end(&line);
	}
	return refuse(req, err);
}

enum err ask_missing(struct request *req)
{
	const char *table = req->route->table ? req->route->table : req->resource->name;
	struct result rows;
	char id[UUID_TEXT_BYTES];

	if (!req->id.set)
		return refuse(req, ERR_NOT_FOUND);
	TRY(ask(req, sql_request_exists_elsewhere(table, req->id), &rows));
	if (!result_bool(&rows, 0, "_exists"))
		return refuse(req, ERR_NOT_FOUND);
	uuid_format(id, req->id.bytes);
	audit_foreign_access(req, table, id);
	return refuse(req, req->user_scoped ? ERR_NOT_FOUND : ERR_FORBIDDEN);
}

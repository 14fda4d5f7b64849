#include "web/idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "db/result.h"
#include "sql/requests.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/body.h"
#include "web/refuse.h"

enum { MAX_KEY_BYTES = 128, MAX_TRIES = 4 };

/* 1 to 128 visible ASCII characters. */
static bool is_key(const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < len; i++)
		if (key[i] < 0x21 || key[i] > 0x7e)
			return false;
	return len >= 1 && len <= MAX_KEY_BYTES;
}

/* A 404 without a body stands for an answer that showed what has been deleted since. */
static enum err replay(struct request *req, const struct result *rows)
{
	int status = (int)result_integer(rows, 0, "_status").value;
	const char *body = result_text(rows, 0, "_body");

	answer_header(req, "Idempotency-Replayed", "true");
	if (status == 404 && *body == '\0')
		return refuse(req, ERR_NOT_FOUND);
	answer_start(req, status);
	buf_puts(req->answer.head, result_text(rows, 0, "_head"));
	buf_puts(req->answer.body, body);
	return OK;
}

/* What a buffer holds from `start` on, as a text that lives until something is put. */
static const char *text_from(struct buf *buf, size_t start)
{
	*buf_reserve(buf, 1) = '\0';
	return buf->data + start;
}

/* Does the work inside the transaction that holds the key, and keeps its answer there. */
static enum err run_fresh(struct request *req, const char *route, const char *key,
			  const char *digest)
{
	struct db *db = req->db;
	size_t head_len = req->answer.head->len;
	enum err err = req->route->handler(req);

	if (err != OK && !err_info(err)->final) {
		db_rollback(db, req->arena);
		return err;
	}
	struct query store = sql_request_store_answer(
		route, key, digest, (struct integer){ req->answer.status, true },
		text_from(req->answer.head, head_len), text_from(req->answer.body, 0));
	enum err stored = db_commit(db, req->arena, req->answer.status >= 400, &store);
	if (stored == OK)
		return err;
	answer_reset(req, head_len);
	return ask_failed(req, stored);
}

/* One try of the whole: claim, work, keep the answer; or what is known of the key. */
static enum err run_claimed(struct request *req, const char *route, const char *key,
			    const char *digest)
{
	struct db *db = req->db;
	struct query claim = sql_request_claim_key(route, key, digest);
	struct result rows;

	enum err err = db_begin(db, req->arena, DB_LATEST, &req->scope, &claim, &rows);
	if (err != OK)
		return ask_failed(req, err);
	const char *outcome = result_text(&rows, 0, "_outcome");
	if (strcmp(outcome, "fresh") == 0)
		return run_fresh(req, route, key, digest);
	db_rollback(db, req->arena);
	if (strcmp(outcome, "replay") == 0)
		return replay(req, &rows);
	return refuse(req, strcmp(outcome, "mismatch") == 0 ? ERR_IDEMPOTENCY_MISMATCH
							    : ERR_IDEMPOTENCY_IN_FLIGHT);
}

/* Whether another transaction was in the way, so that the whole of this one may be done again
 * (PostgreSQL, section 13.5). */
static bool was_in_conflict(const struct request *req)
{
	const char *sqlstate = db_fault(req->db)->sqlstate;

	return req->answer.status == 503 &&
	       (strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0);
}

enum err idempotency_run(struct request *req, const char *key)
{
	size_t head_len = req->answer.head->len;

	if (!is_key(key))
		return refuse_saying(req, ERR_BAD_REQUEST,
				     "Idempotency-Key must be 1 to 128 visible ASCII characters");
	TRY(body_check(req));
	const char *digest = db_digest(req->arena, req->in.body, req->in.body_len);
	const char *route =
		arena_printf(req->arena, "%s %s", method_name(req->in.method), req->in.path);
	for (int try = 1;; try++) {
		enum err err = run_claimed(req, route, key, digest);
		if (try == MAX_TRIES || !was_in_conflict(req))
			return err;
		answer_reset(req, head_len);
	}
}

/* loopback.h -- requests in memory: dispatch_answer() takes them to the routes of a test, and the
 * answer is there to be read. The database is what the test says that it answers.
 *
 *     loopback_open(&things);
 *     loopback_rows(row, 3, 1);
 *     ASK("GET", "/api/v1/things/" ID, NULL, "HTTP_ACCEPT=application/json");
 *     assert_answer(200, "{…}");
 *     assert_header("ETag", "\"a\"");
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../rows.h"
#include "web/request.h"

#define LOOPBACK_USER "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define LOOPBACK_SESSION "018f22e2-79b0-7cc3-98c4-dc0c0c07398f"

/* The web layer with these routes; one at a time, until loopback_close(). */
struct web *loopback_open(const struct resource *resource);
void loopback_close(void);

/* What the database answers to the next query, in order: rows as rows_make() makes them, or a
 * failure. */
void loopback_rows(const struct value *values, int columns, int rows);
void loopback_fails(enum err err);

/* `HTTP_AUTHORIZATION=Bearer …` with an access token of LOOPBACK_USER that ends in so many seconds.
 */
const char *loopback_token(int64_t seconds);

/* Asks; `variables` are CGI variables, ending with NULL. Who has a body sends JSON unless they say
 * otherwise. The request, and its answer, stay until the next one. */
const struct request *loopback_ask(const char *method, const char *target, const char *body,
				   const char *const *variables);
#define ASK(method, target, ...) ASK_WITH(method, target, __VA_ARGS__, NULL)
#define ASK_WITH(method, target, body, ...)                                                        \
	loopback_ask(method, target, body, (const char *const[]){ __VA_ARGS__ })

/* A header of the answer, or NULL. */
const char *loopback_header(const char *name);

/* The answer has this status, and this text in its body; every query was asked. */
void assert_answer(int status, const char *part);
void assert_header(const char *name, const char *value);

#endif

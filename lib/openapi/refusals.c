#include "openapi/refusals.h"

static bool always(const struct operation *operation)
{
	(void)operation;
	return true;
}

static bool needs_own_session(const struct operation *operation)
{
	return operation->route->own_session;
}

static bool stores(const struct operation *operation)
{
	return operation->route->stores;
}

/* Which operations may refuse with an error, beside those whose rows name it. */
static const struct {
	enum err err;
	operation_test *may;
} rules[] = {
	{ ERR_BAD_REQUEST, always },
	{ ERR_VALIDATION, always }, /* an unknown parameter is one, too */
	{ ERR_URI_TOO_LONG, always },
	{ ERR_HEADERS_TOO_LARGE, always },
	{ ERR_TOO_MANY_REQUESTS, always },
	{ ERR_INTERNAL, always },
	{ ERR_UNAVAILABLE, always },
	{ ERR_TIMEOUT, always },
	{ ERR_GATEWAY_TIMEOUT, always },
	{ ERR_INVALID_JSON, operation_takes_body },
	{ ERR_REQUEST_TIMEOUT, operation_takes_body },
	{ ERR_PAYLOAD_TOO_LARGE, operation_takes_body },
	{ ERR_QUOTA_EXCEEDED, stores },
	{ ERR_UNSUPPORTED_MEDIA_TYPE, operation_takes_body },
	{ ERR_INVALID_CURSOR, operation_answers_page },
	{ ERR_UNAUTHORIZED, operation_needs_user },
	{ ERR_TOKEN_EXPIRED, operation_needs_user },
	{ ERR_SESSION_REVOKED, operation_needs_user },
	{ ERR_FORBIDDEN, needs_own_session },
	{ ERR_FORBIDDEN, operation_names_user },
	{ ERR_FORBIDDEN, operation_names_row },
	{ ERR_NOT_FOUND, operation_names_user },
	{ ERR_NOT_FOUND, operation_names_row },
	{ ERR_NOT_FOUND, operation_takes_key }, /* what it made has been deleted since */
	{ ERR_ID_TAKEN, operation_takes_id },
	{ ERR_VERSION_CONFLICT, operation_takes_version },
	{ ERR_PRECONDITION_FAILED, operation_takes_conditions },
	{ ERR_IDEMPOTENCY_IN_FLIGHT, operation_takes_key },
	{ ERR_IDEMPOTENCY_MISMATCH, operation_takes_key },
};

enum { RULES = sizeof rules / sizeof *rules };

static uint64_t bit(enum err err)
{
	return UINT64_C(1) << err;
}

static uint64_t all_errs(const struct operation *operation)
{
	uint64_t errs = 0;

	for (size_t i = 0; i < RULES; i++)
		if (rules[i].may(operation))
			errs |= bit(rules[i].err);
	for (size_t i = 0; i < ROUTE_MAX_REFUSALS; i++)
		if (operation->route->refusals[i] != OK)
			errs |= bit(operation->route->refusals[i]);
	return errs;
}

/* Those that show the resource as it is now. */
static uint64_t stale_errs(const struct operation *operation)
{
	return (operation_takes_version(operation) ? bit(ERR_VERSION_CONFLICT) : 0) |
	       (operation_takes_conditions(operation) ? bit(ERR_PRECONDITION_FAILED) : 0);
}

static uint64_t errs_of_status(uint64_t errs, int status)
{
	uint64_t found = 0;

	for (int err = OK + 1; err < ERR_COUNT; err++)
		if (err_info((enum err)err)->status == status)
			found |= errs & bit((enum err)err);
	return found;
}

static void put_refusal(struct document *doc, const struct operation *operation, int status,
			uint64_t errs)
{
	const struct route *route = operation->route;
	struct refusal refusal = { .status = status, .errs = errs };

	refusal.stale = errs & stale_errs(operation);
	if (refusal.stale)
		refusal.current = operation_changes(operation);
	if (status == 503 && route->unready)
		refusal.instead = route->answer;
	refusal.kept = operation_takes_key(operation) && status < 500;
	document_put_ref(doc, arena_printf(doc->arena, "%d", status), "responses",
			 document_add_refusal(doc, refusal));
}

void refusals_put(struct document *doc, const struct operation *operation)
{
	uint64_t errs = all_errs(operation);

	for (int status = 400; status < 600; status++) {
		uint64_t some = errs_of_status(errs, status);
		if (some)
			put_refusal(doc, operation, status, some);
	}
}

/* err.h -- every way in which Daybook says no: one table of name, status, word and sentence.
 *
 * A quiet function returns one of these and logs nothing; a speaking function (one that takes the
 * request) has already written the answer when it returns anything but OK. */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

/* name, HTTP status, the stable word that clients branch on, the sentence for a person, and whether
 * the error is final: a handler has decided, so the answer may be kept under an Idempotency-Key */
#define ERR_TABLE(ROW)                                                                             \
	ROW(ERR_BAD_REQUEST, 400, "bad_request", "the request is malformed", false)                \
	ROW(ERR_INVALID_JSON, 400, "invalid_json", "the body is not valid JSON", false)            \
	ROW(ERR_VALIDATION, 400, "validation_failed", "the request has invalid values", true)      \
	ROW(ERR_INVALID_CURSOR, 400, "invalid_cursor", "the cursor does not belong to this list",  \
	    true)                                                                                  \
	ROW(ERR_INVALID_TOKEN, 400, "invalid_token", "the link is not valid, or not any more",     \
	    true)                                                                                  \
	ROW(ERR_UNAUTHORIZED, 401, "unauthorized", "a valid access token is required", false)      \
	ROW(ERR_TOKEN_EXPIRED, 401, "token_expired", "the token has expired", false)               \
	ROW(ERR_SESSION_EXPIRED, 401, "session_expired", "the session has expired, log in again",  \
	    false)                                                                                 \
	ROW(ERR_SESSION_REVOKED, 401, "session_revoked", "the session has ended", false)           \
	ROW(ERR_INVALID_CREDENTIALS, 401, "invalid_credentials", "email or password is wrong",     \
	    false)                                                                                 \
	ROW(ERR_FORBIDDEN, 403, "forbidden", "this belongs to somebody else", true)                \
	ROW(ERR_INVALID_PASSWORD, 403, "invalid_password", "the password is wrong", true)          \
	ROW(ERR_REGISTRATION_CLOSED, 403, "registration_closed",                                   \
	    "this server takes no new accounts", true)                                             \
	ROW(ERR_NOT_FOUND, 404, "not_found", "there is nothing here", true)                        \
	ROW(ERR_METHOD_NOT_ALLOWED, 405, "method_not_allowed", "the method is not allowed here",   \
	    true)                                                                                  \
	ROW(ERR_REQUEST_TIMEOUT, 408, "request_timeout", "the request took too long to arrive",    \
	    false)                                                                                 \
	ROW(ERR_EMAIL_TAKEN, 409, "email_taken", "the email address is already in use", true)      \
	ROW(ERR_USERNAME_TAKEN, 409, "username_taken", "the username is already in use", true)     \
	ROW(ERR_ID_TAKEN, 409, "id_taken", "the id is already in use with other content", true)    \
	ROW(ERR_NAME_TAKEN, 409, "name_taken", "the name is already in use", true)                 \
	ROW(ERR_VERSION_CONFLICT, 409, "version_conflict", "the resource has changed since", true) \
	ROW(ERR_IDEMPOTENCY_IN_FLIGHT, 409, "idempotency_in_flight",                               \
	    "the first request with this key is still under way", false)                           \
	ROW(ERR_CURSOR_EXPIRED, 410, "cursor_expired",                                             \
	    "the cursor is of no use any more, begin again without one", true)                     \
	ROW(ERR_PRECONDITION_FAILED, 412, "precondition_failed", "the resource has changed since", \
	    true)                                                                                  \
	ROW(ERR_PAYLOAD_TOO_LARGE, 413, "payload_too_large", "the body is too large", false)       \
	ROW(ERR_QUOTA_EXCEEDED, 413, "quota_exceeded",                                             \
	    "your account is full, delete something first", false)                                 \
	ROW(ERR_URI_TOO_LONG, 414, "uri_too_long", "the address is too long", false)               \
	ROW(ERR_UNSUPPORTED_MEDIA_TYPE, 415, "unsupported_media_type",                             \
	    "the body must be application/json in UTF-8", false)                                   \
	ROW(ERR_IDEMPOTENCY_MISMATCH, 422, "idempotency_mismatch",                                 \
	    "the key was used with another body", true)                                            \
	ROW(ERR_TOO_MANY_REQUESTS, 429, "too_many_requests", "too many requests, try again later", \
	    false)                                                                                 \
	ROW(ERR_HEADERS_TOO_LARGE, 431, "headers_too_large", "the headers are too large", false)   \
	ROW(ERR_INTERNAL, 500, "internal_error", "something went wrong on our side", false)        \
	ROW(ERR_UNAVAILABLE, 503, "unavailable", "the service is not available right now", false)  \
	ROW(ERR_NOT_CONFIGURED, 503, "not_configured", "this server is not set up for that",       \
	    false)                                                                                 \
	ROW(ERR_TIMEOUT, 503, "timeout", "the request took too long", false)                       \
	ROW(ERR_GATEWAY_TIMEOUT, 504, "timeout", "the request took too long", false)

enum err {
	OK = 0,
#define ROW(name, status, word, sentence, final) name,
	ERR_TABLE(ROW)
#undef ROW
		ERR_COUNT
};

struct err_info {
	int status;
	const char *word;
	const char *sentence;
	bool final;
};

/* The row of `err`, which must not be OK. */
const struct err_info *err_info(enum err err);

/* Returns from the calling function with the error of `call`, if it has one. */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		enum err try_err = (call);                                                         \
		if (try_err != OK)                                                                 \
			return try_err;                                                            \
	} while (0)

#endif

/* app.h -- what the files of app/ share. Each resource is one file with its table of routes. */
#ifndef APP_H
#define APP_H

#include "db/result.h"
#include "settings.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/body.h"
#include "web/filter.h"
#include "web/refuse.h"
#include "web/reply.h"

/* All resources, as meson.build lists them. */
extern const struct resource *const resources[];
extern const size_t resource_count;

/* The database's constraints and what their violation means to a client. */
extern const struct constraint constraints[];

/* Formats of texts that more than one resource has. */
extern const struct text_format format_email, format_username, format_password, format_color,
	format_tag, format_position, format_timezone, format_uuid;

/* What is wrong with a time zone that is none. */
#define NO_TIMEZONE                                                                                \
	{                                                                                          \
		FAULT_FORMAT, "must be an IANA time zone, such as Europe/Berlin",                  \
			.format = "timezone"                                                       \
	}

/* Notes what the database says of an account's members: rows of `_field` and `_taken`. Whether all
 * wrong fields noted so far are members that somebody else has. */
bool note_account_faults(struct request *req, const struct result *rows);

/* Refuses a range of dates that is the wrong way round, and whatever else was noted as wrong. */
enum err check_dates(struct request *req, const struct date *from, const struct date *to)
	__attribute__((warn_unused_result));

/* Whether one more attempt is allowed: one query of the limit, or none when it is off or the key is
 * NULL. */
size_t limit_query(const struct limit *limit, const char *scope, const char *key,
		   struct query *out);

/* The key under which attempts from the client's address are counted, or NULL if that is unknown.
 */
const char *limit_client(struct request *req);

/* The neighbourhood of the client's address, or NULL if that is unknown. */
const char *limit_network(struct request *req);

/* Refuses with 429 if one of the first `count` results of limit queries says to wait. */
enum err check_limits(struct request *req, const struct result *results, size_t count)
	__attribute__((warn_unused_result));

/* Compares a logged-in user's password again, which is limited like a login; wrong is 403. */
enum err confirm_password(struct request *req, const char *field, const char *password)
	__attribute__((warn_unused_result));

#endif

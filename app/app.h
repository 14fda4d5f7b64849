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

/* The page that says no to people, and what pages may load. */
void put_refusal_page(struct request *req, enum err err, const char *sentence);
extern const char page_policy[];

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

/* Whether this server sends mails at all. */
struct boolean mails_are_sent(const struct request *req);

/* What is known of somebody who chooses a password; NULL: nothing. */
struct owner {
	const char *email, *username, *name;
};

/* Notes a password that is easy to guess. One that is not there, since its rules are broken, is not
 * judged. */
void judge_password(struct request *req, const char *field, const char *password,
		    const struct owner *owner);

/* Refuses a range of dates that is the wrong way round, and whatever else was noted as wrong. */
enum err check_dates(struct request *req, const struct date *from, const struct date *to)
	__attribute__((warn_unused_result));

/* What somebody may have registered as, or "". Addresses are ASCII, but the database folds more to
 * it, such as U+212A to k. */
const char *possible_address(const char *text);

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

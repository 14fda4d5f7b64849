/* account.h -- what a link of a mail does, for the API and for the pages alike. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "auth/link_token.h"
#include "db/result.h"
#include "web/request.h"

/* A token that was sent, as it is looked up. */
struct link {
	struct uuid user;
	char hash[LINK_TOKEN_HASH_CHARS + 1];
};

/* Reads a token, or refuses what cannot be one as it refuses one that is good for nothing. */
enum err account_read_link(struct request *req, const char *token, struct link *out)
	__attribute__((warn_unused_result));

/* Each does what the link is for, or refuses with ERR_INVALID_TOKEN. `user` becomes the user's row.
 */
enum err account_confirm_address(struct request *req, const char *token, struct result *user)
	__attribute__((warn_unused_result));
enum err account_unsubscribe(struct request *req, const char *token)
	__attribute__((warn_unused_result));

/* Whom a link lets choose a password. One that is easy to guess is noted among the faults of
 * `new_password`. */
enum err account_judge_reset(struct request *req, const struct link *link, const char *password)
	__attribute__((warn_unused_result));

/* Sets the password and ends all sessions. */
enum err account_reset_password(struct request *req, const struct link *link, const char *password)
	__attribute__((warn_unused_result));

#endif

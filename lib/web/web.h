/* web.h -- what the web layer keeps as long as the process lives. */
#ifndef WEB_H
#define WEB_H

#include "auth/jwt.h"
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include "field/fault.h"

/* A constraint of the database and the refusal that its violation becomes. */
struct constraint {
	const char *name;
	enum err err;
	const char *field; /* NULL: none is to blame */
	struct fault fault;
	struct query (*target)(struct uuid id); /* of a foreign key: finds the row, if it is mine */
};

struct config;
struct request;
struct router;

struct web {
	const struct config *config;	/* the program's: lib/ does not look into it */
	struct strings allowed_origins; /* for CORS, lower case, without the scheme's own port */
	int transfer_timeout_s;		/* for the next part of a request, or of an answer */
	struct db *db;
	struct db *login_db; /* of the role that takes passwords; may be the same */
	struct jwt_keys *keys;
	struct router *router;
	const struct constraint *constraints; /* ends with a NULL name */
	uint8_t cursor_key[32];
	uint8_t log_key[32];   /* of the digests in the log */
	struct arena *arena;   /* of the request under way */
	struct buf head, body; /* of its answer */
	const char *version;   /* of the program */

	/* What is to be done in idle moments, now and then; true when there is more of it. */
	bool (*chores)(struct web *web);

	/* Writes the page that says no; and what pages may load (Content-Security-Policy). */
	void (*put_refusal_page)(struct request *req, enum err err, const char *sentence);
	const char *page_policy;

	/* Called before a request may take long, and while it does, so that nobody waits for this
	 * worker; or NULL. */
	void (*step_aside)(void *context);
	void *step_aside_context;
};

#endif

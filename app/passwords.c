/* passwords.c -- what a new password must keep beyond the rules of its format. */
#include "app.h"
#include "auth/guess.h"

void judge_password(struct request *req, const char *field, const char *password,
		    const struct owner *owner)
{
	const char *known[] = { owner->email, owner->username, owner->name, "Daybook" };

	if (password && guess_is_easy(password, known, sizeof known / sizeof *known))
		fault_add(&req->faults, field, (struct fault){ FAULT_GUESSABLE });
}

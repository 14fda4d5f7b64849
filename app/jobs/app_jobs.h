/* app_jobs.h -- what the files of app/jobs share: the table of jobs, and what they work with. */
#ifndef APP_JOBS_H
#define APP_JOBS_H

#include "jobs/lane.h"
#include "mails.h"
#include "net/mime.h"
#include "settings.h"

/* Every job, ending with NULL. */
extern const struct job *const all_jobs[];

/* The context of a lane. */
struct jobs_context {
	const struct config *config;
	struct mailer *mailer; /* NULL: no mails are sent */
};

/* The jobs' rows, one file each. */
extern const struct job deadlines_job, reminders_job, tidy_job, resets_job, mail_job;

struct mailer;

/* Sends mails as the settings say, which must outlive it. */
struct mailer *mailer_new(const struct config *config);
void mailer_free(struct mailer *mailer);

/* A row of the outbox that was claimed. Texts belong to the lane's arena. */
struct claimed_mail {
	struct uuid user, id;
	struct integer attempt;
	const char *kind, *recipient;
	int64_t refusals, created_s;
	bool pointless;
};

/* Writes the mail of a row, and notes in the database what its links are good for. `*needed` tells
 * whether there is still something to say. */
enum err letter_write(struct lane *lane, const struct claimed_mail *mail, struct buf *out,
		      bool *needed) __attribute__((warn_unused_result));

/* Appends the example of a template as a whole message; false if there is none of that name. */
bool letter_put_example(const struct config *config, const char *name, struct buf *out);

/* Prints how jobs and mails are doing, for people. False if the database does not say. */
bool report_status(struct lane *lane);

/* Gives the mail of this id, or all that have failed, another chance, and prints how many. */
bool report_retry(struct lane *lane, const char *which);

#endif

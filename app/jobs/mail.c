/* mail.c -- mails leave: one row of the outbox at a time, over SMTP or into a Maildir.
 *
 * What the server says of a mail is written down before the next one is claimed. A server that
 * takes no mails at all pauses the whole lane and costs no mail a try; so an outage kills none. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "app_jobs.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/url.h"
#include "base/uuid.h"
#include "daemon/log.h"
#include "net/maildir.h"
#include "net/smtp.h"
#include "sql/outbox.h"

enum {
	LEASE_S = 120,
	SMTP_TIMEOUT_S = 60, /* less than the lease, so nobody works on one row twice */
	RECORD_FOR_S =
		45,	  /* how long a lost database is waited for: until shortly before its end */
	MAX_REFUSALS = 4, /* the first try and three more */
	FIRST_PAUSE_S = 5,
	LAST_PAUSE_S = 300,
};

/* The pauses before the second, third and fourth try, in seconds. */
static const int pauses_s[MAX_REFUSALS - 1] = { 60, 300, 1800 };

struct mailer {
	const struct config *config;
	struct arena *arena; /* of the settings below */
	struct smtp_settings settings;
	struct mailbox from;
	struct smtp *smtp;  /* NULL: a Maildir */
	const char *folder; /* of that */
	int pause_s;	    /* since the server is away; 0: it is not */
	int64_t resume_us;  /* no mail before that */
	int64_t next_us;    /* … nor before that, by LIMIT_MAIL */
};

/* The URL as libcurl wants it: with the port for submission (RFC 6409), and what EHLO says behind
 * it. */
static const char *smtp_url(struct arena *arena, const struct config *config, bool *local)
{
	struct web_address server, site;

	if (!web_address_parse(config->mail_url, "smtp", &server) ||
	    !web_address_parse(config->public_url, "http", &site))
		return NULL;
	*local = !server.secure && web_address_is_local(&server);
	const char *port = server.host[server.host_len] ? "" : server.secure ? ":465" : ":587";
	int host_len = (int)site.host_len - 2 * (*site.host == '[');
	return arena_printf(arena, "%s%s/%.*s", config->mail_url, port, host_len,
			    site.host + (*site.host == '['));
}

static void open_smtp(struct mailer *mailer)
{
	const struct config *config = mailer->config;
	bool local = false;

	mailer->settings = (struct smtp_settings){ .url = smtp_url(mailer->arena, config, &local),
						   .user = config->mail_user,
						   .password = config->mail_password,
						   .ca_file = config->mail_ca_file,
						   .timeout_s = SMTP_TIMEOUT_S };
	mailer->settings.plain = local && !*config->mail_user;
	mailer->smtp = smtp_new(&mailer->settings);
}

struct mailer *mailer_new(const struct config *config)
{
	static const char maildir[] = "maildir://";
	struct arena *arena = arena_new(1024);
	struct mailer *mailer = arena_alloc(arena, sizeof *mailer);

	*mailer = (struct mailer){ .config = config, .arena = arena };
	if (!envelope_parse(arena, config->mail_from, &mailer->from))
		abort(); /* config_load() has read it */
	if (strncmp(config->mail_url, maildir, strlen(maildir)) == 0)
		mailer->folder = config->mail_url + strlen(maildir);
	else
		open_smtp(mailer);
	return mailer;
}

void mailer_free(struct mailer *mailer)
{
	if (mailer->smtp)
		smtp_free(mailer->smtp);
	arena_free(mailer->arena);
}

static struct smtp_reply deliver(struct mailer *mailer, const struct claimed_mail *mail,
				 const struct buf *message)
{
	struct smtp_reply reply = { .outcome = SMTP_TAKEN };
	char id[UUID_TEXT_BYTES];

	if (mailer->smtp)
		return smtp_send(mailer->smtp, mailer->from.address, mail->recipient, message->data,
				 message->len);
	uuid_format(id, mail->id.bytes);
	if (maildir_put(mailer->folder, id, message->data, message->len))
		return reply;
	reply.outcome = SMTP_AWAY;
	reply.misconfigured = true;
	strncpy(reply.text, strerror(errno), sizeof reply.text - 1);
	return reply;
}

static void log_mail(enum log_level level, const char *event, const struct claimed_mail *mail,
		     const struct smtp_reply *reply)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_uuid(&line, "account", &mail->user);
	log_uuid(&line, "mail", &mail->id);
	log_text(&line, "kind", mail->kind);
	log_email(&line, "email", mail->recipient);
	log_int(&line, "attempt", mail->attempt.value);
	if (reply && reply->code)
		log_int(&line, "code", reply->code);
	if (reply && reply->outcome != SMTP_TAKEN)
		log_text(&line, "reason", reply->text);
	log_end(&line);
}

static struct integer code_of(const struct smtp_reply *reply)
{
	return (struct integer){ reply->code, reply->code > 0 };
}

/* Writes down what became of a mail. The server has it already, so a database that is away is
 * waited for as long as the row is ours. */
static enum err record(struct lane *lane, struct query query)
{
	int64_t end_us = clock_monotonic_us() + INT64_C(1000000) * RECORD_FOR_S;
	struct result none;
	enum err err;

	while ((err = db_run(lane->db, lane->arena, NULL, &query, 1, &none)) != OK &&
	       err != ERR_INTERNAL && clock_monotonic_us() < end_us)
		poll(NULL, 0, 200);
	return err;
}

static enum err record_taken(struct lane *lane, const struct claimed_mail *mail,
			     const struct smtp_reply *reply)
{
	metrics_add(METRIC_MAILS_SENT, 1);
	log_mail(LEVEL_INFO, "mail_sent", mail, reply);
	return record(lane, sql_outbox_sent(mail->user, mail->id, mail->attempt, code_of(reply)));
}

/* 5.1.x says that nobody has the address (RFC 3463 section 3.2); 5.7.x that we may not write there.
 */
static enum err record_refused(struct lane *lane, const struct claimed_mail *mail,
			       const struct smtp_reply *reply)
{
	metrics_add(METRIC_MAILS_FAILED, 1);
	log_mail(LEVEL_WARNING, "mail_failed", mail, reply);
	TRY(record(lane, sql_outbox_fail(mail->user, mail->id, mail->attempt, code_of(reply),
					 reply->text)));
	if (strncmp(reply->status, "5.1.", 4) != 0)
		return OK;
	return record(lane, sql_outbox_note_bounce(mail->user, mail->recipient, reply->text));
}

/* A fifth more or less, so that mails which were put off together do not come together again. */
static struct integer jittered(int seconds)
{
	uint8_t dice;

	random_bytes(&dice, sizeof dice);
	return (struct integer){ seconds + seconds * dice / (5 * 255), true };
}

static enum err record_later(struct lane *lane, const struct claimed_mail *mail,
			     const struct smtp_reply *reply)
{
	if (mail->refusals + 1 >= MAX_REFUSALS)
		return record_refused(lane, mail, reply);
	metrics_add(METRIC_MAILS_PUT_OFF, 1);
	log_mail(LEVEL_INFO, "mail_put_off", mail, reply);
	return record(lane, sql_outbox_put_off(mail->user, mail->id, mail->attempt, code_of(reply),
					       reply->text, jittered(pauses_s[mail->refusals])));
}

/* Nothing was said about this mail: it is as it was, and the lane pauses. */
static enum err record_away(struct lane *lane, struct mailer *mailer,
			    const struct claimed_mail *mail, const struct smtp_reply *reply)
{
	int pause_s = mailer->pause_s == 0 ? FIRST_PAUSE_S : 2 * mailer->pause_s;

	mailer->pause_s = pause_s < LAST_PAUSE_S ? pause_s : LAST_PAUSE_S;
	mailer->resume_us = clock_monotonic_us() + INT64_C(1000000) * mailer->pause_s;
	metrics_add(METRIC_MAIL_SERVER_AWAY, 1);
	log_mail(reply->misconfigured ? LEVEL_ERROR : LEVEL_WARNING, "mail_server_away", mail,
		 reply);
	return record(lane, sql_outbox_release(mail->user, mail->id, mail->attempt));
}

static enum err record_reply(struct lane *lane, struct mailer *mailer,
			     const struct claimed_mail *mail, const struct smtp_reply *reply)
{
	if (reply->outcome != SMTP_AWAY)
		mailer->pause_s = 0;
	switch (reply->outcome) {
	case SMTP_TAKEN:
		return record_taken(lane, mail, reply);
	case SMTP_REFUSED:
		return record_refused(lane, mail, reply);
	case SMTP_LATER:
		return record_later(lane, mail, reply);
	default:
		return record_away(lane, mailer, mail, reply);
	}
}

static enum err drop(struct lane *lane, const struct claimed_mail *mail)
{
	metrics_add(METRIC_MAILS_DROPPED, 1);
	log_mail(LEVEL_INFO, "mail_dropped", mail, NULL);
	return record(lane, sql_outbox_drop(mail->user, mail->id, mail->attempt));
}

/* An address that another issuer gave, or that is older than our grammar, may be none. */
static enum err refuse_address(struct lane *lane, const struct claimed_mail *mail)
{
	struct smtp_reply reply = { .outcome = SMTP_REFUSED,
				    .text = "this is no address that we write to" };

	return record_refused(lane, mail, &reply);
}

static enum err send_claimed(struct lane *lane, struct mailer *mailer,
			     const struct claimed_mail *mail)
{
	struct buf message = { 0 };
	bool needed;

	if (mail->pointless)
		return drop(lane, mail);
	if (!envelope_is_address(mail->recipient))
		return refuse_address(lane, mail);
	enum err err = letter_write(lane, mail, &message, &needed);
	if (err == OK && !needed)
		err = drop(lane, mail);
	else if (err == OK) {
		struct smtp_reply reply = deliver(mailer, mail, &message);
		err = record_reply(lane, mailer, mail, &reply);
	}
	buf_free(&message);
	return err;
}

static struct claimed_mail read_claim(const struct result *row)
{
	return (struct claimed_mail){
		.user = result_uuid(row, 0, "_user_id"),
		.id = result_uuid(row, 0, "_id"),
		.attempt = result_integer(row, 0, "_attempt"),
		.kind = result_text(row, 0, "_kind"),
		.recipient = result_text(row, 0, "_recipient"),
		.refusals = result_integer(row, 0, "_refusals").value,
		.created_s = result_integer(row, 0, "_created_s").value,
		.pointless = result_bool(row, 0, "_pointless"),
	};
}

/* How long no mail may leave, in milliseconds. */
static int wait_ms(const struct mailer *mailer)
{
	int64_t from_us = mailer->resume_us > mailer->next_us ? mailer->resume_us : mailer->next_us;
	int64_t left_us = from_us - clock_monotonic_us();

	return left_us > 0 ? (int)(left_us / 1000 + 1) : 0;
}

/* Mails are spread evenly over the window of LIMIT_MAIL. */
static void count_mail(struct mailer *mailer)
{
	const struct limit *limit = &mailer->config->limit_mail;

	if (limit->count > 0)
		mailer->next_us =
			clock_monotonic_us() + INT64_C(1000000) * limit->window_s / limit->count;
}

static enum err send_mail(struct lane *lane, struct work *work)
{
	struct jobs_context *context = lane->context;
	struct query claim = sql_outbox_claim((struct integer){ LEASE_S, true });
	struct result row;

	if (!context->mailer)
		return OK;
	work->wait_ms = wait_ms(context->mailer);
	if (work->wait_ms > 0)
		return OK;
	TRY(db_run(lane->db, lane->arena, NULL, &claim, 1, &row));
	if (row.row_count == 0)
		return OK;
	struct claimed_mail mail = read_claim(&row);
	count_mail(context->mailer);
	work->more = true;
	work->made = "a mail";
	return send_claimed(lane, context->mailer, &mail);
}

static enum err take_reset(struct lane *lane, struct work *work)
{
	struct query query = sql_outbox_take_reset();
	struct result row;

	TRY(db_run(lane->db, lane->arena, NULL, &query, 1, &row));
	work->more = result_bool(&row, 0, "_done");
	if (work->more)
		work->made = "a request";
	return OK;
}

const struct job resets_job = { "resets", "mail", .done = METRIC_RESETS_DONE,
				.failed = METRIC_RESETS_FAILED, .run = take_reset };
const struct job mail_job = { "mail", "mail", .done = METRIC_MAIL_DONE,
			      .failed = METRIC_MAIL_FAILED, .run = send_mail };

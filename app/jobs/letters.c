/* letters.c -- what each kind of mail says, and what its links are good for. */
#include <stdio.h>
#include <string.h>

#include "app_jobs.h"
#include "auth/link_token.h"
#include "base/text.h"
#include "base/uuid.h"
#include "sql/outbox.h"

enum { MAX_ITEMS = 20, SUBJECT_CHARACTERS = 150 };

/* A mail on the way from its row to its bytes. */
struct letter {
	struct lane *lane;
	const struct config *config;
	const struct claimed_mail *mail;
	const char *site_link, *link;
	const char *unsubscribe; /* the link of one click, or NULL */
	struct mail_parts parts;
};

/* What is mailed: the purpose of its link, where that leads at this server and at a front end, and
 * how long it works. A notice has no link. */
struct kind {
	const char *name, *purpose, *path, *frontend_path;
	size_t lifetime; /* the place of the setting */
	enum err (*put)(struct letter *letter, bool *needed);
};

static const char *site(const struct config *config)
{
	return *config->frontend_url ? config->frontend_url : config->public_url;
}

/* Behind a `#` it reaches no log of the front end's server; a page without a script could not read
 * it there. */
static const char *make_link(struct arena *arena, const struct config *config, const char *path,
			     const char *frontend_path, const char *token)
{
	if (*config->frontend_url)
		return arena_printf(arena, "%s%s#token=%s", config->frontend_url, frontend_path,
				    token);
	return arena_printf(arena, "%s%s?token=%s", config->public_url, path, token);
}

/* The token of this mail's link, noted under its hash. */
static enum err make_token(struct letter *letter, const char *purpose, const char *subject,
			   struct integer lifetime_s, const char **token)
{
	const struct config_key *secret = &letter->config->token_encryption_keys.items[0];
	const struct claimed_mail *mail = letter->mail;
	struct arena *arena = letter->lane->arena;
	char *text = arena_alloc(arena, LINK_TOKEN_CHARS + 1);
	char *hash = arena_alloc(arena, LINK_TOKEN_HASH_CHARS + 1);
	uint8_t key[SHA256_BYTES];
	struct uuid user;
	struct result none;

	link_token_key(secret->secret, strlen(secret->secret), key);
	link_token_make(key, &mail->user, purpose, subject, text);
	explicit_bzero(key, sizeof key);
	if (!link_token_read(text, &user, hash))
		return ERR_INTERNAL;
	struct query query =
		sql_outbox_note_token(mail->user, hash, purpose, mail->recipient, lifetime_s);
	*token = text;
	return db_run(letter->lane->db, arena, NULL, &query, 1, &none);
}

static enum err put_verify_email(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_verify_email_put(&(struct mail_verify_email){ letter->site_link, letter->link },
			      &letter->parts);
	return OK;
}

static enum err put_reset_password(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_reset_password_put(&(struct mail_reset_password){ letter->site_link, letter->link },
				&letter->parts);
	return OK;
}

static enum err put_confirm_new_email(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_confirm_new_email_put(
		&(struct mail_confirm_new_email){ letter->site_link, letter->link },
		&letter->parts);
	return OK;
}

static enum err put_password_changed(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_password_changed_put(&(struct mail_password_changed){ letter->site_link },
				  &letter->parts);
	return OK;
}

static enum err put_email_changed(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_email_changed_put(&(struct mail_email_changed){ letter->site_link }, &letter->parts);
	return OK;
}

static enum err put_session_ended(struct letter *letter, bool *needed)
{
	(void)needed;
	mail_session_ended_put(&(struct mail_session_ended){ letter->site_link }, &letter->parts);
	return OK;
}

/* How the notifications of each type are headed, and what is behind their number in a subject: "3
 * tasks are due soon, 1 is overdue". In the order of the list. */
static const struct {
	const char *type, *heading, *one, *many, *one_more, *many_more;
} types[] = {
	{ "REMINDER", "Reminders", "reminder", "reminders", "reminder", "reminders" },
	{ "OVERDUE", "Overdue", "task is overdue", "tasks are overdue", "is overdue",
	  "are overdue" },
	{ "DEADLINE_APPROACHING", "Due soon", "task is due soon", "tasks are due soon",
	  "is due soon", "are due soon" },
};

enum { TYPES = sizeof types / sizeof *types, FIRST_ABOUT_TASKS = 1 };

static size_t find_type(const char *name)
{
	size_t i = 0;

	while (i < TYPES - 1 && strcmp(types[i].type, name) != 0)
		i++;
	return i;
}

static const char *count_in_words(struct arena *arena, const int counts[TYPES])
{
	const char *text = "";
	bool named = false; /* the word "task" was said */

	for (size_t i = 0; i < TYPES; i++) {
		const char *one = named ? types[i].one_more : types[i].one;
		const char *many = named ? types[i].many_more : types[i].many;
		if (counts[i] == 0)
			continue;
		text = arena_printf(arena, "%s%s%d %s", text, *text ? ", " : "", counts[i],
				    counts[i] == 1 ? one : many);
		named = named || i >= FIRST_ABOUT_TASKS;
	}
	return text;
}

/* Puts the first notifications under their headings; a single one needs none. */
static void put_items(const struct result *rows, struct mail_notifications_items *items)
{
	size_t before = TYPES;

	for (int i = 0; i < rows->row_count && i < MAX_ITEMS; i++) {
		size_t type = find_type(result_text(rows, i, "_type"));
		bool first = type != before && rows->row_count > 1;
		items[i] = (struct mail_notifications_items){
			.heading = first ? types[type].heading : NULL,
			.message = result_text(rows, i, "_message"),
		};
		before = type;
	}
}

static const char *choose_subject(struct arena *arena, const struct result *rows)
{
	int counts[TYPES] = { 0 };

	if (rows->row_count == 1)
		return text_cut(arena, result_text(rows, 0, "_message"), SUBJECT_CHARACTERS);
	for (int i = 0; i < rows->row_count; i++)
		counts[find_type(result_text(rows, i, "_type"))]++;
	return count_in_words(arena, counts);
}

/* One click ends these mails, at this server and without a login (RFC 8058); who reads the mail is
 * led to a page. */
static enum err make_unsubscribe_links(struct letter *letter)
{
	const struct config *config = letter->config;
	struct arena *arena = letter->lane->arena;
	const char *token;

	TRY(make_token(letter, "unsubscribe", "notifications", (struct integer){ 0 }, &token));
	letter->link = make_link(arena, config, "/account/unsubscribe", "/unsubscribe", token);
	letter->unsubscribe =
		arena_printf(arena, "%s/account/unsubscribe?token=%s", config->public_url, token);
	return OK;
}

static enum err put_notifications(struct letter *letter, bool *needed)
{
	struct lane *lane = letter->lane;
	struct query query = sql_outbox_notifications(letter->mail->user, letter->mail->id);
	struct mail_notifications_items items[MAX_ITEMS];
	struct result rows;

	TRY(db_run(lane->db, lane->arena, NULL, &query, 1, &rows));
	*needed = rows.row_count > 0;
	if (!*needed)
		return OK;
	TRY(make_unsubscribe_links(letter));
	put_items(&rows, items);
	int hidden = rows.row_count > MAX_ITEMS ? rows.row_count - MAX_ITEMS : 0;
	mail_notifications_put(
		&(struct mail_notifications){
			.site_link = letter->site_link,
			.subject = choose_subject(lane->arena, &rows),
			.items = items,
			.items_count = (size_t)(rows.row_count - hidden),
			.more = hidden ? arena_printf(lane->arena, "and %d more", hidden) : NULL,
			.stop_link = letter->link },
		&letter->parts);
	return OK;
}

#define LIFETIME(member) offsetof(struct config, member)

static const struct kind kinds[] = {
	{ "verify_email", "verify", "/account/verify", "/verify-email", LIFETIME(verify_token_s),
	  put_verify_email },
	{ "reset_password", "reset", "/account/reset", "/reset-password", LIFETIME(reset_token_s),
	  put_reset_password },
	{ "confirm_new_email", "change_email", "/account/email", "/confirm-email",
	  LIFETIME(verify_token_s), put_confirm_new_email },
	{ "password_changed", .put = put_password_changed },
	{ "email_changed", .put = put_email_changed },
	{ "session_ended", .put = put_session_ended },
	{ "notifications", .put = put_notifications },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* The link of a mail that has one; its token follows from the mail, so a repeated mail has the
 * same. */
static enum err make_kind_link(struct letter *letter, const struct kind *kind)
{
	int lifetime_s = *(const int *)((const char *)letter->config + kind->lifetime);
	char id[UUID_TEXT_BYTES];
	const char *token;

	if (!kind->purpose)
		return OK;
	uuid_format(id, letter->mail->id.bytes);
	TRY(make_token(letter, kind->purpose, id, (struct integer){ lifetime_s, true }, &token));
	letter->link = make_link(letter->lane->arena, letter->config, kind->path,
				 kind->frontend_path, token);
	return OK;
}

static void free_parts(struct mail_parts *parts)
{
	buf_free(&parts->subject);
	buf_free(&parts->text);
	buf_free(&parts->html);
}

/* All but who it is to and what it is about follows from the settings. */
static void put_message(const struct config *config, const struct mail_parts *parts,
			struct mime_message message, struct buf *out)
{
	struct arena *arena = arena_new(1024);

	if (envelope_parse(arena, config->mail_from, &message.from)) {
		message.domain = envelope_domain(message.from.address);
		message.subject = parts->subject.data;
		message.text = &parts->text;
		message.html = &parts->html;
		mime_put_message(out, &message);
	}
	arena_free(arena);
}

enum err letter_write(struct lane *lane, const struct claimed_mail *mail, struct buf *out,
		      bool *needed)
{
	const struct jobs_context *context = lane->context;
	const struct kind *kind = find_kind(mail->kind);
	struct letter letter = { .lane = lane,
				 .config = context->config,
				 .mail = mail,
				 .site_link = site(context->config) };
	char id[UUID_TEXT_BYTES];

	*needed = true;
	if (!kind)
		return ERR_INTERNAL;
	TRY(make_kind_link(&letter, kind));
	enum err err = kind->put(&letter, needed);
	uuid_format(id, mail->id.bytes);
	if (err == OK && *needed)
		put_message(letter.config, &letter.parts,
			    (struct mime_message){ .to = mail->recipient,
						   .date_us = mail->created_s * 1000000,
						   .id = id,
						   .unsubscribe = letter.unsubscribe },
			    out);
	free_parts(&letter.parts);
	return err;
}

bool letter_put_example(const struct config *config, const char *name, struct buf *out)
{
	struct mail_parts parts = { 0 };
	const struct mail_template *template = mail_templates;

	while (template->name && strcmp(template->name, name) != 0)
		template ++;
	if (!template->name)
		return false;
	template->put_example(&parts);
	put_message(config, &parts,
		    (struct mime_message){ .to = "ada@example.com", .id = "example" }, out);
	free_parts(&parts);
	return true;
}

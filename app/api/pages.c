/* pages.c -- /account: the pages that links of mails lead to where there is no front end. They need
 * no script. Opening one changes nothing and asks nobody; pressing its button does what the link is
 * for. */
#include "pages.h"

#include <ctype.h>
#include <string.h>

#include "account.h"
#include "app.h"
#include "settings.h"

const char page_policy[] = "default-src 'none'; style-src " PAGE_STYLES
			   "; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

struct link_query {
	const char *token;
};

static const struct field link_fields[] = {
	FIELD(struct link_query, token, .required = true, .min = 1, .max = 200),
};

static const struct shape link_shape = SHAPE(struct link_query, NULL, link_fields);

struct password_form {
	const char *new_password, *repeat;
};

static const struct field password_fields[] = {
	FIELD(struct password_form, new_password, .required = true, .format = &format_password),
	FIELD(struct password_form, repeat, .required = true),
};

static const struct shape password_shape =
	SHAPE(struct password_form, "PasswordForm", password_fields);

static const char *site(const struct request *req)
{
	const struct config *config = req->web->config;

	return *config->frontend_url ? config->frontend_url : config->public_url;
}

/* The form of a page goes to the page itself, whose address has the token. */
static const char *own_link(const struct request *req)
{
	return arena_printf(req->arena, "%s?%s", req->in.path, req->in.query);
}

static enum err reply_page_html(struct request *req, int status)
{
	if (req->answer.status == 0)
		answer_start(req, status);
	answer_header(req, "Content-Type", "text/html; charset=utf-8");
	return OK;
}

static enum err reply_done(struct request *req, const char *title, const char *text)
{
	page_done_put(&(struct page_done){ site(req), title, text }, req->answer.body);
	return reply_page_html(req, 200);
}

/* Sentences of refusals are for the middle of a line. */
static const char *whole_sentence(struct arena *arena, const char *sentence)
{
	char *text = arena_printf(arena, "%s.", sentence);

	*text = (char)toupper((unsigned char)*text);
	return text;
}

void put_refusal_page(struct request *req, enum err err, const char *sentence)
{
	bool link = err == ERR_INVALID_TOKEN || err == ERR_VALIDATION;
	const char *text =
		link ? "It may have been used already, or be too old. The newest mail has "
		       "the link that works; otherwise ask for another one."
		     : whole_sentence(req->arena, sentence);

	page_done_put(&(struct page_done){ site(req),
					   link ? "This link does not work" : "That did not work",
					   text },
		      req->answer.body);
	reply_page_html(req, err_info(err)->status);
}

/* What each page says before and after its button was pressed. */
struct text {
	const char *title, *text, *button, *done, *afterwards;
};

static const struct text verify_text = {
	"Confirm your address",
	"Press the button to confirm that this address is yours.",
	"Confirm this address",
	"Your address is confirmed",
	"Reminders of your tasks are sent there from now on.",
};

static const struct text email_text = {
	"Use your new address",
	"Press the button, and your account has this address from now on. Log in with it next "
	"time.",
	"Use this address",
	"Your account has its new address",
	"Mails are sent there from now on. Log in with it next time.",
};

static const struct text unsubscribe_text = {
	"No more mails about tasks?",
	"Press the button, and reminders and deadlines are no longer mailed to you. Your settings "
	"turn them on again.",
	"Send no more of these mails",
	"You get no more mails about tasks",
	"Your settings turn them on again.",
};

static enum err show_button(struct request *req, const struct text *text)
{
	struct link_query in = { 0 };

	TRY(filter_read(req, &in));
	page_button_put(&(struct page_button){ site(req), text->title, text->text, text->button,
					       own_link(req) },
			req->answer.body);
	return reply_page_html(req, 200);
}

static enum err show_verify(struct request *req)
{
	return show_button(req, &verify_text);
}

static enum err show_email(struct request *req)
{
	return show_button(req, &email_text);
}

static enum err show_unsubscribe(struct request *req)
{
	return show_button(req, &unsubscribe_text);
}

static enum err confirm(struct request *req, const struct text *text)
{
	struct link_query in = { 0 };
	struct result user;

	TRY(filter_read(req, &in));
	TRY(account_confirm_address(req, in.token, &user));
	return reply_done(req, text->done, text->afterwards);
}

static enum err do_verify(struct request *req)
{
	return confirm(req, &verify_text);
}

static enum err do_email(struct request *req)
{
	return confirm(req, &email_text);
}

/* Programs of mail providers press this button, too, with a body of their own (RFC 8058
 * section 3.2), which is not looked at. */
static enum err do_unsubscribe(struct request *req)
{
	struct link_query in = { 0 };

	TRY(filter_read(req, &in));
	TRY(account_unsubscribe(req, in.token));
	return reply_done(req, unsubscribe_text.done, unsubscribe_text.afterwards);
}

/* The form for a password, with what is wrong with the one that was sent. */
static enum err show_form(struct request *req, int status)
{
	struct page_password_faults *faults =
		arena_alloc(req->arena, (req->faults.count + 1) * sizeof *faults);
	size_t count = 0;

	for (const struct noted_fault *f = req->faults.first; f; f = f->next)
		faults[count++].message = arena_printf(req->arena, "It %s.", f->fault.message);
	page_password_put(
		&(struct page_password){ .site_link = site(req),
					 .action_link = own_link(req),
					 .problem = count ? "Please choose another one:" : NULL,
					 .faults = faults,
					 .faults_count = count },
		req->answer.body);
	return reply_page_html(req, status);
}

static enum err show_reset(struct request *req)
{
	struct link_query in = { 0 };

	TRY(filter_read(req, &in));
	return show_form(req, 200);
}

static enum err do_reset(struct request *req)
{
	struct password_form in = { 0 };
	struct link_query query = { 0 };
	struct link link;

	TRY(filter_read(req, &query));
	TRY(body_note(req, &in));
	TRY(account_read_link(req, query.token, &link));
	TRY(account_judge_reset(req, &link, in.new_password));
	if (in.new_password && in.repeat && strcmp(in.new_password, in.repeat) != 0)
		fault_add(&req->faults, "repeat",
			  (struct fault){ FAULT_CONFLICT, "was not the same both times" });
	if (req->faults.count > 0)
		return show_form(req, 400);
	TRY(account_reset_password(req, &link, in.new_password));
	return reply_done(req, "Your password is set",
			  "All devices are logged out. Log in with the new password.");
}

#define PAGE .query = &link_shape, .page = true, .outside_api = true, .media_type = "text/html"

static const struct route pages_routes[] = {
	{ GET, "/account/verify", ANYBODY, HANDLER(show_verify), PAGE },
	{ POST, "/account/verify", ANYBODY, HANDLER(do_verify), PAGE },
	{ GET, "/account/email", ANYBODY, HANDLER(show_email), PAGE },
	{ POST, "/account/email", ANYBODY, HANDLER(do_email), PAGE },
	{ GET, "/account/unsubscribe", ANYBODY, HANDLER(show_unsubscribe), PAGE },
	{ POST, "/account/unsubscribe", ANYBODY, HANDLER(do_unsubscribe), PAGE },
	{ GET, "/account/reset", ANYBODY, HANDLER(show_reset), PAGE },
	{ POST, "/account/reset", ANYBODY, HANDLER(do_reset), PAGE, .password = true,
	  .body = &password_shape },
};

const struct resource pages_resource = { .name = "pages", ROUTES(pages_routes) };

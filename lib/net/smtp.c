#include "net/smtp.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/envelope.h"

enum { CONNECT_TIMEOUT_MS = 30000 }; /* DNS, TCP, TLS, greeting, EHLO and AUTH; tar pits wait */

/* How far a mail has come: which command was said last. */
enum step { STEP_CONNECT, STEP_MAIL, STEP_RCPT, STEP_DATA };

struct smtp {
	const struct smtp_settings *settings;
	CURL *curl;
	/* of the mail under way */
	const char *mail;
	size_t len, sent;
	enum step step;
	bool ended; /* libcurl says goodbye after a refusal; the answer to that is no reply to the
		       mail */
	int code;   /* of the last reply before that */
	char text[SMTP_TEXT_BYTES];
	char fault[CURL_ERROR_SIZE];
};

struct smtp *smtp_new(const struct smtp_settings *settings)
{
	struct smtp *smtp = calloc(1, sizeof *smtp);

	if (!smtp || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	smtp->settings = settings;
	smtp->curl = curl_easy_init();
	if (!smtp->curl)
		abort();
	return smtp;
}

void smtp_free(struct smtp *smtp)
{
	curl_easy_cleanup(smtp->curl);
	curl_global_cleanup();
	free(smtp);
}

static size_t read_mail(char *out, size_t size, size_t count, void *context)
{
	struct smtp *smtp = context;
	size_t len = smtp->len - smtp->sent;

	if (len > size * count)
		len = size * count;
	memcpy(out, smtp->mail + smtp->sent, len);
	smtp->sent += len;
	return len;
}

static void copy_printable(char *out, const char *text, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len && end < SMTP_TEXT_BYTES - 1; i++)
		if (text[i] >= 0x20 && text[i] < 0x7f)
			out[end++] = text[i];
	out[end] = '\0';
}

/* Servers quote addresses, which are for nobody who reads of the reply: a***@example.org. */
static void mask_addresses(char text[SMTP_TEXT_BYTES])
{
	struct buf masked = { 0 };
	const char *at = text;

	while (*at) {
		size_t len = strcspn(at, " <>()[],;:\"@");
		bool address = len > 0 && at[len] == '@';
		buf_put(&masked, at, address ? 1 : len + (at[len] != '\0'));
		if (address)
			buf_puts(&masked, "***@");
		at += len + (at[len] != '\0');
	}
	copy_printable(text, masked.len ? masked.data : "", masked.len);
	buf_free(&masked);
}

/* Each reply line of the server. */
static size_t hear(char *line, size_t size, size_t count, void *context)
{
	struct smtp *smtp = context;
	size_t len = size * count;

	if (smtp->ended)
		return len;
	if (len >= 3 && strspn(line, "0123456789") >= 3)
		smtp->code = 100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0');
	copy_printable(smtp->text, line, len);
	return len;
}

/* Each command that is said. What an old connection is told comes before anything was heard. */
static int watch(CURL *curl, curl_infotype type, char *data, size_t len, void *context)
{
	static const char *const commands[] = {
		[STEP_MAIL] = "MAIL ", [STEP_RCPT] = "RCPT ", [STEP_DATA] = "DATA"
	};
	struct smtp *smtp = context;

	(void)curl;
	for (enum step step = STEP_MAIL; step <= STEP_DATA && type == CURLINFO_HEADER_OUT; step++)
		if (len > 5 && strncmp(data, commands[step], strlen(commands[step])) == 0)
			smtp->step = step;
	if (type == CURLINFO_HEADER_OUT && len > 4 && strncmp(data, "QUIT", 4) == 0)
		smtp->ended = smtp->code > 0;
	return 0;
}

static void set_security(struct smtp *smtp)
{
	const struct smtp_settings *settings = smtp->settings;
	CURL *curl = smtp->curl;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
			 (long)(settings->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (*settings->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
	if (*settings->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->password);
	}
}

static void set_callbacks(struct smtp *smtp)
{
	CURL *curl = smtp->curl;

	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
	curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->fault);
}

static CURLcode perform(struct smtp *smtp, const char *from, struct curl_slist *to, bool anew)
{
	CURL *curl = smtp->curl;

	smtp->sent = 0;
	smtp->step = STEP_CONNECT;
	smtp->ended = false;
	smtp->code = 0;
	*smtp->text = *smtp->fault = '\0';
	curl_easy_reset(curl); /* the connection stays */
	curl_easy_setopt(curl, CURLOPT_URL, smtp->settings->url);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)smtp->settings->timeout_s);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, (long)anew);
	set_security(smtp);
	set_callbacks(smtp);
	return curl_easy_perform(curl);
}

/* Whether a kept connection was of no more use: the server has closed it, or does so now. */
static bool was_stale(const struct smtp *smtp, CURLcode rc)
{
	long connects = 0;

	curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &connects);
	return rc != CURLE_OK && connects == 0 && smtp->step <= STEP_MAIL &&
	       (smtp->code == 0 || smtp->code == 421);
}

/* What the server has said of one recipient or of one mail counts for that; all else, and that it
 * closes (421), for the server. MAIL names the sender, who is the same for all mails. After 354
 * (RFC 5321 section 4.1.1.4) all was sent, and nobody knows. */
static enum smtp_outcome decide(const struct smtp *smtp, CURLcode rc)
{
	if (rc == CURLE_OK)
		return SMTP_TAKEN;
	if (smtp->step < STEP_RCPT || smtp->code == 421)
		return SMTP_AWAY;
	if (smtp->code >= 500)
		return SMTP_REFUSED;
	return SMTP_LATER;
}

/* RFC 3463 section 2: class, subject and detail behind the code. */
static void copy_status(struct smtp_reply *reply)
{
	const char *at = reply->text + (reply->code > 0 && strlen(reply->text) > 4 ? 4 : 0);
	size_t len = strspn(at, "0123456789.");

	if (at > reply->text && len >= 5 && len < sizeof reply->status && strchr("245", *at) &&
	    at[1] == '.')
		memcpy(reply->status, at, len);
}

struct smtp_reply smtp_send(struct smtp *smtp, const char *from, const char *to, const char *mail,
			    size_t len)
{
	struct smtp_reply reply = { 0 };
	struct curl_slist *recipients = curl_slist_append(NULL, to);

	assert(recipients && envelope_is_address(from) && envelope_is_address(to));
	smtp->mail = mail;
	smtp->len = len;
	CURLcode rc = perform(smtp, from, recipients, false);
	if (was_stale(smtp, rc))
		rc = perform(smtp, from, recipients, true);
	curl_slist_free_all(recipients);
	reply.outcome = decide(smtp, rc);
	bool said = rc == CURLE_OK || (smtp->code >= 400 && rc != CURLE_OPERATION_TIMEDOUT);
	reply.code = said ? smtp->code : 0;
	reply.misconfigured = rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_USE_SSL_FAILED ||
			      rc == CURLE_LOGIN_DENIED || rc == CURLE_SSL_CACERT_BADFILE;
	const char *text = said ? smtp->text : *smtp->fault ? smtp->fault : curl_easy_strerror(rc);
	copy_printable(reply.text, text, strlen(text));
	mask_addresses(reply.text);
	copy_status(&reply);
	return reply;
}

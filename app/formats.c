/* formats.c -- rules for texts and ranges that more than one resource has. */
#include <ctype.h>
#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/uuid.h"

static const char letters_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* Labels of letters, digits and inner hyphens, at least two (RFC 1035 section 2.3.1). */
static bool is_domain(const char *text)
{
	int labels = 0;

	for (;;) {
		size_t len = strcspn(text, ".");
		if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-')
			return false;
		for (size_t i = 0; i < len; i++)
			if (text[i] != '-' && !strchr(letters_digits, text[i]))
				return false;
		labels++;
		if (text[len] == '\0')
			return labels >= 2;
		text += len + 1;
	}
}

/* A dot-atom at a domain (RFC 5322 section 3.4.1), without quoted forms: nothing that could be
 * taken for more than one address or for a header. */
static const char *email_fault(const char *value)
{
	static const char atom[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				   "!#$%&'*+/=?^_`{|}~-.";
	size_t local = strspn(value, atom);

	if (local == 0 || local > 64 || value[0] == '.' || value[local - 1] == '.' ||
	    memmem(value, local, "..", 2) || value[local] != '@' || !is_domain(value + local + 1))
		return "must be an email address";
	return NULL;
}

static const char *username_fault(const char *value)
{
	if (value[strspn(value, letters_digits)] == '\0')
		return NULL;
	for (; *value; value++)
		if (!strchr(letters_digits, *value) && !strchr("_.-", *value))
			return "may have letters, digits, `_`, `.` and `-` only";
	return NULL;
}

static const char *color_fault(const char *value)
{
	bool right = value[0] == '#' && strlen(value) == 7 &&
		     strspn(value + 1, "0123456789abcdefABCDEF") == 6;

	return right ? NULL : "must be a colour such as #1E90FF";
}

static const char *tag_fault(const char *value)
{
	return strchr(value, ',') ? "must not contain a comma" : NULL;
}

static const char *uuid_fault(const char *value)
{
	struct uuid uuid;

	return uuid_parse(value, strlen(value), &uuid) ? NULL : "must be UUIDs";
}

/* What email_fault() takes, as a regular expression. */
#define ATOM "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

const struct text_format format_email = {
	.openapi = "email",
	.pattern = "^\\s*(?=[^@]{1,64}@)" ATOM "(\\." ATOM ")*@(" LABEL "\\.)+" LABEL "\\s*$",
	.fault = email_fault,
	.trimmed = true,
};
const struct text_format format_username = { .pattern = "^[A-Za-z0-9_.-]+$",
					     .fault = username_fault };
/* note_password() tells which rules it breaks. */
const struct text_format format_password = { .openapi = "password" };
const struct text_format format_color = { .pattern = "^#[0-9A-Fa-f]{6}$", .fault = color_fault };
const struct text_format format_tag = { .pattern = TEXT_PATTERN_NOT_BLANK(","),
					.fault = tag_fault };
const struct text_format format_timezone = { .openapi = "timezone" };
const struct text_format format_position = { .pattern = "^[0-9A-Za-z]+$" };
const struct text_format format_uuid = { .openapi = "uuid", .fault = uuid_fault };

void note_password(struct request *req, const char *field, const char *password)
{
	const char *fault = NULL;

	while (password && (fault = password_fault(password, fault)))
		fault_add(req, field, fault);
}

bool note_account_faults(struct request *req, const struct result *rows)
{
	bool only_taken = req->faults.count == 0;

	for (int i = 0; i < rows->row_count; i++) {
		bool taken = result_bool(rows, i, "_taken");
		only_taken = only_taken && taken;
		fault_add(req, result_text(rows, i, "_field"),
			  taken ? "is already in use"
				: "must be an IANA time zone, such as Europe/Berlin");
	}
	return only_taken && rows->row_count > 0;
}

enum err check_dates(struct request *req, const struct date *from, const struct date *to)
{
	if (from->set && to->set && from->days > to->days)
		fault_add(req, "date_to", "must not be before date_from");
	return fault_check(req);
}

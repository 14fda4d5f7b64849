/* formats.c -- rules for texts and ranges that more than one resource has. */
#include <ctype.h>
#include <string.h>

#include "app.h"
#include "auth/password.h"
#include "base/uuid.h"
#include "net/envelope.h"

static const char letters_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool is_username(const char *value)
{
	while (*value && (strchr(letters_digits, *value) || strchr("_.-", *value)))
		value++;
	return *value == '\0';
}

static bool is_color(const char *value)
{
	return value[0] == '#' && strlen(value) == 7 &&
	       strspn(value + 1, "0123456789abcdefABCDEF") == 6;
}

static bool has_no_comma(const char *value)
{
	return !strchr(value, ',');
}

/* Digits to the base 62, without zeros at the end. What begins with the lowest or the highest digit
 * would leave no room in front of it or behind it. */
static bool is_position(const char *value)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t len = strlen(value);

	return len > 0 && strspn(value, digits) == len && value[0] != '0' && value[0] != 'z' &&
	       value[len - 1] != '0';
}

static bool is_uuid(const char *value)
{
	struct uuid uuid;

	return uuid_parse(value, strlen(value), &uuid);
}

static const struct text_rule email_rules[] = {
	{ envelope_is_address, { FAULT_FORMAT, "must be an email address", .format = "email" } },
	{ NULL },
};

static const struct text_rule username_rules[] = {
	{ is_username, { FAULT_CHARACTER, "may have letters, digits, _, . and - only" } },
	{ NULL },
};

static const struct text_rule password_rules[] = {
	{ password_is_long_enough,
	  { FAULT_LENGTH, "must be at least 8 characters long", .min = "8" } },
	{ password_fits, { FAULT_LENGTH, "must be at most 72 bytes long", .max = "72" } },
	{ password_has_upper_case, { FAULT_UPPER_CASE } },
	{ password_has_lower_case, { FAULT_LOWER_CASE } },
	{ password_has_digit, { FAULT_DIGIT } },
	{ password_has_symbol, { FAULT_SYMBOL } },
	{ NULL },
};

static const struct text_rule color_rules[] = {
	{ is_color, { FAULT_FORMAT, "must be a colour such as #1E90FF", .format = "color" } },
	{ NULL },
};

static const struct text_rule tag_rules[] = {
	{ has_no_comma, { FAULT_CHARACTER, "must not contain a comma" } },
	{ NULL },
};

static const struct text_rule position_rules[] = {
	{ is_position,
	  { FAULT_FORMAT, "must be a position that a task has had", .format = "position" } },
	{ NULL },
};

static const struct text_rule uuid_rules[] = {
	{ is_uuid, { FAULT_FORMAT, "must be a UUID", .format = "uuid" } },
	{ NULL },
};

/* What envelope_is_address() takes, as a regular expression. */
#define ATOM "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

const struct text_format format_email = {
	.openapi = "email",
	.pattern = "^\\s*(?=[^@]{1,64}@)" ATOM "(\\." ATOM ")*@(" LABEL "\\.)+" LABEL "\\s*$",
	.rules = email_rules,
	.trimmed = true,
};
const struct text_format format_username = { .pattern = "^[A-Za-z0-9_.-]+$",
					     .rules = username_rules };
const struct text_format format_password = { .openapi = "password", .rules = password_rules };
const struct text_format format_color = { .pattern = "^#[0-9A-Fa-f]{6}$", .rules = color_rules };
const struct text_format format_tag = { .pattern = TEXT_PATTERN_NOT_BLANK(","),
					.rules = tag_rules };
const struct text_format format_timezone = { .openapi = "timezone" };
const struct text_format format_position = {
	.pattern = "^[1-9A-Za-y]([0-9A-Za-z]*[1-9A-Za-z])?$",
	.rules = position_rules,
};
const struct text_format format_uuid = { .openapi = "uuid", .rules = uuid_rules };

bool note_account_faults(struct request *req, const struct result *rows)
{
	bool only_taken = req->faults.count == 0;

	for (int i = 0; i < rows->row_count; i++) {
		bool taken = result_bool(rows, i, "_taken");
		only_taken = only_taken && taken;
		struct fault fault = NO_TIMEZONE;
		if (taken)
			fault = (struct fault){ FAULT_TAKEN };
		fault_add(&req->faults, result_text(rows, i, "_field"), fault);
	}
	return only_taken && rows->row_count > 0;
}

enum err check_dates(struct request *req, const struct date *from, const struct date *to)
{
	if (from->set && to->set && from->days > to->days)
		fault_add(&req->faults, "date_to",
			  (struct fault){ FAULT_CONFLICT, "must not be before date_from",
					  .with = "date_from" });
	return refuse_faults(req);
}

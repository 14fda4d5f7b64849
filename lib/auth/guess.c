#include "auth/guess.h"

#include <crack.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PASSWORD_BYTES = 73, /* as many as bcrypt takes, and a NUL */
	MIN_LETTERS = 4,     /* of a word that is worth looking up */
	MIN_WORD = 6,	     /* cracklib calls what is shorter too short and looks no further */
	MAX_LEAD = 2,	     /* people put more behind a word than before it */
	MIN_REST = 8,	     /* what a password must have beside a part that is known */
	MIN_PART = 4,
};

bool guess_knows_words(void)
{
	static const char *const suffixes[] = { "hwm", "pwd", "pwi" };
	char path[256];

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s.%s", GetDefaultCracklibDict(), suffixes[i]);
		if (access(path, R_OK) != 0)
			return false;
	}
	return true;
}

/* cracklib ends the process when its dictionary is gone, so that is looked at before each use. The
 * user it asks about is nobody: else it would look up the one that this process runs as. */
static bool is_word(const char *text)
{
	return guess_knows_words() && FascistCheckUser(text, GetDefaultCracklibDict(), "", "");
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) && isascii(c);
}

/* The letter that a digit or a symbol stands for; `i` is what 1 and ! are taken for. */
static char plain_letter(char c, char i)
{
	static const char digits[] = "@4031!$57", letters[] = "aaoe..sst";
	const char *at = c ? strchr(digits, c) : NULL;

	if (!at)
		return (char)tolower((unsigned char)c);
	char letter = letters[at - digits];
	return letter == '.' ? i : letter;
}

/* The word that a password was made of: without what stands before its first and behind its last
 * letter. Its case must be one that people write: all of one, or one capital. False if there is
 * none. */
static bool find_core(const char *password, const char **core, size_t *len)
{
	size_t end = strlen(password), begin = 0, letters = 0, upper = 0, lower = 0;

	while (begin < end && !is_letter(password[begin]))
		begin++;
	while (end > begin && !is_letter(password[end - 1]))
		end--;
	for (size_t i = begin; i < end; i++) {
		letters += is_letter(password[i]);
		upper += i > begin && isupper((unsigned char)password[i]);
		lower += i > begin && islower((unsigned char)password[i]);
	}
	*core = password + begin;
	*len = end - begin;
	return letters >= MIN_LETTERS && begin <= MAX_LEAD && (upper == 0 || lower == 0);
}

static bool is_core_word(const char *password, char i)
{
	char word[PASSWORD_BYTES + MIN_WORD];
	const char *core;
	size_t len;

	if (!find_core(password, &core, &len) || len >= PASSWORD_BYTES)
		return false;
	for (size_t at = 0; at < len; at++)
		word[at] = plain_letter(core[at], i);
	for (; len < MIN_WORD; len++)
		word[len] =
			len % 2 ? '1' : '3'; /* it looks for words with digits behind them, too */
	word[len] = '\0';
	return is_word(word);
}

/* Whether a password has a part of a known text, of letters and digits, and not much beside it. */
static bool is_mostly(const char *password, const char *part, size_t len)
{
	char plain[PASSWORD_BYTES] = "", wanted[PASSWORD_BYTES] = "";
	size_t size = strlen(password);

	if (len < MIN_PART || len > size || size >= sizeof plain || size - len >= MIN_REST)
		return false;
	for (size_t i = 0; i < size; i++)
		plain[i] = plain_letter(password[i], 'i');
	for (size_t i = 0; i < len; i++)
		wanted[i] = plain_letter(part[i], 'i');
	return strstr(plain, wanted);
}

static bool has_part_of(const char *password, const char *known)
{
	static const char separators[] = " .,;:_-+@/'\"()";

	while (*known) {
		known += strspn(known, separators);
		size_t len = strcspn(known, separators);
		if (is_mostly(password, known, len))
			return true;
		known += len;
	}
	return false;
}

bool guess_is_easy(const char *password, const char *const *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (known[i] && has_part_of(password, known[i]))
			return true;
	return is_word(password) || is_core_word(password, 'l') || is_core_word(password, 'i');
}

/* password.c -- the rules for passwords, and bcrypt (libxcrypt) under them. */
#include "auth/password.h"

#include "base/utf8.h"

#include <assert.h>
#include <crypt.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <wctype.h>

#define MIN_CHARACTERS 8

/* What stands before the salt, `$2b$12$`, and after it. */
#define HEAD_CHARS 7
#define SALT_AND_HASH_CHARS 53
#define BCRYPT_ALPHABET "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum kind { UPPER = 1, LOWER = 2, DIGIT = 4, SYMBOL = 8 };

/* Letters are those of Unicode, whatever the locale of the process. */
static locale_t unicode_locale(void)
{
	static locale_t locale;

	if (locale == (locale_t)0)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	assert(locale != (locale_t)0);
	return locale;
}

/* The kinds that a character counts for. iswspace() leaves out the spaces that do not break. */
static unsigned kinds_of(wint_t character)
{
	locale_t unicode = unicode_locale();
	unsigned kinds = 0;

	if (iswupper_l(character, unicode))
		kinds |= UPPER;
	if (iswlower_l(character, unicode))
		kinds |= LOWER;
	if (iswdigit_l(character, unicode))
		kinds |= DIGIT;
	if (!iswalnum_l(character, unicode) && !iswspace_l(character, unicode) &&
	    character != 0x85 && character != 0xa0 && character != 0x2007 && character != 0x202f)
		kinds |= SYMBOL;
	return kinds;
}

bool password_is_long_enough(const char *password)
{
	int characters = 0;

	for (; *password && characters < MIN_CHARACTERS; characters++)
		utf8_decode(&password);
	return characters == MIN_CHARACTERS;
}

bool password_fits(const char *password)
{
	return strlen(password) <= PASSWORD_MAX_BYTES;
}

static bool has(const char *password, enum kind kind)
{
	while (*password)
		if (kinds_of(utf8_decode(&password)) & kind)
			return true;
	return false;
}

bool password_has_upper_case(const char *password)
{
	return has(password, UPPER);
}

bool password_has_lower_case(const char *password)
{
	return has(password, LOWER);
}

bool password_has_digit(const char *password)
{
	return has(password, DIGIT);
}

bool password_has_symbol(const char *password)
{
	return has(password, SYMBOL);
}

/* What libxcrypt makes of it, if that is a hash of ours: on failure it may also be `*0`. */
static bool bcrypt(const char *password, const char *setting, char out[PASSWORD_HASH_BYTES])
{
	struct crypt_data data = { 0 };
	const char *hash = crypt_rn(password, setting, &data, sizeof data);
	bool ok = hash && password_cost(hash) > 0;

	if (ok)
		memcpy(out, hash, PASSWORD_HASH_BYTES);
	OPENSSL_cleanse(&data, sizeof data);
	return ok;
}

bool password_hash(const char *password, int cost, char out[PASSWORD_HASH_BYTES])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (strlen(password) > PASSWORD_MAX_BYTES || cost < 4 || cost > 31)
		return false;
	return crypt_gensalt_rn("$2b$", (unsigned long)cost, NULL, 0, setting, sizeof setting) !=
		       NULL &&
	       bcrypt(password, setting, out);
}

/* Whether this is the password; work alone when `hash` is a cost without an account. */
static bool matches(const char *password, const char *hash)
{
	char made[PASSWORD_HASH_BYTES] = "";
	bool equal = bcrypt(password, hash, made) &&
		     CRYPTO_memcmp(made, hash, PASSWORD_HASH_BYTES - 1) == 0;

	OPENSSL_cleanse(made, sizeof made);
	return equal;
}

/* Does the work of one hash at a cost. */
static void work(const char *password, int cost)
{
	char nobodys[PASSWORD_HASH_BYTES];

	snprintf(nobodys, sizeof nobodys, "$2b$%02d$no.account.no.password", cost);
	(void)matches(password, nobodys);
}

bool password_verify(const char *password, const char *hash, int cost)
{
	int spent = hash ? password_cost(hash) : 0;
	bool too_long = strlen(password) > PASSWORD_MAX_BYTES;

	/* libxcrypt refuses phrases of 512 bytes at once, which would show in the time. */
	if (too_long)
		password = "";
	if (spent == 0)
		work(password, cost);
	else if (matches(password, hash) && !too_long)
		return true;
	/* 2^spent rounds are done; 2^spent + 2^(spent + 1) + … make it 2^cost. */
	while (spent > 0 && spent < cost)
		work(password, spent++);
	return false;
}

int password_cost(const char *hash)
{
	if (strlen(hash) != PASSWORD_HASH_BYTES - 1 || strncmp(hash, "$2b$", 4) != 0 ||
	    hash[4] < '0' || hash[4] > '9' || hash[5] < '0' || hash[5] > '9' || hash[6] != '$' ||
	    strspn(hash + HEAD_CHARS, BCRYPT_ALPHABET) != SALT_AND_HASH_CHARS)
		return 0;
	return (hash[4] - '0') * 10 + (hash[5] - '0');
}

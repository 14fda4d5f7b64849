/* password.h -- the rules for passwords, and bcrypt (libxcrypt) under them.
 *
 * bcrypt reads 72 bytes and stops at a NUL: longer passwords are refused, never cut, and U+0000 is
 * refused before a text becomes a C string. Everything derived from a password is wiped. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>

#define PASSWORD_MAX_BYTES 72

/* `$2b$12$`, 22 characters of salt, 31 of hash, and the NUL. */
#define PASSWORD_HASH_BYTES 61

/* The rules for new passwords, which are valid UTF-8: 8 characters or more, PASSWORD_MAX_BYTES or
 * fewer, and one of each kind. Letters, digits and spaces are those of Unicode. */
bool password_is_long_enough(const char *password);
bool password_fits(const char *password);
bool password_has_upper_case(const char *password);
bool password_has_lower_case(const char *password);
bool password_has_digit(const char *password);
bool password_has_symbol(const char *password);

/* Hashes with a fresh salt; `cost` is the logarithm of the rounds (4 to 31). False, with `out`
 * untouched, if libxcrypt failed or the password is too long. */
bool password_hash(const char *password, int cost, char out[PASSWORD_HASH_BYTES])
	__attribute__((warn_unused_result));

/* Whether `hash` is of this password. Each attempt that fails does the work of one hash at `cost`,
 * so that the time does not tell who has an account. That holds without a hash (NULL, or not one of
 * ours) and with one of a lower cost; a dearer hash takes more. */
bool password_verify(const char *password, const char *hash, int cost)
	__attribute__((warn_unused_result));

/* The cost that `hash` was made with, or 0 if it is not one of ours. */
int password_cost(const char *hash);

#endif

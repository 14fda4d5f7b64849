/* guess.h -- passwords that meet every rule and are still among the first that somebody would try.
 *
 * A list of such passwords does not help: hardly any of a list has upper and lower case, a digit
 * and a symbol. What people do with a word until it has all that is undone here, and cracklib then
 * knows the word. */
#ifndef GUESS_H
#define GUESS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether cracklib's dictionary is on this machine; without it no password is judged by words. */
bool guess_knows_words(void);

/* Whether a password is easy to guess: a common word dressed up, or little more than a part of one
 * of the texts that are known of its owner (address, names; each may be NULL). */
bool guess_is_easy(const char *password, const char *const *known, size_t count);

#endif

/* encoding.h -- bytes as text: base64url (RFC 4648 section 5) and hexadecimal; numbers in decimal.
 *
 * base64url is written and read without padding and in its canonical form only: a byte string has
 * exactly one spelling, so two texts are equal if and only if the bytes are. */
#ifndef ENCODING_H
#define ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length in characters of `len` bytes as base64url. */
#define BASE64URL_CHARS(len) (((len)*4 + 2) / 3)

/* Writes BASE64URL_CHARS(len) characters, no NUL, and returns their number. */
size_t base64url_encode(const void *data, size_t len, char *out);

/* Reads canonical base64url into `out`, which has room for len * 3 / 4 bytes. False, with
 * `out_len` untouched and `out` undefined, for anything else: white space, padding, characters of
 * other alphabets, bits that are left over and not zero. */
bool base64url_decode(const char *text, size_t len, void *out, size_t *out_len)
	__attribute__((warn_unused_result));

/* Writes 2 * len lower-case hexadecimal digits and a NUL. */
void hex_encode(const void *data, size_t len, char *out);

enum { DECIMAL_BYTES = 21 };

/* Writes a number and a NUL, DECIMAL_BYTES at most; returns the NUL's place. */
char *decimal_format(char *out, int64_t value);

#endif

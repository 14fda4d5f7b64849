/* utf8.h -- UTF-8 (RFC 3629), checked and read character by character. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Eight times the same byte, to look at eight bytes in one step. */
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether `text` is UTF-8 in its shortest form without surrogates. U+0000 is valid. */
bool utf8_valid(const char *text, size_t len) __attribute__((warn_unused_result));

/* How many bytes the multi-byte character at `at` has, or 0 if it is none (RFC 3629 section 4). */
size_t utf8_character(const unsigned char *at, const unsigned char *end);

/* Reads the character at `*at`, in valid UTF-8, and moves on past it. */
uint32_t utf8_decode(const char **at);

/* Writes a character, 4 bytes at most, and returns the place behind it. */
char *utf8_encode(char *out, uint32_t character);

#endif

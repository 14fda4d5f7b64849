/* text.h -- what Unicode says about a text. All texts are valid UTF-8. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* How many code points a text has. */
size_t text_length(const char *text);

/* Whether a text consists of Unicode White_Space only (the empty one does). */
bool text_is_blank(const char *text);

/* The text without the White_Space around it; it belongs to the arena. */
const char *text_trim(struct arena *arena, const char *text);

/* The text if it has at most `most` code points, else the first `most` - 1 and an ellipsis; it
 * belongs to the arena. */
const char *text_cut(struct arena *arena, const char *text, size_t most);

/* Any bytes as a text, which belongs to the arena: U+FFFD stands for each byte that is no part of
 * a character. */
const char *text_from_bytes(struct arena *arena, const char *bytes);

#endif

/* arena.h -- memory that lives as long as one request (or one block) and goes at once.
 *
 * Taking memory never fails: without memory the process says so and aborts, and its supervisor
 * starts another. A reset runs the deferred releases, newest first, and wipes what was used,
 * since bodies carry passwords. */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena whose first block has room for `size_bytes`. */
struct arena *arena_new(size_t size_bytes);

/* `size_bytes` zeroed bytes, aligned for any type; they belong to the arena. */
void *arena_alloc(struct arena *arena, size_t size_bytes)
	__attribute__((malloc, returns_nonnull, alloc_size(2)));

/* A NUL-terminated copy of the `len` bytes at `text`. */
char *arena_copy(struct arena *arena, const char *text, size_t len)
	__attribute__((returns_nonnull));

/* A formatted text, as by printf(3). */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* Lets `release(object)` run at the next reset; this is how foreign objects join the arena. */
void arena_defer(struct arena *arena, void (*release)(void *), void *object);

/* Ends the life of everything taken since the arena was made or last reset. */
void arena_reset(struct arena *arena);

/* Resets the arena and gives its memory back. */
void arena_free(struct arena *arena);

#endif

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGNMENT) char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*release)(void *);
	void *object;
};

struct arena {
	struct block *blocks; /* the newest first; the oldest is kept for ever */
	struct deferred *deferred;
};

static struct block *block_new(size_t size)
{
	struct block *block = malloc(sizeof *block + size);

	if (!block) {
		fputs("daybook: out of memory\n", stderr);
		abort();
	}
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

struct arena *arena_new(size_t size_bytes)
{
	struct block *block = block_new(size_bytes + sizeof(struct arena));
	struct arena *arena = (struct arena *)block->bytes;

	block->used = (sizeof *arena + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	*arena = (struct arena){ .blocks = block };
	return arena;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	size_t size = (size_bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	struct block *block = arena->blocks;

	if (size > block->size - block->used) {
		block = block_new(size > block->size ? size : block->size);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	void *at = block->bytes + block->used;
	block->used += size;
	return memset(at, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	char shortly[256];
	size_t len = (size_t)vsnprintf(shortly, sizeof shortly, format, args);
	char *text = arena_alloc(arena, len + 1);
	if (len < sizeof shortly)
		memcpy(text, shortly, len);
	else
		vsnprintf(text, len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *object)
{
	struct deferred *deferred = arena_alloc(arena, sizeof *deferred);

	*deferred = (struct deferred){ arena->deferred, release, object };
	arena->deferred = deferred;
}

void arena_reset(struct arena *arena)
{
	for (struct deferred *d = arena->deferred; d; d = d->next)
		d->release(d->object);
	arena->deferred = NULL;
	while (arena->blocks->next) {
		struct block *block = arena->blocks;
		arena->blocks = block->next;
		explicit_bzero(block->bytes, block->used);
		free(block);
	}
	size_t own = (sizeof *arena + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	explicit_bzero(arena->blocks->bytes + own, arena->blocks->used - own);
	arena->blocks->used = own;
}

void arena_free(struct arena *arena)
{
	arena_reset(arena);
	free(arena->blocks);
}

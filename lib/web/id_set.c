#include "web/id_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { FIRST_ROOM = 256 };

struct id_slot {
	uint64_t halves[2]; /* both 0: free */
};

/* The ids are the client's to choose. So a secret seed decides where one goes, lest many go to the
 * same place. */
static size_t place_of(const struct id_set *set, const struct id_slot *id)
{
	unsigned __int128 product = (unsigned __int128)(id->halves[0] ^ set->seed[0]) *
				    ((id->halves[1] ^ set->seed[1]) | 1);

	return (size_t)((uint64_t)(product >> 64) ^ (uint64_t)product) & (set->room - 1);
}

static bool is_free(const struct id_slot *slot)
{
	return slot->halves[0] == 0 && slot->halves[1] == 0;
}

/* The slot that has the id, or where it would go. */
static struct id_slot *find(const struct id_set *set, const struct id_slot *id)
{
	size_t place = place_of(set, id);

	while (!is_free(&set->slots[place]) && memcmp(&set->slots[place], id, sizeof *id) != 0)
		place = (place + 1) & (set->room - 1);
	return &set->slots[place];
}

static void grow(struct id_set *set)
{
	struct id_set larger = { .room = set->room ? 2 * set->room : FIRST_ROOM,
				 .count = set->count };

	random_bytes(larger.seed, sizeof larger.seed);
	larger.slots = calloc(larger.room, sizeof *larger.slots);
	if (!larger.slots) {
		fputs("daybook: out of memory\n", stderr);
		abort();
	}
	for (size_t i = 0; i < set->room; i++)
		if (!is_free(&set->slots[i]))
			*find(&larger, &set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = larger;
}

bool id_set_add(struct id_set *set, const struct uuid *id)
{
	struct id_slot wanted;

	memcpy(&wanted, id->bytes, sizeof wanted);
	if (is_free(&wanted)) /* the nil UUID, which is as good as any other */
		wanted.halves[1] = UINT64_MAX;
	if (4 * set->count >= 3 * set->room)
		grow(set);
	struct id_slot *slot = find(set, &wanted);
	if (!is_free(slot))
		return false;
	*slot = wanted;
	set->count++;
	return true;
}

void id_set_free(struct id_set *set)
{
	free(set->slots);
	*set = (struct id_set){ 0 };
}

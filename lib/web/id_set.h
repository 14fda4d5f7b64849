/* id_set.h -- UUIDs that were seen, to find those that come twice. */
#ifndef ID_SET_H
#define ID_SET_H

#include "base/types.h"

/* All zero bytes is an empty set. */
struct id_set {
	struct id_slot *slots;
	size_t room, count; /* `room` is a power of two, or 0 */
	uint64_t seed[2];
};

/* Adds an id; false if it was there already. */
bool id_set_add(struct id_set *set, const struct uuid *id);

/* Empties the set and gives its memory back. */
void id_set_free(struct id_set *set);

#endif

#include "field/field.h"

#include <assert.h>
#include <string.h>

const struct field *field_find(const struct shape *shape, const char *name)
{
	EACH_FIELD(field, shape)
	if (strcmp(field->name, name) == 0)
		return field;
	return NULL;
}

void field_put_preset(struct arena *arena, const struct field *field, void *in)
{
	struct faults faults = { .arena = arena };
	bool right = field_from_query(field, &field->preset, 1, in, &faults);

	assert(right);
}

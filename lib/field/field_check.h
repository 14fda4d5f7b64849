/* field_check.h -- what a field demands of a value, whichever way the value came.
 *
 * Each function returns whether all is right. If not, it has noted what is wrong under `name`: the
 * field's, or that of an element of its list. */
#ifndef FIELD_CHECK_H
#define FIELD_CHECK_H

#include "field/field.h"

/* Notes a fault, for a caller that returns at once. */
bool field_refuse(struct faults *faults, const char *name, struct fault fault);

/* Notes that a value is of another type than the field's kind, or not within its limits. */
bool field_refuse_type(const struct field *field, struct faults *faults);
bool field_refuse_range(const struct field *field, struct faults *faults);

/* Checks a text against words, length and format; `*out` is its canonical form. */
bool field_check_text(const struct field *field, const char *name, const char *value,
		      const char **out, struct faults *faults);

/* Reads the text form of a value of any kind but booleans, integers and lists. */
bool field_check_form(const struct field *field, const char *value, void *place,
		      struct faults *faults);

bool field_check_integer(const struct field *field, int64_t value, struct integer *out,
			 struct faults *faults);

/* Whether a list may have so many elements. */
bool field_check_count(const struct field *field, size_t count, struct faults *faults);

#endif

/* shapes.h -- tables that describe the answers of more than one resource. */
#ifndef SHAPES_H
#define SHAPES_H

#include "field/field.h"

extern const struct shape user_shape, task_shape, project_shape, category_shape, journal_shape,
	journal_summary_shape, mood_shape, task_counts_shape, notification_shape, preferences_shape;

#endif

/* users.h -- what other resources answer with. */
#ifndef USERS_H
#define USERS_H

#include "field.h"

extern const struct shape user_shape;

#endif

/* fault.h -- wrong fields of a request, collected so that one answer names all of them. */
#ifndef FAULT_H
#define FAULT_H

#include "web/request.h"

/* Notes a wrong field; `message` is the rest of a sentence that begins with the field's name. Very
 * long names are cut, and of very many faults the last are only counted. */
void fault_add(struct request *req, const char *field, const char *message);

/* Refuses with all wrong fields noted so far; OK if there are none. */
enum err fault_check(struct request *req) __attribute__((warn_unused_result));

#endif

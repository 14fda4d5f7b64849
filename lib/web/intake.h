/* intake.h -- a body too large for memory: an object whose members are lists of resources, as an
 * export has them.
 *
 * The route's table says what there is: its lists of objects are taken, its other members are read
 * at once, and members that are ACCESS_READ_ONLY are passed by. intake_open() reads all of the text
 * and finds out whether it is JSON. intake_next() then reads a list, some of its elements at a
 * time, in whatever order the caller takes the lists. */
#ifndef INTAKE_H
#define INTAKE_H

#include "web/request.h"

struct intake;

/* So many wrong fields are told of one body. */
enum { INTAKE_MAX_FAULTS = 100 };

/* Some elements of a list, in canonical form. */
struct portion {
	const char *json; /* a list of objects */
	size_t first;	  /* the place of its first element in the list */
	size_t count;
};

/* Opens the body of the request, and reads the members that are no lists into the struct `in`.
 * Refuses what is too large, no JSON, or no object; wrong members are noted. It ends with the
 * request. */
#define intake_open(req, in, out) intake_open_sized(req, in, sizeof *(in), out)
enum err intake_open_sized(struct request *req, void *in, size_t size, struct intake **out)
	__attribute__((warn_unused_result));

/* Begins to read a list. One that the body does not have is empty. */
void intake_begin(struct intake *intake, const char *list);

/* Reads the next elements, which last until the next call; false when there are none, or enough
 * wrong fields are noted. What is wrong with an element is noted, and then it is left out. */
bool intake_next(struct intake *intake, struct portion *out);

/* Notes what is wrong with a member of an element of the list, unless enough is. */
void intake_refuse(struct intake *intake, size_t index, const char *member, struct fault fault);

#endif

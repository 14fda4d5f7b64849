/* library.h -- libical, loaded when the first calendar is written. It brings ICU and the C++
 * library along, which would make every worker 3.6 MB larger for what few of them do. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <libical/ical.h>

#define LIBRARY_TABLE(ROW)                                                                         \
	ROW(icalcomponent_new)                                                                     \
	ROW(icalcomponent_free)                                                                    \
	ROW(icalcomponent_add_property)                                                            \
	ROW(icalcomponent_as_ical_string_r)                                                        \
	ROW(icaldurationtype_as_ical_string_r)                                                     \
	ROW(icalparameter_new_tzid)                                                                \
	ROW(icalparameter_new_value)                                                               \
	ROW(icalproperty_add_parameter)                                                            \
	ROW(icalproperty_set_x_name)                                                               \
	ROW(icalproperty_new_description)                                                          \
	ROW(icalproperty_new_duration)                                                             \
	ROW(icalproperty_new_name)                                                                 \
	ROW(icalproperty_new_priority)                                                             \
	ROW(icalproperty_new_prodid)                                                               \
	ROW(icalproperty_new_relatedto)                                                            \
	ROW(icalproperty_new_sequence)                                                             \
	ROW(icalproperty_new_status)                                                               \
	ROW(icalproperty_new_summary)                                                              \
	ROW(icalproperty_new_transp)                                                               \
	ROW(icalproperty_new_uid)                                                                  \
	ROW(icalproperty_new_url)                                                                  \
	ROW(icalproperty_new_version)                                                              \
	ROW(icalproperty_new_x)

/* libical's functions, each under its own name. */
struct library {
#define ROW(name) typeof(name) *name;
	LIBRARY_TABLE(ROW)
#undef ROW
};

/* The library, which stays as long as the process; NULL if it is not there. */
const struct library *library_load(void);

#endif

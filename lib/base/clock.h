/* clock.h -- the clocks, in microseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* The time of day since 1970-01-01 UTC, which may jump: for timestamps. */
int64_t clock_now_us(void);

/* A clock that never goes back, with an arbitrary zero: for deadlines and durations. */
int64_t clock_monotonic_us(void);

#endif

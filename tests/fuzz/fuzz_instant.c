/* fuzz_instant.c -- any bytes as RFC 3339: what is accepted is what timegm(3) makes of it, and is
 * read again as it is written. */
#include "base/instant.h"

#include <assert.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define UNTOUCHED 42

static int number(const char *text, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

/* The whole seconds that the C library sees in an accepted text. */
static int64_t seconds_by_timegm(const char *text, size_t size)
{
	struct tm tm = { .tm_year = number(text, 4) - 1900,
			 .tm_mon = number(text + 5, 2) - 1,
			 .tm_mday = number(text + 8, 2),
			 .tm_hour = number(text + 11, 2),
			 .tm_min = number(text + 14, 2),
			 .tm_sec = number(text + 17, 2) };
	const char *offset = text + size - 6;
	int64_t offset_s = 0;

	if (text[size - 1] != 'Z' && text[size - 1] != 'z')
		offset_s = (*offset == '-' ? -60 : 60) *
			   (number(offset + 1, 2) * 60 + number(offset + 4, 2));
	return timegm(&tm) - offset_s;
}

static void check_instant(const char *text, size_t size)
{
	struct instant instant = { .us = UNTOUCHED };
	struct instant again;
	char written[INSTANT_TEXT_BYTES];
	int64_t fraction_us;

	if (!instant_parse(text, size, &instant)) {
		assert(!instant.set && instant.us == UNTOUCHED);
		return;
	}
	assert(instant.set && size >= 20);
	fraction_us = instant.us - seconds_by_timegm(text, size) * 1000000;
	assert(fraction_us >= 0 && fraction_us < 1000000);

	assert(instant_format(written, instant.us) == written + INSTANT_TEXT_BYTES - 1);
	assert(instant_parse(written, strlen(written), &again) && again.us == instant.us);
}

static void check_date(const char *text, size_t size)
{
	struct date date = { .days = UNTOUCHED };
	char written[DATE_TEXT_BYTES];

	if (!date_parse(text, size, &date)) {
		assert(!date.set && date.days == UNTOUCHED);
		return;
	}
	assert(date.set && size == 10);
	date_format(written, date.days);
	assert(memcmp(written, text, 10) == 0);
}

/* Any number as a moment and as a day: the text is one that is read. */
static void check_format(const uint8_t *data)
{
	int64_t us;
	int32_t days;
	char written[INSTANT_TEXT_BYTES];
	struct instant instant;
	struct date date;

	memcpy(&us, data, sizeof us);
	memcpy(&days, data, sizeof days);
	instant_format(written, us);
	assert(instant_parse(written, strlen(written), &instant));
	assert(instant.us == us || us < -62135596800000000 || us > 253402300799999999);
	date_format(written, days);
	assert(date_parse(written, strlen(written), &date));
	assert(date.days == days || days < -719162 || days > 2932896);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_instant((const char *)data, size);
	check_date((const char *)data, size);
	if (size >= sizeof(int64_t))
		check_format(data);
	return 0;
}

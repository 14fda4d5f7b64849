/* fuzz_recur.c -- any bytes as a rule: what is taken expands to days that come one after the other,
 * within the calendar, and COUNT and UNTIL end it. */
#include "base/recur.h"

#include <assert.h>
#include <string.h>

#include "base/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TEXT = 256, START_BYTES = 4, MOST = 8 };

static void check_expansion(const struct recurrence *rule, struct date start)
{
	struct date after = start, next;
	int passed;
	bool named = recur_matches(rule, start);

	for (int i = 1; i <= MOST && recur_next(rule, start, after, &next, &passed); i++) {
		assert(next.set && next.days > after.days && next.days <= CALENDAR_LAST_DAY);
		assert(!rule->until.set || next.days <= rule->until.days);
		assert(rule->count == 0 || (passed == i && passed < rule->count));
		/* What follows a day that the rule names is a day that it names, wherever it
		 * begins. */
		assert(!named || recur_matches(rule, next));
		after = next;
	}
}

/* Four bytes are the day on which it begins, the rest is the rule. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recurrence rule;
	char text[MAX_TEXT];
	uint32_t start;

	if (size < START_BYTES || size - START_BYTES >= sizeof text)
		return 0;
	memcpy(&start, data, START_BYTES);
	memcpy(text, data + START_BYTES, size - START_BYTES);
	text[size - START_BYTES] = '\0';
	if (recur_parse(text, &rule))
		return 0;
	uint32_t span = CALENDAR_LAST_DAY - CALENDAR_FIRST_DAY + 1;
	check_expansion(&rule, (struct date){ (int32_t)(start % span) + CALENDAR_FIRST_DAY, true });
	return 0;
}

/* recurrences.c -- expands rules, a line `RULE START AFTER` each. The answer begins with whether
 * the rule names START, `in` or `out`. Then come the next day and how many repetitions lie behind
 * START, or `none`. What is wrong with a rule is told instead. */
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/recur.h"

static void answer(const char *text, struct date start, struct date after)
{
	char day[DATE_TEXT_BYTES];
	struct recurrence rule;
	struct date next;
	int passed;
	const char *fault = recur_parse(text, &rule);

	if (fault) {
		printf("rule %s\n", fault);
		return;
	}
	fputs(recur_matches(&rule, start) ? "in " : "out ", stdout);
	if (!recur_next(&rule, start, after, &next, &passed)) {
		puts("none");
	} else {
		date_format(day, next.days);
		printf("%s %d\n", day, passed);
	}
}

int main(void)
{
	char text[1024], start_text[32], after_text[32];
	struct date start, after;

	while (scanf("%1023s %31s %31s", text, start_text, after_text) == 3) {
		if (!date_parse(start_text, strlen(start_text), &start) ||
		    !date_parse(after_text, strlen(after_text), &after))
			return 2;
		answer(text, start, after);
	}
	return !feof(stdin);
}

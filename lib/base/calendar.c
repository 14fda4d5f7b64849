#include "base/calendar.h"

#include <stdbool.h>

int calendar_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Counts in years that begin in March, so that the leap day is the last one; 400 years are 146097
 * days, and the 719468 days from 0000-03-01 to 1970-01-01 move the zero. */
int32_t calendar_number(int year, int month, int day)
{
	int march_year = month > 2 ? year : year - 1;
	int march_month = month > 2 ? month - 3 : month + 9;
	int century = march_year / 100;

	return march_year * 365 + march_year / 4 - century + century / 4 +
	       (march_month * 153 + 2) / 5 + day - 1 - 719468;
}

/* Which 400 years, which year in them, which month in it. */
struct civil calendar_civil(int32_t number)
{
	int shifted = number + 719468;
	int era = shifted / 146097;
	int day_of_era = shifted % 146097;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
	int march_month = (day_of_year * 5 + 2) / 153;
	int month = march_month < 10 ? march_month + 3 : march_month - 9;

	return (struct civil){ .year = era * 400 + year_of_era + (month <= 2),
			       .month = month,
			       .day = day_of_year - (march_month * 153 + 2) / 5 + 1 };
}

int calendar_weekday(int32_t number)
{
	return (int)(((int64_t)number + 7 * INT64_C(1000000) + 3) % 7); /* 1970-01-01: Thursday */
}

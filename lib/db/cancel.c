#include "db/cancel.h"

#include <time.h>

/* Returns something if the server has taken the request. */
static void *ask_server(void *request)
{
	char reason[256];
	bool taken = PQcancel(request, reason, sizeof reason);

	PQfreeCancel(request);
	return taken ? request : NULL;
}

void cancel_begin(struct cancel *cancel, PGconn *conn)
{
	PGcancel *request = cancel->under_way ? NULL : PQgetCancel(conn);

	if (!request)
		return;
	cancel->taken = false;
	cancel->under_way = pthread_create(&cancel->thread, NULL, ask_server, request) == 0;
	if (!cancel->under_way)
		PQfreeCancel(request);
}

bool cancel_is_over(struct cancel *cancel, int64_t deadline_us)
{
	struct timespec deadline = { deadline_us / 1000000, deadline_us % 1000000 * 1000 };
	void *taken = NULL;

	if (!cancel->under_way)
		return true;
	if (pthread_clockjoin_np(cancel->thread, &taken, CLOCK_MONOTONIC, &deadline) != 0)
		return false;
	cancel->under_way = false;
	cancel->taken = taken;
	return true;
}

void cancel_abandon(struct cancel *cancel)
{
	if (cancel->under_way)
		pthread_detach(cancel->thread);
	cancel->under_way = false;
}

#include "web/peer.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

void peer_open(struct peer *peer, int fd, size_t max_body_bytes)
{
	*peer = (struct peer){ .fd = fd,
			       .in = { .max_body_bytes = max_body_bytes },
			       .moved_us = clock_monotonic_us() };
}

void peer_close(struct peer *peer)
{
	close(peer->fd);
	fastcgi_free(&peer->in);
	peer->fd = -1;
}

/* What the protocol itself was asked is answered at once; there is always room for that few bytes,
 * or the other side takes nothing at all. */
static enum fastcgi_state send_replies(struct peer *peer, enum fastcgi_state state)
{
	struct buf *replies = &peer->in.replies;

	if (replies->len == 0)
		return state;
	ssize_t sent = send(peer->fd, replies->data, replies->len, MSG_NOSIGNAL);
	bool whole = sent == (ssize_t)replies->len;
	buf_free(replies);
	return whole ? state : FASTCGI_BROKEN;
}

enum fastcgi_state peer_receive(struct peer *peer)
{
	size_t room;

	if (peer->in.complete)
		return FASTCGI_REQUEST;
	char *to = fastcgi_room(&peer->in, &room);
	ssize_t received = recv(peer->fd, to, room, 0);
	if (received < 0 && (errno == EAGAIN || errno == EINTR))
		return FASTCGI_MORE;
	if (received <= 0)
		return FASTCGI_BROKEN;
	peer->moved_us = clock_monotonic_us();
	return send_replies(peer, fastcgi_take(&peer->in, (size_t)received));
}

void peer_stop_receiving(struct peer *peer)
{
	shutdown(peer->fd, SHUT_RD);
	peer->stopped = true;
}

bool peer_is_idle(const struct peer *peer)
{
	return peer->kept && !peer->in.complete && !fastcgi_is_within(&peer->in);
}

bool peer_is_there(const struct peer *peer)
{
	struct pollfd fd = { .fd = peer->fd };

	return poll(&fd, 1, 0) == 0;
}

static bool wait_writable(const struct peer *peer, int timeout_s)
{
	struct pollfd fd = { .fd = peer->fd, .events = POLLOUT };

	return poll(&fd, 1, 1000 * timeout_s) > 0;
}

/* Takes `written` bytes off the parts. */
static void advance(struct iovec **parts, size_t *count, size_t written)
{
	while (*count > 0 && written >= (*parts)->iov_len) {
		written -= (*parts)->iov_len;
		(*parts)++;
		(*count)--;
	}
	if (*count > 0) {
		(*parts)->iov_base = (char *)(*parts)->iov_base + written;
		(*parts)->iov_len -= written;
	}
}

bool peer_write(struct peer *peer, struct iovec *parts, size_t count, int timeout_s)
{
	while (count > 0) {
		struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
		ssize_t written = sendmsg(peer->fd, &message, MSG_NOSIGNAL);
		if (written >= 0)
			advance(&parts, &count, (size_t)written);
		else if (errno != EAGAIN || !wait_writable(peer, timeout_s))
			return false;
	}
	return true;
}

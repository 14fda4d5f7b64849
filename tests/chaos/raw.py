"""TLS connections for what no HTTP library would do: half a request, or an answer that is left unread."""

import socket
import ssl


def open_raw(stack, receive_bytes=None):
    """A connection; with little room for what it has not read yet."""
    plain = socket.socket()
    if receive_bytes:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    plain.settimeout(10)
    plain.connect(("127.0.0.1", stack.port))
    context = ssl.create_default_context(cafile=stack.certificate)
    return context.wrap_socket(plain, server_hostname="localhost")


def head(user, method, path, length=0):
    return (f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: Bearer {user.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()

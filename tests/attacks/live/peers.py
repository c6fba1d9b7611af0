"""Peers that mean no good, or are only broken: connections left half-open, and floods. Each from an address of its own."""

import socket
import ssl
import time
from contextlib import suppress

from tests.attacks.live.ground import ADDRESS

HEADERS = b"POST /envelopes HTTP/1.1\r\nhost: localhost\r\n"
UPGRADE = (
    b"GET /stream HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
LARGE = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n"
HALF = {
    "half headers": HEADERS,
    "half body": HEADERS + b"content-length: 1000\r\n\r\n" + bytes(10),
    "half chunk": HEADERS + b"transfer-encoding: chunked\r\n\r\n40\r\nabc",
    "one request, then silence": b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "silence": b"",
}
GIVE_UP_S = 20.0
READ_AFTER_S = 9.5  # how long answers are left lying


def connected(port, context=None, address=ADDRESS):
    """A connection, in TLS if a context is given."""
    plain = socket.create_connection((ADDRESS, port), 5.0, source_address=(address, 0))
    if context is None:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname=ADDRESS)
    except OSError:  # ssl.SSLError is one
        plain.close()
        raise


def open_for_s(held, started_s):
    """How long until the other end closes it; whatever it sends is read and forgotten."""
    held.settimeout(GIVE_UP_S)
    with suppress(ConnectionError, ssl.SSLError):
        while held.recv(65_536):
            pass
    return time.monotonic() - started_s


def half_open(port, context, kind):
    """Open a connection, leave it half-way, and see how long it is left open [s]."""
    started_s = time.monotonic()
    with connected(port, context if kind in HALF or kind in IN_TLS else None) as held:
        if kind in HALF:
            held.sendall(HALF[kind])
        elif kind == "half a handshake":
            held.sendall(bytes.fromhex("160301020001"))  # a record of 512 bytes is announced
        elif kind == "deaf stream":
            held.sendall(UPGRADE)  # and never answers a ping
        elif kind == "drip":
            return dripped(held, started_s)
        elif kind == "answers that are not read":
            return unread(held, started_s)
        return open_for_s(held, started_s)


def unread(held, started_s):
    """A thousand answers are asked for in one breath, and none is read until it must be over."""
    held.settimeout(1.0)
    with suppress(TimeoutError):
        for _ in range(1_000):
            held.sendall(LARGE)
    time.sleep(max(0.0, started_s + READ_AFTER_S - time.monotonic()))
    drained_s = time.monotonic()
    with suppress(OSError):
        while held.recv(65_536) and time.monotonic() < drained_s + 2.0:
            pass
    ended = time.monotonic() < drained_s + 2.0  # all that came had been sent before
    return drained_s - started_s if ended else GIVE_UP_S


def dripped(held, started_s):
    """A byte of a header twice a second."""
    held.settimeout(0.5)
    held.sendall(HEADERS)
    while time.monotonic() < started_s + GIVE_UP_S:
        try:
            held.sendall(b"x")
            if not held.recv(100):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - started_s


IN_TLS = ("drip", "deaf stream", "answers that are not read")
KINDS = (*HALF, "no handshake", "half a handshake", *IN_TLS)


def asked(port, context, request, address=ADDRESS):
    """The first bytes of the answer to a raw request; empty: it was cut."""
    try:
        with connected(port, context, address) as held:
            held.settimeout(5.0)
            held.sendall(request)
            got = b""
            while b"\r\n\r\n" not in got and (part := held.recv(65_536)):
                got += part
            return got
    except OSError:
        return b""


def status_of(answer):
    """Its number; None: cut."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None

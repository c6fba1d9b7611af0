"""Does the fault proxy make the faults that the other tests rely on? Against a server that sends back what it gets."""

import socket
import threading
import time

import pytest
from tests.attacks.live.proxy import Proxy


@pytest.fixture
def line():
    """A client's socket to an echo, through a proxy, and the proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def echo(held):
            with held:
                try:
                    while part := held.recv(65_536):
                        held.sendall(part)
                except OSError:
                    pass

        def serve():
            while True:
                try:
                    held, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=echo, args=(held,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        with Proxy(listening.getsockname()[1]) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.settimeout(5.0)
            yield client, proxy
        listening.shutdown(socket.SHUT_RDWR)


def said(client, text):
    """What comes back."""
    client.sendall(text)
    got = b""
    while len(got) < len(text) and (part := client.recv(65_536)):
        got += part
    return got


def test_without_a_fault_everything_arrives(line):
    client, proxy = line
    text = bytes(range(256)) * 2_000
    assert said(client, text) == text
    assert proxy.there.carried == proxy.back.carried == len(text)


def test_delays_add_up_and_throttles_hold(line):
    client, proxy = line
    proxy.there.delay_s = proxy.back.delay_s = 0.1
    start = time.monotonic()
    said(client, b"x")
    assert 0.2 <= time.monotonic() - start < 2.0
    proxy.heal()
    proxy.back.bytes_per_s = 10_000
    start = time.monotonic()
    assert said(client, bytes(5_000)) == bytes(5_000)
    assert time.monotonic() - start >= 0.4


def test_silence_is_not_an_end(line):
    client, proxy = line
    proxy.back.silent = True
    client.settimeout(0.2)
    client.sendall(b"lost")
    with pytest.raises(TimeoutError):
        client.recv(10)
    assert proxy.there.carried == 4, "it came there; only the way back is silent"
    proxy.heal()
    client.settimeout(5.0)
    assert said(client, b"heard") == b"heard"


def test_a_cut_resets_and_the_next_connection_is_whole(line):
    client, proxy = line
    proxy.there.cut_after = 3
    client.sendall(b"abcdef")
    with pytest.raises(ConnectionResetError):
        client.recv(10)
    assert proxy.there.carried == 3
    with socket.create_connection(("127.0.0.1", proxy.port)) as again:
        assert said(again, b"whole") == b"whole"
    proxy.shut = True
    with socket.create_connection(("127.0.0.1", proxy.port)) as third:
        assert third.recv(1) == b"", "closed at once"


def test_wrong_bytes_are_wrong(line):
    client, proxy = line
    proxy.there.wrong_each = 100
    got = said(client, bytes(10_000))
    assert len(got) == 10_000
    assert 40 < sum(map(bool, got)) < 200

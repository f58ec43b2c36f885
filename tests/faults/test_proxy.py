"""The TCP proxy: it passes on, resets, and is slow."""

import socket
import socketserver
import threading
import time

import pytest
from faults.proxy import Proxies


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while read := self.request.recv(100):
            self.request.sendall(read)


@pytest.fixture
def proxy():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server, Proxies() as proxies:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield proxies.add(server.server_address[1])
        server.shutdown()


def connected(proxy):
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=60)


def test_what_is_sent_comes_back_and_a_slow_way_takes_its_time(proxy):
    with connected(proxy) as one:
        one.sendall(b"hello")
        assert one.recv(100) == b"hello"
        proxy.weather.delay = 0.1
        began = time.monotonic()
        one.sendall(b"again")
        assert one.recv(100) == b"again"
        assert time.monotonic() - began >= 0.2


def test_a_reset_breaks_open_connections_and_new_ones_pass(proxy):
    with connected(proxy) as one:
        one.sendall(b"hello")
        assert one.recv(100) == b"hello"
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            one.recv(100)
    with connected(proxy) as other:
        other.sendall(b"hello")
        assert other.recv(100) == b"hello"

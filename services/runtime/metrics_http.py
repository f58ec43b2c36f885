"""`/metrics` of a process, for Prometheus.

It runs on threads of its own and never ends the service.

Host names with a dot are refused: a public name server could point such a name at this machine, and
a page in a browser could then read the metrics.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import make_wsgi_app

from services.runtime import metrics
from services.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SCRAPE_SECONDS = 10.0
"""Seconds of silence after which a scraper is disconnected.

Source: Prometheus' own default limit.
"""

MOST_SCRAPERS = 8
"""Simultaneous connections; further ones are closed."""

_log = structlog.get_logger()


def serve_metrics(settings: Settings, service: str) -> WSGIServer | None:
    """Serve this process's metrics if a port is set, and return the listener.

    A port that can't be bound is a warning.
    """
    metrics.name_process(service)
    if not settings.metrics_port:
        return None
    host, port = settings.metrics_host, settings.metrics_port
    try:
        server = make_server(host, port, _app, _Server if ":" not in host else _Server6, _Handler)
    except OSError as error:
        _log.warning(
            "no metrics: the port can't be had, the service goes on",
            address=f"{host}:{port}",
            reason=error.strerror,
            setting="REPORTEDLY_METRICS_PORT",
        )
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def is_safe_host(given: str) -> bool:
    """Return True if a Host header is an address or a name without a dot.

    Examples of such names: `localhost`, a container's name.
    """
    host = (
        given.rpartition("]")[0].removeprefix("[")
        if given.startswith("[")
        else given.partition(":")[0]
    )
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != "" and "." not in host
    return True


_metrics: "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]" = make_wsgi_app(
    metrics.REGISTRY
)


def _app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if not is_safe_host(environ.get("HTTP_HOST", "")):
        return _plain(
            start_response, "403 Forbidden", "ask by an IP address, or by a name without a dot\n"
        )
    if environ.get("PATH_INFO") != "/metrics":
        return _plain(start_response, "404 Not Found", "only /metrics is here\n")
    return _metrics(environ, start_response)


def _plain(start_response: "StartResponse", status: str, body: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [body.encode()]


class _Handler(WSGIRequestHandler):
    timeout = SCRAPE_SECONDS

    def log_message(self, *_: object) -> None:
        """Write no access log."""


class _Server(WSGIServer):
    """One thread for each connection, with a bound on their number."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._free = threading.BoundedSemaphore(MOST_SCRAPERS)
        super().__init__(*args, **kwargs)

    def server_bind(self) -> None:
        # The parent's version asks a name server for our own name, which may take long.
        socket_address = self.server_address
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(socket_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = (
            str(self.server_address[0]),
            int(self.server_address[1]),
        )
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        threading.Thread(target=self._answer, args=(request, client_address), daemon=True).start()

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError as error:
            _log.debug("a scraper went away", reason=str(error))
        finally:
            self.shutdown_request(request)
            self._free.release()


class _Server6(_Server):
    address_family = socket.AF_INET6

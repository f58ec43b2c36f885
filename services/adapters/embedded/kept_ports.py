"""The engines' ports, kept between runs in a file of the data folder."""

import json
import random
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog

_PORTS = range(20_000, 32_000)
"""Ports below those that systems give to outgoing connections.

Linux uses 32,768 and above for these, macOS and Windows 49,152 and above.
"""

_TRIES = 100

_log = structlog.get_logger()


def kept_ports(file: Path, names: Sequence[str]) -> dict[str, int]:
    """Return name to a free loopback port: that of the last run, or a new one if it is taken.

    The ports are written to `file`. All are held until all are known, so that no two are equal.
    """
    kept = _read(file)
    ports: dict[str, int] = {}
    with ExitStack() as held:
        for name in sorted(names, key=lambda name: name not in kept):
            ports[name] = _take(held, name, kept.get(name))
    file.write_text(json.dumps(ports, indent=2) + "\n", encoding="ascii")
    return ports


def listen_somewhere() -> socket.socket:
    """Return a socket that listens on a loopback port that no outgoing connection gets.

    An engine binds its port seconds after it was found free; a client could have got it by then.
    """
    for _ in range(_TRIES):
        try:
            return socket.create_server(("127.0.0.1", random.choice(_PORTS)))
        except OSError:
            continue
    return socket.create_server(("127.0.0.1", 0))


def _take(held: ExitStack, name: str, wanted: int | None) -> int:
    try:
        server = (
            listen_somewhere() if wanted is None else socket.create_server(("127.0.0.1", wanted))
        )
    except OSError:
        server = listen_somewhere()
    port: int = held.enter_context(server).getsockname()[1]
    if wanted not in (None, port):
        _log.warning(
            "the port of the last run is taken, another one is used",
            name=name,
            taken=wanted,
            port=port,
        )
    return port


def _read(file: Path) -> dict[str, int]:
    """Return the ports of the last run; none if the file is missing or holds anything else."""
    try:
        rows = json.loads(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning(
            "the ports of the last run can't be read, new ones are used",
            file=str(file),
            reason=str(error),
        )
        return {}
    known = rows.items() if isinstance(rows, dict) else ()
    return {name: port for name, port in known if isinstance(port, int) and 0 < port < 65536}

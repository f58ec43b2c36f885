"""The engines' ports, kept from run to run in a file of the data folder."""

import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog

_log = structlog.get_logger()


def kept_ports(file: Path, names: Sequence[str]) -> dict[str, int]:
    """Return a free loopback port a name: that of the last run, or another one (with a warning) if somebody has taken it.

    The ports are written to `file`. All are held until all are known, so that no two are the same.
    """
    kept = _read(file)
    ports: dict[str, int] = {}
    with ExitStack() as held:
        for name in sorted(names, key=lambda name: name not in kept):
            ports[name] = _take(held, name, kept.get(name, 0))
    file.write_text(json.dumps(ports, indent=2) + "\n", encoding="ascii")
    return ports


def _take(held: ExitStack, name: str, wanted: int) -> int:
    try:
        server = socket.create_server(("127.0.0.1", wanted))
    except OSError:
        server = socket.create_server(("127.0.0.1", 0))
        _log.warning(
            "the port of the last run is taken, another one is used", name=name, taken=wanted, port=server.getsockname()[1]
        )
    held.enter_context(server)
    port: int = server.getsockname()[1]
    return port


def _read(file: Path) -> dict[str, int]:
    """Return the ports of the last run; none if there was none, or if the file holds something else."""
    try:
        rows = json.loads(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning("the ports of the last run can't be read, new ones are used", file=str(file), reason=str(error))
        return {}
    known = rows.items() if isinstance(rows, dict) else ()
    return {name: port for name, port in known if isinstance(port, int) and 0 < port < 65536}

"""Publisher families: outlets of one newsroom or one owner, which count as one voice."""

from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec
import yaml

from services.text.names import fold


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names and domains of one publisher."""

    names: tuple[str, ...]
    domains: tuple[str, ...]


@cache
def families() -> dict[str, Family]:
    """Return id to packaged family."""
    raw = (files("services.text") / "outlets.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), dict[str, Family])


@lru_cache(maxsize=8192)
def family(name: str | None, url: str | None = None) -> str | None:
    """Return the id of an outlet's family, by its name, else by the domain of `url`.

    None if it is unknown.
    """
    names, domains = _index()
    known = names.get(fold(name)) if name else None
    return known or next((domains[d] for d in _domains(url) if d in domains), None)


def _domains(url: str | None) -> list[str]:
    """Return the host of an address and the domains above it, the longest first."""
    try:
        labels = (urlsplit(url or "").hostname or "").split(".")
    except ValueError:
        return []
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


@cache
def _index() -> tuple[dict[str, str], dict[str, str]]:
    names = {fold(name): id for id, known in families().items() for name in known.names}
    return names, {domain: id for id, known in families().items() for domain in known.domains}

"""Credentials of feeds: a YAML file that only its owner can read, from names to headers.

    herald: {user: reader, password: …}
    wire: {bearer: …}
    courier: {headers: {X-Api-Key: …}}

A feed names an entry (`credentials: herald`). The values go into requests and nowhere else: no
message, log line, or error holds one.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml

from services.errors import ConfigError
from services.runtime.secret_file import Entries, read_secret_file
from services.settings import PREFIX
from services.text.problems import FileProblems, Problem
from services.text.yaml_file import line_of

SETTING = f"{PREFIX}FEED_SECRETS"

_FORMS = "{user: …, password: …}, {bearer: …}, or {headers: {NAME: …}}"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")
_NOT_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te"}
)
"""Headers that the connection itself needs."""


class Headers(dict[str, str]):
    """Request headers that hold a secret. Their values are not shown."""

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"


class FeedSecrets:
    """The entries of a file, read again when it changes. An empty path has none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._entries = Entries(path, SETTING, read_secrets)

    def headers(self, name: str | None) -> Mapping[str, str]:
        """Return the headers of an entry; none without a name.

        Raises ConfigError with what to do.
        """
        if name is None:
            return Headers()
        if not self._path:
            raise ConfigError(f"the feed wants credentials {name}, and {SETTING} is not set")
        return self._entries.one(name)


def read_secrets(path: str) -> Mapping[str, Headers]:
    """Return name to headers.

    Raises ConfigError with one line a mistake, and for a file that others can read. No line holds a
    value.
    """
    root = read_secret_file(path, SETTING)
    if root is None:
        return {}
    entries: dict[str, Headers] = {}
    wrong: list[Problem] = []
    for row in _rows(root, path):
        if isinstance(row, Problem):
            wrong.append(row)
        else:
            entries[row.name] = row.headers
    if wrong:
        raise FileProblems(wrong)
    return entries


class _Entry(NamedTuple):
    name: str
    headers: Headers


def _rows(root: yaml.Node, path: str) -> Iterator[_Entry | Problem]:
    if not isinstance(root, yaml.MappingNode):
        yield Problem(path, line_of(root), f"write one entry a line, such as herald: {_FORMS}")
        return
    for key, value in root.value:
        headers = _headers(value)
        if isinstance(headers, str):
            yield Problem(path, line_of(key), f"{key.value:.64}: {headers}")
        else:
            yield _Entry(key.value, headers)


def _headers(node: yaml.Node) -> Headers | str:
    """Return the headers of an entry, or what is wrong without any value."""
    if not isinstance(node, yaml.MappingNode):
        return f"write {_FORMS}"
    given = {key.value: value for key, value in node.value}
    if set(given) == {"headers"} and isinstance(given["headers"], yaml.MappingNode):
        found = {key.value: value for key, value in given["headers"].value}
        if any(not _HEADER.fullmatch(name) or name.lower() in _NOT_OURS for name in found):
            return "a name of its headers can't be sent"
        return _texts(found) or "a value of its headers can't be sent: write printable ASCII"
    words = _texts(given)
    if words is None:
        return f"write {_FORMS}, with texts of printable ASCII"
    if set(words) == {"user", "password"} and ":" not in words["user"]:
        login = base64.b64encode(f"{words['user']}:{words['password']}".encode()).decode()
        return Headers({"Authorization": f"Basic {login}"})
    if set(words) == {"bearer"}:
        return Headers({"Authorization": f"Bearer {words['bearer']}"})
    return f"write {_FORMS}"


def _texts(given: Mapping[str, yaml.Node]) -> Headers | None:
    """Return values that can be sent as headers; None if one can't."""
    found = Headers()
    for name, node in given.items():
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            return None
        if not (node.value.isascii() and node.value.isprintable()):
            return None
        found[name] = node.value
    return found

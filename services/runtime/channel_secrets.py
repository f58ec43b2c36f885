"""Secrets of channels: a YAML file that only its owner can read, from names to fields.

    desk: {token: xoxb-…}
    oncall: {key: 0123…}
    phones: {server: https://ntfy.example.org, token: tk_…}
    hooks: {address: https://example.org/hook, keys: [whsec_…, whsk_…]}

A channel names an entry (`slack:desk/C0123ABCD`); a webhook's is found by its address. The
values go into requests and nowhere else: no message, log line, or error holds one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from services.channels import DISCORD_WEBHOOK, NAME
from services.errors import ConfigError
from services.runtime.secret_file import Entries, read_secret_file
from services.settings import PREFIX
from services.text.problems import FileProblems, Problem
from services.text.yaml_file import line_of

SETTING = f"{PREFIX}CHANNEL_SECRETS"

FIELDS = ("token", "key", "user", "password", "server", "url", "address", "keys")
"""What an entry may hold. Only `keys` is a list."""


class Fields(dict[str, str]):
    """The fields of an entry. Their values are not shown."""

    def __repr__(self) -> str:
        return f"Fields({', '.join(self)})"


@dataclass(frozen=True, slots=True)
class Entry:
    """`keys` are apart, since they are several."""

    fields: Fields
    keys: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Entry({self.fields!r})"


class ChannelSecrets:
    """The entries of a file, read again when it changes. An empty path has none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._entries = Entries(path, SETTING, read_channel_secrets)

    def fields(self, name: str) -> Mapping[str, str]:
        """Return the fields of an entry. Raises ConfigError with what to do."""
        if not self._path:
            raise ConfigError(f"the channel wants the secrets {name}, and {SETTING} is not set")
        return self._entries.one(name).fields

    def keys_of(self, address: str) -> tuple[str, ...]:
        """Return the keys of the entry with this address, of several the first; () for none.

        Raises ConfigError for a file that can't be used.
        """
        if not self._path:
            return ()
        found = (e.keys for e in self._entries.all().values() if e.fields.get("address") == address)
        return next(found, ())


def read_channel_secrets(path: str) -> Mapping[str, Entry]:
    """Return name to entry.

    Raises ConfigError with one line a mistake, and for a file that others can read. No line holds a
    value.
    """
    root = read_secret_file(path, SETTING)
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        what = "write one entry a line, such as desk: {token: …}"
        raise FileProblems([Problem(path, line_of(root), what)])
    entries: dict[str, Entry] = {}
    wrong: list[Problem] = []
    for key, value in root.value:
        problems = list(_problems(key, value))
        wrong += [Problem(path, line_of(key), f"{key.value:.64}: {what}") for what in problems]
        if not problems:
            entries[key.value] = _entry(value)
    if wrong:
        raise FileProblems(wrong)
    return entries


def _problems(key: yaml.Node, value: yaml.Node) -> Iterator[str]:
    if not NAME.fullmatch(str(key.value)):
        yield "a name has letters, digits, and - _ . (at most 64)"
    if not isinstance(value, yaml.MappingNode):
        yield f"write its fields, such as {{token: …}}: {', '.join(FIELDS)}"
        return
    for field, given in value.value:
        if field.value not in FIELDS:
            # The word itself may be a secret in the wrong place.
            yield f"its fields are {', '.join(FIELDS)}"
        elif field.value == "keys":
            if not isinstance(given, yaml.SequenceNode) or not all(map(_is_text, given.value)):
                yield "keys is a list of texts of printable ASCII without blanks"
        elif not _is_text(given):
            yield f"{field.value} is a text of printable ASCII without blanks"
        elif field.value == "url" and not _is_url(given.value):
            yield "write the url of a Discord webhook as https://discord.com/api/webhooks/ID/TOKEN"


def _is_url(url: str) -> bool:
    """Return True for the webhook of a channel of Discord, and for a URL of Apprise."""
    is_web = url.lower().startswith(("http:", "https:"))
    return bool(DISCORD_WEBHOOK.fullmatch(url)) if is_web else "://" in url


def _entry(node: yaml.MappingNode) -> Entry:
    given = {field.value: value for field, value in node.value}
    keys = given.pop("keys", None)
    fields = Fields({field: value.value for field, value in given.items()})
    return Entry(fields, tuple(each.value for each in keys.value) if keys is not None else ())


def _is_text(node: yaml.Node) -> bool:
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        return False
    return node.value.isascii() and node.value.isprintable() and " " not in node.value

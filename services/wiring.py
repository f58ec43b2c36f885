"""Makes the adapters of Kafka, Elasticsearch, HTTP, mail, and the clock. No other module does.

Each is imported when it is needed: some clients take half a second to import, and a health check
needs none of them.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.errors import ConfigError
from services.ports import Clock, Collector, Fetcher, Mailer, Stop
from services.settings import PREFIX, Settings
from services.text.mail import mail_server

if TYPE_CHECKING:
    from services.adapters.elastic import ElasticIndex
    from services.adapters.kafka import KafkaBroker
    from services.adapters.kafka_login import Login
    from services.runtime.world import World


def broker(settings: Settings) -> "KafkaBroker":
    """Return the Kafka cluster of the settings.

    Raises ConfigError for a login or a file that can't be used.
    """
    from services.adapters.kafka import KafkaBroker

    return KafkaBroker(
        settings.kafka_bootstrap, prefix=settings.topic_prefix, login=kafka_login(settings)
    )


def kafka_login(settings: Settings) -> "Login":
    """Return who asks the Kafka cluster of the settings, for any client.

    Raises ConfigError for a login or a file that can't be used.
    """
    from services.adapters.kafka_login import Login

    protocol, ca = settings.kafka_protocol, settings.kafka_authorities
    has_login = protocol.startswith("sasl_")
    for setting in ("kafka_user", "kafka_password"):
        name = PREFIX + setting.upper()
        if bool(getattr(settings, setting)) != has_login:
            what = "needs" if has_login else "takes no"
            raise ConfigError(f"{PREFIX}KAFKA_PROTOCOL={protocol} {what} {name}")
    if ca and not Path(ca).is_file():
        raise ConfigError(f"{PREFIX}KAFKA_AUTHORITIES names {ca}, which is no file")
    if ca and protocol != "sasl_ssl":
        raise ConfigError(f"{PREFIX}KAFKA_AUTHORITIES is for {PREFIX}KAFKA_PROTOCOL=sasl_ssl")
    return Login(
        protocol, settings.kafka_mechanism, settings.kafka_user, settings.kafka_password, ca
    )


def index(settings: Settings) -> "ElasticIndex":
    """Return the Elasticsearch cluster of the settings.

    Raises ConfigError for a login or a file that can't be used.
    """
    from services.adapters.elastic import ElasticIndex
    from services.adapters.elastic_cluster import Access

    ca = settings.elastic_authorities
    if settings.elastic_user and settings.elastic_api_key:
        raise ConfigError(f"set {PREFIX}ELASTIC_USER or {PREFIX}ELASTIC_API_KEY, not both")
    if ca and not Path(ca).is_file():
        raise ConfigError(f"{PREFIX}ELASTIC_AUTHORITIES names {ca}, which is no file")
    if ca and not settings.elastic_url.startswith("https:"):
        raise ConfigError(
            f"{PREFIX}ELASTIC_AUTHORITIES is for an {PREFIX}ELASTIC_URL with https://"
        )
    access = Access(settings.elastic_user, settings.elastic_password, settings.elastic_api_key, ca)
    return ElasticIndex(settings.elastic_url, access, settings.index_prefix)


def collector(settings: Settings) -> Collector | None:
    """Return the collector of traces; None if the settings name none. Nothing is asked.

    Raises ConfigError without the extra that it needs.
    """
    if not settings.traces_url:
        return None
    try:
        from services.adapters.otlp import OtlpCollector
    except ImportError as error:
        raise ConfigError(
            f"{PREFIX}TRACES_URL needs the extra `traces`, which is not installed ({error}): "
            "run pip install '.[traces]' in the folder of the project, or take the setting out"
        ) from error
    has_path = urlsplit(settings.traces_url).path.strip("/")
    return OtlpCollector(
        settings.traces_url if has_path else settings.traces_url.rstrip("/") + "/v1/traces"
    )


def clock(settings: Settings) -> Clock:
    """Return the news clock of the settings."""
    from services.adapters.clock import clock_from

    return clock_from(settings.clock)


def fetcher(settings: Settings) -> Fetcher:
    """Return what fetches feeds and pages by the settings."""
    from services.adapters.http import HttpFetcher

    return HttpFetcher(settings.user_agent, settings.fetch_allow_networks)


def mailer(settings: Settings) -> Mailer | None:
    """Return what sends mail by the settings; None without a server."""
    if not settings.smtp_url:
        return None
    from services.adapters.smtp import SmtpMailer

    server = mail_server(settings.smtp_url)
    return SmtpMailer(
        server.host, server.port, server.security, server.user, settings.smtp_password
    )


def connect(settings: Settings, stop: Stop) -> "World":
    """Return the world of one process. Nothing is contacted yet."""
    from services.adapters.apprise import AppriseBroadcaster
    from services.adapters.http import HttpPoster
    from services.adapters.sqlite_rows import SqliteRows
    from services.runtime.world import World

    return World(
        settings=settings,
        clock=clock(settings),
        broker=broker(settings),
        search=index(settings),
        fetcher=fetcher(settings),
        poster=HttpPoster(settings.user_agent, settings.fetch_allow_networks),
        stop=stop,
        rows=partial(SqliteRows, settings.data_dir / "state"),
        mailer=mailer(settings),
        broadcaster=AppriseBroadcaster(),
    )

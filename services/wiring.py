"""The only place that names concrete adapters."""

from services.adapters.clock import clock_from
from services.adapters.elastic import ElasticIndex
from services.adapters.http import HttpFetcher, HttpPoster
from services.adapters.kafka import KafkaBroker
from services.ports import Stop
from services.runtime.world import World
from services.settings import Settings


def connect(settings: Settings, stop: Stop) -> World:
    """Return the world of one process. Nothing is contacted yet."""
    return World(
        settings=settings,
        clock=clock_from(settings.clock),
        broker=KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix),
        search=ElasticIndex(settings.elastic_url, settings.elastic_user, settings.elastic_password, prefix=settings.index_prefix),
        fetcher=HttpFetcher(settings.user_agent, settings.fetch_allow_networks),
        poster=HttpPoster(settings.user_agent, settings.fetch_allow_networks),
        stop=stop,
    )

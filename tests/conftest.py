"""Fixtures: both engines once a session, and settings of its own for each test."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from services.adapters.embedded import Addresses, Engines
from services.adapters.kafka import KafkaBroker
from services.settings import Settings


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    """Embedded Kafka and Elasticsearch; those of REPORTEDLY_TEST_KAFKA and REPORTEDLY_TEST_ELASTIC if both are set."""
    kafka, elastic = (os.environ.get(f"REPORTEDLY_TEST_{name}") for name in ("KAFKA", "ELASTIC"))
    if kafka and elastic:
        yield Addresses(kafka, elastic)
        return
    data = tmp_path_factory.mktemp("engines")
    with Engines(data, Path("~/.cache/reportedly")) as addresses:
        yield addresses
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def settings(engines, tmp_path, request):
    """Settings whose topics, groups, and indices no other test shares."""
    name = "t" + hashlib.sha256(f"{request.node.nodeid}{tmp_path}".encode()).hexdigest()[:8] + "-"
    return Settings(
        kafka_bootstrap=engines.kafka_bootstrap,
        elastic_url=engines.elastic_url,
        topic_prefix=name,
        index_prefix=name,
        partitions=2,
        data_dir=tmp_path / "data",
        run_dir=tmp_path / "run",
        fetch_allow_private=True,
    )


@pytest.fixture
def broker(settings):
    """The real broker with all topics made."""
    real = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    real.apply_topics(settings.partitions)
    return real

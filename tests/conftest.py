"""Fixtures: the engines start once a session, and only for tests that ask; every test has topics and indices of its own."""

import hashlib
import os
from pathlib import Path

import pytest

from services.adapters.embedded import Addresses, Engines
from services.adapters.kafka import KafkaBroker
from services.settings import Settings


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    """Both engines, in a folder that Elasticsearch's unprivileged user can reach; or those that the environment names."""
    kafka, elastic = (os.environ.get(f"TEST_{name}") for name in ("KAFKA_BOOTSTRAP", "ELASTIC_URL"))
    if kafka and elastic:
        yield Addresses(kafka, elastic)
        return
    folder = tmp_path_factory.mktemp("engines")
    for part in (folder, folder.parent, folder.parent.parent):
        part.chmod(0o755)
    with Engines(folder, Path("~/.cache/reportedly")) as addresses:
        yield addresses


@pytest.fixture
def settings(engines, tmp_path, request):
    """Settings of the running engines, with prefixes that no other test has."""
    own = hashlib.sha256(f"{request.node.nodeid}{tmp_path}".encode()).hexdigest()[:8]
    return Settings(
        kafka_bootstrap=engines.kafka_bootstrap,
        elastic_url=engines.elastic_url,
        topic_prefix=f"t{own}-",
        index_prefix=f"t{own}-",
        partitions=2,
        data_dir=tmp_path,
        run_dir=tmp_path / "run",
        fetch_allow_private=True,
    )


@pytest.fixture
def broker(settings):
    """The real broker, with all topics made."""
    real = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    real.apply_topics(settings.partitions)
    return real

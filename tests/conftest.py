"""Fixtures: the engines start once a session, and only for tests that ask; every test has topics and indices of its own."""

import faulthandler
import os
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings as property_settings

from services.adapters.embedded import Addresses, Engines
from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.settings import Settings

property_settings.register_profile("any-machine", deadline=None)  # how long an example takes says how busy the machine is
property_settings.load_profile("any-machine")


END_SECONDS = 60
"""How long the process may take to end after its last test."""


def pytest_unconfigure():
    """Let a run that can't end (a thread, a child, a client's destructor) fail and show where it stands, not stand for hours."""
    faulthandler.dump_traceback_later(END_SECONDS, exit=True, file=sys.__stderr__)


@contextmanager
def open_folder():
    """A new folder that Elasticsearch's unprivileged user can reach: pytest closes its own to others at every start."""
    with tempfile.TemporaryDirectory(prefix="reportedly-test-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def shared_folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def engines():
    """Both engines, in a folder that Elasticsearch's unprivileged user can reach; or those that the environment names."""
    kafka, elastic = (os.environ.get(f"TEST_{name}") for name in ("KAFKA_BOOTSTRAP", "ELASTIC_URL"))
    if kafka and elastic:
        yield Addresses(kafka, elastic)
        return
    with open_folder() as folder, Engines(folder, Path("~/.cache/reportedly")) as addresses:
        yield addresses


@pytest.fixture
def settings(engines, tmp_path):
    """Settings of the running engines, with prefixes that no other test has."""
    own = uuid.uuid4().hex[:8]
    return Settings(
        kafka_bootstrap=engines.kafka_bootstrap,
        elastic_url=engines.elastic_url,
        topic_prefix=f"t{own}-",
        index_prefix=f"t{own}-",
        partitions=2,
        data_dir=tmp_path,
        run_dir=tmp_path / "run",
        fetch_allow_networks=LOOPBACK,
    )


@pytest.fixture
def broker(settings):
    """The real broker, with all topics made."""
    real = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    real.apply_topics(settings.partitions)
    return real

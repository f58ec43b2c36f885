"""Fixtures: the engines start once a run, and only for tests that ask;
every test has topics and indices of its own.
"""

import faulthandler
import os
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import settings as property_settings
from shared_engines import Run, given, open_folder
from xdist.scheduler import LoadScopeScheduling

from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.runtime.data_version import bring_up
from services.settings import Settings

property_settings.register_profile(
    "any-machine", deadline=None
)  # how long an example takes says how busy the machine is
property_settings.register_profile("quick", deadline=None, max_examples=20)
property_settings.load_profile(os.environ.get("TEST_PROFILE", "any-machine"))


END_SECONDS = 60
"""How long the process may take to end after its last test."""

OWN_ENGINES = (
    "e2e/test_demo.py",
    "e2e/test_up.py",
    "e2e/test_orphans.py",
    "e2e/test_previous_folder.py",
    "integration/test_embedded_engines.py",
)
"""Tests that start engines of their own: one after the other, since a pair takes 2 GB."""

LONG_FIRST = (
    "browser/",
    "e2e/",
    "integration/",
    "conformance/",
    "unit/poller/",
    "unit/runtime/",
    "unit/adapters/",
    "stories/",
    "gold/",
    "unit/tagger/",
    "unit/tracker/",
)
"""Folders in the order in which they are handed out, so that no long file is left for the end."""

MODEL_FILES = (
    "unit/commands/test_explain.py",
    "unit/commands/test_readme.py",
    "unit/commands/test_tag.py",
    "unit/commands/test_hostile_input.py",
)
"""Files whose tests start commands that load the language model."""

MODEL_FIXTURES = {"nlp", "parser", "tagger", "quick", "history"}
"""Fixtures that load the language model."""

for variable in ("KAFKA_OPTS", "ES_JAVA_OPTS"):
    # The engines of tests live for minutes at most:
    # code that is compiled quickly saves more than code that runs fast.
    os.environ.setdefault(variable, "-XX:TieredStopAtLevel=1")

RUN = pytest.StashKey[Run]()


def is_worker(config):
    """Tell whether this process only runs tests that another one hands out (pytest-xdist)."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    base = config._tmp_path_factory.getbasetemp()
    config.stash[RUN] = Run(base.parent if is_worker(config) else base)
    if not is_worker(config):
        config.stash[RUN].begin()


def pytest_report_header():
    return f"engines: {given() or 'started for the first test that asks'}"


def pytest_terminal_summary(terminalreporter, config):
    run = config.stash[RUN]
    if run.started():
        cpu = ", ".join(
            f"{name} {seconds:.0f} s of CPU" for name, seconds in run.cpu_seconds().items()
        )
        terminalreporter.write_line(f"engines: {run.started()}; {cpu}")


def pytest_unconfigure(config):
    """Let a run that can't end (a thread, a child, a client's destructor) fail
    and show where it stands, not stand for hours.
    """
    if not is_worker(config):
        config.stash[RUN].end()
    assert sys.__stderr__ is not None
    faulthandler.dump_traceback_later(END_SECONDS, exit=True, file=sys.__stderr__)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what needs engines or the language model, and put long files first."""
    for item in items:
        name = place(item)
        if "engines" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.engines)
        if MODEL_FIXTURES & set(getattr(item, "fixturenames", ())) or name in MODEL_FILES:
            item.add_marker(pytest.mark.model)
    items.sort(key=lambda item: (place(item) not in OWN_ENGINES, rank(place(item))))


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """Hands out whole files, and as if they were one: all that start engines of their own, and all
    of the console, which share one system.
    """

    def _split_scope(self, nodeid):
        name = nodeid.split("::", 1)[0].removeprefix("tests/")
        if name in OWN_ENGINES:
            return "own-engines"
        return "browser" if name.startswith("browser/") else name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def place(item):
    """Return the path of a test's file below tests/."""
    return item.path.relative_to(Path(__file__).parent).as_posix()


def rank(name):
    return next(
        (n for n, folder in enumerate(LONG_FIRST) if name.startswith(folder)), len(LONG_FIRST)
    )


@pytest.fixture
def shared_folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def engines(pytestconfig):
    """Both engines, with their addresses and `pids`:
    those that the environment names, or those of this run.
    """
    return given() or pytestconfig.stash[RUN].engines()


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
    bring_up(real, is_new=True)
    return real

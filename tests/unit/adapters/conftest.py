"""Fixtures: a server of made-up feeds."""

import pytest

from services.scenario.server import FeedServer


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running

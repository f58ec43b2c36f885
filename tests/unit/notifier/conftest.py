"""Fixtures: no pauses between tries, and no notifier is left open."""

import pytest
from notifying import OPEN

from services.notifier import service as service_module


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(service_module, "delay", lambda tries: 0.0)


@pytest.fixture(autouse=True)
def closing():
    yield
    while OPEN:
        OPEN.pop().close()

"""No notifier is left open."""

import pytest
from notifying import OPEN


@pytest.fixture(autouse=True)
def closing():
    yield
    while OPEN:
        OPEN.pop().close()

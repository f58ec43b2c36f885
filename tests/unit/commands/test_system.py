"""The ports that `up` gives its services for their metrics."""

import pytest

from services.commands.system import SERVICES, metrics_ports
from services.errors import ConfigError
from services.settings import MOST_PORT


def test_each_service_and_up_itself_has_a_port_of_its_own_from_the_first_on():
    ports = metrics_ports(9100)
    assert list(ports) == [*SERVICES, "up"]
    assert list(ports.values()) == list(range(9100, 9108))


def test_without_a_port_none_listens():
    assert set(metrics_ports(0).values()) == {0}


def test_the_last_that_leaves_room_for_all_is_taken_and_the_next_refused():
    assert max(metrics_ports(MOST_PORT - 7).values()) == MOST_PORT
    with pytest.raises(ConfigError, match=r"REPORTEDLY_METRICS_PORT is 65529.*at most 65528"):
        metrics_ports(MOST_PORT - 6)

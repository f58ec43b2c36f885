"""The version of the data on a real broker: of the program, and of a newer one."""

import subprocess

import pytest
from click.testing import CliRunner
from streams import eventually, on, send, service

from services.cli import root
from services.messages import DataVersion, decode, encode
from services.runtime.data_version import DATA_VERSION, TOPIC
from services.runtime.health import pulses
from services.runtime.supervisor import service_command

pytestmark = pytest.mark.engines
NEWER = DataVersion(version=DATA_VERSION + 1, written_by="9.0.0")


def marks(broker):
    return [decode(DataVersion, record.value).version for record in on(broker, TOPIC)]


def test_topics_are_made_with_the_mark_of_the_program_and_its_services_take_it(broker, settings):
    for _ in range(2):
        assert (
            CliRunner().invoke(root, ["topics", "apply"], env=settings.environment()).exit_code == 0
        )
    assert marks(broker) == [DATA_VERSION]
    with service(settings, "track"):
        eventually(lambda: any(pulse.state == "running" for pulse in pulses(settings.run_dir)))


@pytest.mark.parametrize("command", [["track"], ["topics", "apply"]], ids=" ".join)
def test_data_of_a_newer_program_ends_a_start_with_one_line_and_exit_code_2(
    broker, settings, command
):
    send(broker, (TOPIC, "data", encode(NEWER)))
    whole = [*service_command(command[0]), *command[1:]]
    done = subprocess.run(
        whole, env=settings.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"reportedly: the data was written by data version {NEWER.version} (Reportedly 9.0.0)"
    )
    assert len(done.stderr.splitlines()) == 1
    assert marks(broker) == [DATA_VERSION, NEWER.version]

"""The bundled story, told to its end."""

import os
import subprocess

import pytest
from streams import free_port

from services.runtime.supervisor import service_command

pytestmark = pytest.mark.engines


@pytest.mark.timeout(3600)
def test_the_demo_tells_exactly_the_expected_revisions_however_long_it_takes(shared_folder):
    data = shared_folder / "data"
    variables = {"REPORTEDLY_API_PORT": str(free_port()), "REPORTEDLY_DATA_DIR": str(data)}
    command = service_command("demo")
    told = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-1000:]
    assert "The story was told as expected." in told.stdout
    # A person reads this: waits by name, no line for a machine, and nothing left behind. Services
    # may be up before anybody waits for them; the engines never are.
    for step in ("wait until Kafka is up", "wait until Elasticsearch is up"):
        assert step in told.stdout
    assert '{"' not in told.stdout + told.stderr
    assert not data.exists()

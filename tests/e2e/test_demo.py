"""The bundled story, told to its end."""

import os
import subprocess

import pytest
from streams import free_port

from services.runtime.supervisor import service_command

pytestmark = pytest.mark.engines


@pytest.mark.timeout(3600)
def test_the_demo_tells_exactly_the_expected_revisions_however_long_it_takes(shared_folder):
    environment = {**os.environ, "REPORTEDLY_API_PORT": str(free_port())}
    command = [*service_command("demo"), "--data", str(shared_folder / "demo")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-1000:]
    assert "The story was told as expected." in told.stdout

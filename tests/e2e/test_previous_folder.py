"""Today's `reportedly up` on the very folder that the previous version left behind."""

import json
import os
import signal
import subprocess
import tarfile
from datetime import UTC, datetime

import previous
import pytest
from builders import tagged
from streams import eventually, free_port, on, send

from services.adapters.kafka import KafkaBroker
from services.messages import Alert, DataVersion, decode, encode
from services.runtime.supervisor import service_command

pytestmark = [pytest.mark.faults, pytest.mark.engines, pytest.mark.timeout(400)]

NOW = datetime(2033, 1, 1, tzinfo=UTC)
"""After the news time of the folder, whose clock was the demo's."""

RICE = "Rice prices fall\n\nTraders say that rice has become cheap in the ports of the south."


@pytest.fixture
def up(shared_folder):
    """A running `reportedly up` on the unpacked folder, and its log."""
    data = shared_folder / "data"
    with tarfile.open(previous.FOLDER / "folder.tar.xz") as packed:
        packed.extractall(data, filter="data")
    settings = {
        "DATA_DIR": data,
        "API_PORT": free_port(),
        "LOG_FORMAT": "json",
        "CLOCK": f"{NOW.isoformat()},1",
    }
    environment = {
        **os.environ,
        **{f"REPORTEDLY_{name}": str(value) for name, value in settings.items()},
    }
    command = [*service_command("up"), "--partitions", str(previous.PARTITIONS)]
    log = shared_folder / "up.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, start_new_session=True
        )
    yield process, log
    process.kill()
    process.wait()


def running_line(log):
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return next((line for line in lines if line["event"] == "running"), None)


def test_up_starts_on_the_folder_of_the_previous_version_marks_it_and_alerts(up):
    process, log = up
    line = eventually(lambda: process.poll() is not None or running_line(log), 200)
    assert process.poll() is None, log.read_text()
    broker = KafkaBroker(line["kafka"])
    assert [decode(DataVersion, record.value).version for record in on(broker, "data-version")] == [
        1
    ]
    old = {record.key for record in on(broker, "alerts")}
    assert len(old) > 3
    article = tagged("new", RICE, published_at=NOW, first_seen_at=NOW, seen_at=NOW)
    send(broker, ("tagged-articles", "new", encode(article)))
    eventually(
        lambda: any(decode(Alert, r.value).article_ids == ("new",) for r in on(broker, "alerts")),
        120,
    )
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert "is started again" not in log.read_text()

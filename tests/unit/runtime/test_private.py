"""Secrets reach child processes as files, and nobody else reads what a service writes."""

import os
import stat
import sys

import pytest
import structlog
from streams import eventually

from services.runtime.files import Lines
from services.runtime.health import Heartbeat
from services.runtime.private import (
    private_file,
    private_folder,
    secret_files,
    warn_of_exposed_secrets,
)
from services.runtime.supervisor import Supervisor
from services.settings import PREFIX, Settings

SHOW = """
import os
from services.settings import PREFIX, SECRETS, Settings
given = Settings.parse(os.environ)
shown = [v for v in os.environ.values() if 'hush' in v]
print([text for name in SECRETS if (text := getattr(given, name))], shown, flush=True)
import time; time.sleep(600)
"""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def open_umask():
    """Whatever the user's umask lets through."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_child_of_the_supervisor_has_the_secrets_and_none_is_in_its_environment(tmp_path):
    settings = Settings(
        elastic_password=" hush 1 ", webhook_secret="hush2", websub_secret="hush3" * 4
    )
    with secret_files(settings, tmp_path / "secrets") as files:
        environment = os.environ | settings.environment(files)
        with Supervisor({"x": [sys.executable, "-c", SHOW]}, environment, tmp_path / "logs", []):
            log = tmp_path / "logs" / "x.log"
            assert (
                eventually(lambda: log.exists() and log.read_text())
                == "[' hush 1 ', 'hush2', 'hush3hush3hush3hush3'] []\n"
            )
        assert {mode(path) for path in files.values()} == {0o600}
        assert mode(tmp_path / "secrets") == mode(tmp_path / "logs") == 0o700
        assert mode(log) == 0o600
    assert list((tmp_path / "secrets").iterdir()) == []


def test_without_secrets_there_are_no_files(tmp_path):
    with secret_files(Settings(), tmp_path / "secrets") as files:
        assert files == {}
        assert Settings().environment(files) == {}


def test_what_an_earlier_version_left_open_is_closed(tmp_path):
    (tmp_path / "logs").mkdir(mode=0o755)
    log = tmp_path / "logs" / "x.log"
    log.touch(mode=0o644)
    private_folder(log.parent)
    with open(log, "ab", opener=private_file) as file:
        file.write(b"x")
    assert (mode(log.parent), mode(log)) == (0o700, 0o600)


def test_what_a_service_writes_is_for_its_owner_alone(tmp_path):
    Heartbeat(tmp_path / "run", "poller").beat()
    Lines(tmp_path / "deliveries.jsonl").append(b"x\n")
    assert (mode(tmp_path / "run"), mode(tmp_path / "deliveries.jsonl")) == (0o700, 0o600)


@pytest.mark.parametrize(("given", "n_warnings"), [(0o600, 0), (0o640, 0), (0o604, 1), (0o644, 1)])
def test_a_secret_that_everybody_can_read_is_warned_of(tmp_path, given, n_warnings):
    path = tmp_path / "secret"
    path.write_text("hush")
    path.chmod(given)
    with structlog.testing.capture_logs() as logs:
        warn_of_exposed_secrets(
            {f"{PREFIX}WEBHOOK_SECRET_FILE": str(path), f"{PREFIX}ELASTIC_PASSWORD": "x"}
        )
    assert [row["log_level"] for row in logs] == ["warning"] * n_warnings
    assert all(str(path) in row.values() for row in logs)

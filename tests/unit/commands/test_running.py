"""Commands find the system that runs in the folder, and only while it runs."""

import json
import stat

import pytest

from services.commands.running import FILE, LOCK, announced, find
from services.errors import ConfigError
from services.settings import Settings


@pytest.fixture
def live(tmp_path):
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    return Settings(
        kafka_bootstrap="127.0.0.1:7001",
        elastic_url="http://127.0.0.1:7002",
        data_dir=tmp_path,
        run_dir=run_dir,
        elastic_password="secret",
        webhook_secret="secret",
    )


def asked(live, **environ):
    found = find({"REPORTEDLY_DATA_DIR": str(live.data_dir), **environ})
    return found.variables if found else {}


def test_a_command_gets_the_addresses_of_the_system_that_runs_here(live):
    assert asked(live) == {}
    with announced(live):
        found = asked(live)
        settings = Settings.parse({"REPORTEDLY_DATA_DIR": str(live.data_dir), **found})
        assert (settings.kafka_bootstrap, settings.elastic_url) == (
            "127.0.0.1:7001",
            "http://127.0.0.1:7002",
        )
        assert settings.run_dir == live.run_dir
    assert asked(live) == {}


def test_only_its_owner_may_read_the_file_and_no_secret_is_in_it(live):
    with announced(live):
        path = live.run_dir / FILE
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "secret" not in path.read_text()


def test_the_file_of_a_system_that_was_killed_is_not_believed(live):
    """Its lock went with its process."""
    (live.run_dir / LOCK).touch()
    (live.run_dir / FILE).write_text(json.dumps({"REPORTEDLY_KAFKA_BOOTSTRAP": "127.0.0.1:1"}))
    assert asked(live) == {}


@pytest.mark.parametrize("name", ["REPORTEDLY_KAFKA_BOOTSTRAP", "REPORTEDLY_ELASTIC_URL"])
def test_who_names_an_address_means_another_system(live, name):
    with announced(live):
        assert asked(live, **{name: "http://other:1"}) == {}


def test_what_is_set_stays_as_it_is(live):
    with announced(live):
        assert "REPORTEDLY_CLOCK" not in asked(live, REPORTEDLY_CLOCK="2031-05-02T06:00:00Z,1")


def test_a_broken_file_of_a_running_system_is_told(live):
    with announced(live):
        (live.run_dir / FILE).write_text("{")
        with pytest.raises(ConfigError, match=r"system\.json can't be read"):
            asked(live)

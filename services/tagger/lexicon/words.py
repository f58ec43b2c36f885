"""The packaged files of the lexicon, and the classes of cue words, read once."""

from functools import cache
from importlib.resources import files

import msgspec
import yaml

from services.tagger.lexicon.cues import Cues


@cache
def cues() -> Cues:
    """Return the classes of cue words."""
    return msgspec.convert(yaml.safe_load(read_lexicon("cues.yaml")), Cues)


@cache
def speech() -> dict[str, frozenset[str]]:
    """Return the classes of speech verbs and nouns."""
    raw = yaml.safe_load(read_lexicon("speech.yaml"))
    return {name: frozenset(map(str, words)) for name, words in raw.items()}


def speech_words() -> frozenset[str]:
    """Return all words that introduce a source, of whatever class."""
    classes = (words for name, words in speech().items() if name != "no_source")
    return frozenset[str]().union(*classes)


def read_lexicon(name: str) -> str:
    """Return the text of a file of the packaged lexicon."""
    return (files("services.tagger.lexicon") / name).read_text(encoding="utf-8")

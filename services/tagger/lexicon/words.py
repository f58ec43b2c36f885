"""The classes of cue words, and the packaged files of the lexicon, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


@cache
def cues() -> Mapping[str, frozenset[str]]:
    """Return the classes of cue words."""
    return {name: frozenset(map(str, words)) for name, words in yaml.safe_load(read_lexicon("cues.yaml")).items()}


def read_lexicon(name: str) -> str:
    """Return the text of a file of the packaged lexicon."""
    return (files("services.tagger.lexicon") / name).read_text(encoding="utf-8")

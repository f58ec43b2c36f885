"""The classes of cue words: each is a field, and each is read."""

import re
from pathlib import Path

import msgspec
import pytest
import yaml

import services
from services.tagger.lexicon.cues import Cues, classes
from services.tagger.lexicon.words import cues, read_lexicon


def test_no_class_of_words_is_left_that_nothing_reads():
    files = Path(services.__file__).parent.rglob("*.py")
    code = " ".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"\.(\w+)", code))
    read |= set(re.findall(r"\w+", read_lexicon("rules.yaml") + read_lexicon("signatures.yaml")))
    assert [name for name in Cues.__struct_fields__ if name not in read] == []


def test_a_class_that_no_field_names_is_refused_and_so_is_one_that_is_missing():
    found = yaml.safe_load(read_lexicon("cues.yaml"))
    with pytest.raises(msgspec.ValidationError, match="hegdes"):
        msgspec.convert(found | {"hegdes": ["reportedly"]}, Cues)
    del found["hedges"]
    with pytest.raises(msgspec.ValidationError, match="hedges"):
        msgspec.convert(found, Cues)


def test_data_may_name_only_a_class_that_is_there():
    assert "reportedly" in cues().named("hedges")
    assert "sides" not in classes()
    with pytest.raises(ValueError, match="no class 'hegdes'"):
        cues().named("hegdes")

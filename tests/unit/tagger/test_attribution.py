"""The kind of a source, and whether a report with it is claimed."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.sources.attribution import attributions, stands_by_it


def attributed(parse, sentence, source, cue="said", named=()):
    """Return the source token of a sentence and its attribution; `named` holds (words, type)."""
    mentions = Mentions(sentence, Actors(()))
    for words, kind in named:
        at = sentence.index(words)
        mentions.add(at, at + len(words), kind, "phrase/name", form="name")
    tokens = {token.text: token for token in parse(sentence)}
    speakers = [(tokens[source], tokens[cue])]
    (found,) = attributions(speakers, Phrases(mentions, 0), mentions, 0)
    return tokens[source], found


@pytest.mark.parametrize(
    ("sentence", "source", "kind"),
    [
        ("Sources said the bridge was closed.", "Sources", "unnamed"),
        ("Residents said the bridge was closed.", "Residents", "witness"),
        ("One of the residents said the bridge was closed.", "One", "unnamed"),
        ("The ministry said the bridge was closed.", "ministry", "official"),
        ("A newspaper said the bridge was closed.", "newspaper", "media"),
    ],
)
def test_a_source_without_a_name_has_the_kind_of_its_noun(parse, sentence, source, kind):
    _, found = attributed(parse, sentence, source)
    assert found.kind == kind


@pytest.mark.parametrize(
    ("sentence", "source", "named", "kind"),
    [
        ("Marta Olvin said the bridge was closed.", "Olvin", [("Marta Olvin", "person")], "party"),
        ("Governor Olvin said it was closed.", "Olvin", [("Olvin", "person")], "official"),
        ("Kostria said the bridge was closed.", "Kostria", [("Kostria", "state")], "official"),
        ("The Meris Courier said it was closed.", "Courier", [("Meris Courier", "group")], "media"),
    ],
)
def test_a_name_has_the_kind_of_its_office_or_of_its_words(parse, sentence, source, named, kind):
    _, found = attributed(parse, sentence, source, named=named)
    assert (found.kind, found.named) == (kind, True)


def test_a_group_that_claims_responsibility_is_its_own_source(parse):
    sentence = "The Front claimed responsibility for the blast."
    _, found = attributed(parse, sentence, "Front", "claimed", [("Front", "group")])
    assert found.kind == "self"
    assert (sentence[slice(*found.source)], sentence[slice(*found.cue)]) == ("Front", "claimed")


@pytest.mark.parametrize(
    ("sentence", "source", "claims"),
    [
        ("She said the bridge was closed.", "She", True),
        ("The ministry said the bridge was closed.", "ministry", True),
        ("Hospital officials said the bridge was closed.", "officials", True),
        ("Kostrian officials said the bridge was closed.", "officials", True),
        ("Then senior officials said the bridge was closed.", "officials", False),
        ("Officials said the bridge was closed.", "Officials", False),
        ("The residents said the bridge was closed.", "residents", False),
        ("The newspaper said the bridge was closed.", "newspaper", False),
    ],
)
def test_a_source_stands_by_a_report_if_a_reader_knows_which_party_speaks(
    parse, sentence, source, claims
):
    assert stands_by_it(*attributed(parse, sentence, source)) is claims

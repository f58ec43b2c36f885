"""The attribution that holds a place in the text."""

from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from services.tagger.layout.quotes import find_quotes
from services.tagger.parse.doc import Doc
from services.tagger.sources.find import Sourced
from services.tagger.sources.voices import Voices

TEXT = "Ana said rain came , Bo said snow fell . “ Hail fell . ” Cy slept ."
DOC = Doc(SpacyDoc(Vocab(), TEXT.split()))


def said(cue, source, content, kind="say"):
    """Return an attribution by words of the text, of which each stands once but for `said`."""
    tokens = [token for token in DOC if token.text == cue]
    names = {token.text: token for token in DOC}
    after = names[source] if source else None
    token = next(t for t in tokens if after is None or t.i > after.i)
    start = TEXT.index(content)
    return Sourced(token, after, (start, start + len(content)), kind, 0)


ANA = said("said", "Ana", "rain came , Bo said snow fell")
BO = said("said", "Bo", "snow fell")


def voice(word, *found):
    return Voices(found, find_quotes(TEXT)).of(TEXT.index(word))


def test_of_several_contents_the_shortest_holds_a_place():
    assert voice("snow", ANA, BO) is BO
    assert voice("rain", ANA, BO) is ANA


def test_a_place_outside_of_all_contents_has_no_voice():
    assert voice("slept", ANA, BO) is None


def test_a_quotation_without_a_cue_is_of_the_last_source_before():
    assert voice("Hail", ANA, BO) is BO
    assert voice("Hail") is None


def test_only_a_cue_of_speech_with_a_source_gives_a_voice():
    assert voice("snow", said("said", "Bo", "snow fell", kind="other")) is None
    assert voice("snow", said("said", None, "snow fell")) is None

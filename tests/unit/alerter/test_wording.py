"""The sentence of a revision."""

import msgspec
import pytest

from services.alerter.wording import sentence, words
from services.messages import Evidence, Told
from services.tagger.lexicon.ontology import ontology

QUOTE = (
    "Killed in Meris, Raqqa, Dovra or at a checkpoint, by the coalition, Kostria, its pilots or "
    "Tarvan: four other commanders, 5, 6, nine, 18, 50, 57 Civilians."
)


def quote(speaker=None, outlet="The Herald"):
    return Evidence(
        article_id="a", version=1, quote=QUOTE, mark=(0, 6), speaker=speaker, outlet=outlet
    )


def told(status="reported", event="killed", n=0, independent=1, **slots):
    disputed = tuple(slots.pop("disputed", ()))
    return Told(
        event=event,
        status=status,
        n_reports=1,
        n_independent=independent,
        counts={event: n} if n else {},
        slots={name: tuple(labels) for name, labels in slots.items()},
        disputed=disputed,
    )


HALVANE = {"patient": ["Idris Halvane"], "place": ["Meris"]}


def test_a_number_of_dead_is_told_of_any_event():
    now = Told(event="airstrike", status="confirmed", counts={"killed": 9, "wounded": 22})
    said = msgspec.structs.replace(quote(), quote="The raid killed nine and wounded 22.")
    assert sentence("first", None, now, [said]) == "Airstrike, 9 killed, 22 wounded"


@pytest.mark.parametrize(
    ("words_said", "text"),
    [
        ("Kostrian jets killed nine men in Meris.", "Men killed in Meris by Kostria, 9 killed in"),
        ("Jets killed men in Meris on day 9.", "Men killed in Meris, 9 killed in all"),
        ("The men died in a raid, he said.", "Men killed"),
        ("It was a raid, he said.", "Men killed"),
    ],
)
def test_where_by_whom_and_how_many_is_told_as_the_quoted_sentences_say(words_said, text):
    now = told("confirmed", n=9, independent=0, patient=["men"], place=["Meris"], agent=["Kostria"])
    said = msgspec.structs.replace(quote(), quote=words_said)
    found = sentence("first", None, now, [said])
    assert found.startswith(text)
    assert ("Meris" in found) == ("Meris" in words_said)
    assert ("Kostria" in found) == ("Kostria" in words_said)


def test_the_headline_says_so_too():
    found = sentence("first", None, told("confirmed", **HALVANE), [], "Halvane dead in Meris")
    assert found.startswith("Idris Halvane killed in Meris")


def test_other_incidents_come_last_and_at_most_three_are_named():
    others = [told(patient=[f"Man {n}"], event="arrested") for n in range(5)]
    text = sentence("first", None, told(**HALVANE), [], "Meris", others=others[:1])
    assert text == (
        "Idris Halvane reportedly killed in Meris (1 source); also: Man 0 reportedly arrested"
    )
    text = sentence("also", None, told(**HALVANE), [], "Meris", others=others)
    assert text.startswith("Also: Idris Halvane reportedly killed in Meris (1 source); besides: ")
    assert text.endswith("Man 2 reportedly arrested; and 2 more")


def test_every_type_of_event_has_its_words():
    assert words().keys() == {kind.event for kind in ontology()}


@pytest.mark.parametrize(
    ("now", "speaker", "text"),
    [
        (
            told(n=18, patient=["18 civilians"], place=["Raqqa"], agent=["the coalition"]),
            "the Syrian Observatory",
            "18 civilians reportedly killed in Raqqa by the coalition, says the Syrian Observatory"
            " (1 source)",
        ),
        (
            told("corroborated", n=5, independent=3, **HALVANE),
            None,
            "Idris Halvane reportedly killed in Meris, 5 killed in all, says The Herald"
            " (3 independent sources)",
        ),
        (
            told(n=50, patient=["at least 50 sailors"]),
            None,
            "At least 50 sailors reportedly killed, says The Herald (1 source)",
        ),
        (told(patient=["Marta Olvin", "Adar Tuomi"]), None, "Marta Olvin and Adar Tuomi"),
        (
            told(n=6, patient=["Six teachers", "its six members"]),
            None,
            "Six teachers reportedly killed, says The Herald (1 source)",
        ),
        (
            told(n=4, patient=["Three officers", "Fourth policeman"]),
            None,
            "Three officers reportedly killed, 4 killed in all, says",
        ),
        (
            told(patient=["Halvane", "the baker", "Idris Halvane"]),
            None,
            "Idris Halvane reportedly killed, says",
        ),
        (
            told(n=5, patient=["Idris Halvane", "four other commanders", "five men"]),
            None,
            "Idris Halvane and four other commanders reportedly killed, 5 killed in all, says",
        ),
        (
            told(n=57, patient=["Civilians", "57 Civilians"]),
            None,
            "57 Civilians reportedly killed, says The Herald (1 source)",
        ),
        (told(n=9), None, "9 people reportedly killed, says The Herald (1 source)"),
        (told(event="airstrike", place=["Dovra"]), None, "Airstrike reported in Dovra, says"),
        (
            told(event="arrested", patient=["two men"], place=["a checkpoint"]),
            None,
            "Two men r",
        ),
        (told("confirmed", **HALVANE), "his family", "Idris Halvane killed in Meris (1 source)"),
        (
            told(agent=["Kostria", "Tarvan"], disputed=["agent"], **HALVANE),
            None,
            "Idris Halvane reportedly killed in Meris; by whom is disputed: Kostria or Tarvan,",
        ),
        (
            told(agent=["Kostria", "its pilots"], **HALVANE),
            None,
            "Idris Halvane reportedly killed ",
        ),
        (
            told("denied", independent=0, **HALVANE),
            "the Front",
            "Denied by the Front: Idris",
        ),
    ],
)
def test_a_first_revision_says_who_what_where_and_who_says_so(now, speaker, text):
    assert sentence("first", None, now, [quote(speaker)]).startswith(text)


@pytest.mark.parametrize(
    ("kind", "now", "opening"),
    [
        (
            "status",
            told("confirmed", **HALVANE),
            "Now confirmed by the Front: Idris",
        ),
        ("status", told("claimed", **HALVANE), "Now claimed: Idris Halvane reportedly killed"),
        ("denied", told("denied", **HALVANE), "Now denied by the Front: Idris Halvane"),
        ("denied", told("disputed", **HALVANE), "Now disputed, denied by the Front: Idris Halvane"),
        (
            "count",
            told(n=9, **HALVANE),
            "Toll changed: Idris Halvane reportedly killed in Meris, 9",
        ),
        ("slot", told(agent=["Tarvan"], **HALVANE), "Now also blamed on Tarvan: Idris Halvane"),
        ("corrected", told(**HALVANE), "Corrected: Idris Halvane"),
        ("independent", told(independent=2, **HALVANE), "Idris Halvane reportedly killed in Meris"),
    ],
)
def test_what_changed_comes_first(kind, now, opening):
    before = told(**HALVANE)
    assert sentence(kind, before, now, [quote("the Front")]).startswith(opening)


def test_a_retraction_says_what_is_taken_back_and_by_whom():
    text = sentence("retracted", told(**HALVANE), Told(status="retracted"), [quote()])
    assert text == "Taken back by The Herald: Idris Halvane killed in Meris"


def test_words_alone_show_the_headline():
    now = Told(n_reports=1)
    assert sentence("first", None, now, [quote()], "Halvane in the news") == "Halvane in the news"


@pytest.mark.parametrize(
    ("headline", "text"), [("Mill to close", "Mill to close"), ("", "Killed in")]
)
def test_words_alone_are_told_by_the_headline_else_by_their_sentence(headline, text):
    now = Told(event="")
    assert sentence("first", None, now, [quote()], headline).startswith(text)


@pytest.mark.parametrize(("length", "is_whole"), [(160, True), (161, False)])
def test_a_sentence_of_160_characters_is_told_whole(length, is_whole):
    said = msgspec.structs.replace(quote(), quote=("word " * 40)[: length - 1].ljust(length, "x"))
    found = sentence("first", None, Told(event=""), [said])
    assert found.endswith("…") is not is_whole

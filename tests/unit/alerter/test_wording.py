"""The sentence of a revision."""

import msgspec
import pytest

from services.alerter.wording import NO_WORDS, Own, own_words
from services.alerter.wording import sentence as sentence_of
from services.messages import Evidence, Told, Wording
from services.tagger.lexicon.ontology import ontology
from services.text.happening import words

QUOTE = (
    "Killed in Meris, Raqqa, Dovra or at a checkpoint, by the coalition, Kostria, its pilots or "
    "Tarvan: four, eight other commanders, 5, 6, nine, 18, 50, 57 Civilians."
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


def sentence(*args, **options):
    return sentence_of(*args, **options).text


def ours(now, quotes, own=NO_WORDS, others=()):
    """A sentence of ours, as every revision but the first of an alert has it."""
    return sentence("independent", now, now, quotes, own, others=others)


HALVANE = {"patient": ["Idris Halvane"], "place": ["Meris"]}


def test_a_number_of_dead_is_told_of_any_event():
    now = Told(event="airstrike", status="confirmed", counts={"killed": 9, "wounded": 22})
    raid = msgspec.structs.replace(quote(), quote="The raid killed nine and wounded 22.")
    assert ours(now, [raid]) == "Airstrike, 9 killed, 22 wounded"


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
    found = ours(now, [said(words_said)])
    assert found.startswith(text)
    assert ("Meris" in found) == ("Meris" in words_said)
    assert ("Kostria" in found) == ("Kostria" in words_said)


def test_the_headline_says_so_too():
    found = ours(told("confirmed", **HALVANE), [], Own("“Halvane dead in Meris”"))
    assert found.startswith("Idris Halvane killed in Meris")


def test_other_incidents_come_last_and_at_most_three_are_named():
    others = [told(patient=[f"Man {n}"], event="arrested") for n in range(5)]
    text = ours(told(**HALVANE), [], Own("Meris"), others=others[:1])
    assert text == (
        "Idris Halvane reportedly killed in Meris (1 source); also: Man 0 reportedly arrested"
    )
    text = sentence(
        "also", None, told(**HALVANE), [], Own("“Halvane dead in Meris”"), others=others
    )
    assert text.startswith("Also: “Halvane dead in Meris” (1 source); besides: ")
    assert text.endswith("Man 2 reportedly arrested; and 2 more")


def test_by_whom_other_incidents_were_done_is_left_out():
    other = told(patient=["Sela Varn"], agent=["Kostria", "Tarvan"], disputed=["agent"])
    text = sentence("first", None, told(), [quote()], others=[other])
    assert text.endswith("; also: Sela Varn reportedly killed")


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
            told(n=9, patient=["Idris Halvane", "four commanders", "eight other commanders"]),
            None,
            "Idris Halvane and eight other commanders reportedly killed, 9 killed in all, says",
        ),
        (
            told(n=9, patient=["Idris Halvane", "four commanders"]),
            None,
            "Idris Halvane and four commanders reportedly killed, 9 killed in all, says",
        ),
        (
            told(n=5, patient=["Idris Halvane", "eight other commanders"]),
            None,
            "Idris Halvane reportedly killed, 5 killed in all, says",
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
            "Idris Halvane reportedly killed in Meris by Kostria or, by other accounts, Tarvan,",
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
def test_a_sentence_of_ours_says_who_what_where_and_who_says_so(now, speaker, text):
    is_denied = now.status == "denied"
    found = (
        sentence("first", None, now, [quote(speaker)]) if is_denied else ours(now, [quote(speaker)])
    )
    assert found.startswith(text)


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


def test_the_parts_of_a_sentence_are_given_for_other_forms():
    others, own = [told(patient=["Sela Varn"], event="arrested")], own_words(HEADLINE, said(SAID))
    found = sentence_of("first", None, told(**HALVANE), [said(SAID)], own, others=others)
    assert found.wording == Wording(
        headline=f"“{HEADLINE}”",
        core=f"“{HEADLINE}”: “{SAID}”",
        also=("Sela Varn reportedly arrested",),
    )
    now = told("confirmed", **HALVANE)
    found = sentence_of("status", told(**HALVANE), now, [quote("the Front")], own)
    assert found.wording == Wording(
        change="Now confirmed by the Front", core="Idris Halvane killed in Meris"
    )


def test_a_retraction_says_what_is_taken_back_and_by_whom():
    text = sentence("retracted", told(**HALVANE), Told(status="retracted"), [quote()])
    assert text == "Taken back by The Herald: Idris Halvane killed in Meris"


HEADLINE = "Blast kills nine in Meris market"
SAID = "The front, which holds the town, said it was a shell."


def said(words, mark=(0, 6)):
    return msgspec.structs.replace(quote("the Front"), quote=words, mark=mark)


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("reported", ""),
        ("claimed", "claimed, "),
        ("corroborated", "corroborated, "),
        ("confirmed", "confirmed, "),
    ],
)
def test_a_new_alert_is_told_in_the_words_of_the_article_and_its_outlet_says_so(status, level):
    now = told(status, n=9, patient=["Tarvan", "nine men"], agent=["a market"])
    text = sentence("first", None, now, [said(SAID)], own_words(HEADLINE, None))
    assert text == f"“{HEADLINE}”, says The Herald ({level}1 source)"
    text = sentence("first", None, now, [said(SAID)])
    assert text == f"“{SAID}”, says The Herald ({level}1 source)"


def test_a_new_alert_without_words_of_an_article_is_told_in_a_sentence_of_ours():
    assert sentence("first", None, told(independent=0), []) == "Deaths reported"


def test_a_denial_is_told_in_a_sentence_of_ours_and_a_dispute_says_that_it_is_one():
    own = own_words(HEADLINE, None)
    text = sentence("first", None, told("denied", **HALVANE), [said(SAID)], own)
    assert text.startswith("Denied by the Front: Idris Halvane killed")
    text = sentence("first", None, told("disputed", **HALVANE), [said(SAID)], own)
    assert text == f"Disputed: “{HEADLINE}”, says The Herald (1 source)"


def test_a_headline_and_a_sentence_stand_side_by_side():
    assert str(own_words(HEADLINE, said(SAID))) == f"“{HEADLINE}”: “{SAID}”"
    assert str(own_words("", said(SAID))) == f"“{SAID}”"
    assert str(own_words("", None)) == ""
    assert str(own_words(SAID, said(SAID))) == f"“{SAID}”"


def test_words_alone_are_told_by_the_headline_else_by_their_sentence():
    now = Told(event="")
    text = sentence("first", None, now, [said(SAID)], own_words("Mill to close", None))
    assert text == "“Mill to close”, says The Herald"
    assert sentence("first", None, now, [said(SAID)]) == f"“{SAID}”, says The Herald"
    text = sentence(
        "retracted", now, Told(status="retracted"), [said(SAID)], Own("“Mill to close”")
    )
    assert text == "Taken back by The Herald: “Mill to close”"


@pytest.mark.parametrize(("length", "is_whole"), [(240, True), (241, False)])
def test_a_sentence_of_240_characters_is_told_whole(length, is_whole):
    words_said = ("word " * 60)[: length - 1].ljust(length, "x")
    found = sentence("first", None, Told(event=""), [said(words_said)])
    assert ("…" in found) is not is_whole


def test_a_long_sentence_is_cut_where_it_does_not_tell_the_event():
    before, after = "the council met " * 20, " and the council met" * 20
    words_said = f"{before}after a blast killed nine{after}"
    at = words_said.index("killed")
    found = str(own_words("", said(words_said, (at, at + 6))))
    assert (found[:3], found[-3:]) == ("“… ", " …”")
    assert "blast killed nine" in found
    assert len(found) <= 240 + len("“… ”")


def test_quotation_marks_of_the_article_are_not_doubled():
    assert str(own_words("“Halvane is dead”", None)) == "“Halvane is dead”"
    assert str(own_words('"Halvane is dead"', None)) == "“Halvane is dead”"


def test_a_toll_that_no_report_gives_with_the_named_victim_is_told_without_the_name():
    before, now = (told(n=n, **HALVANE) for n in (4, 9))
    apart = msgspec.structs.replace(now, apart=("killed",))
    text = sentence("count", before, apart, [quote(outlet=None)])
    assert "9 people" in text
    assert "Halvane" not in text
    assert "Halvane" in sentence("count", before, now, [quote(outlet=None)])
    status = sentence("status", before, apart, [quote(outlet=None)])
    assert "Halvane" in status
    assert "9" not in status

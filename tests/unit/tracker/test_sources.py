"""Sources: who speaks in a report, and for whom a pronoun stands."""

import pytest
from builders import full_report, mention, tagged

from services.messages import Attribution, AttributionSpan
from services.tracker.sources import PRONOUN_REACH, Sources


def said_by(text, *names, types=None, mentions=()):
    """Return the speakers of the last name; every name is the source of "said" behind it."""
    types = types or {}
    found, spoken, reports = list(mentions), [], []
    at = 0
    for i, name in enumerate(names):
        at = text.index(name, at)
        span = (at, at + len(name))
        is_pronoun = name in ("it", "he", "she")
        if not is_pronoun:
            found.append(mention(name, types.get(name, "organisation"), at, id=f"m{i}"))
        cue = (span[1], span[1] + 4)
        one = Attribution(
            mention=None if is_pronoun else f"m{i}",
            kind="unnamed" if is_pronoun else "official",
            cue=cue,
            source=span,
            named=not is_pronoun,
        )
        spoken.append(AttributionSpan(source=span, mention=one.mention, cue=cue))
        reports.append(full_report(f"r{i}", attribution=(one,)))
        at = span[1]
    article = tagged(
        text=text, mentions=tuple(found), reports=tuple(reports), attributions=tuple(spoken)
    )
    sources = Sources(article)
    last = reports[-1].attribution
    speakers = sources.of(last)
    assert not {"it", "she"} & {speaker.label for speaker in speakers}
    return [s.key for s in speakers], sources.are_pronouns(last)


@pytest.mark.parametrize(
    ("text", "names", "types", "expected"),
    [
        ("Council said so. Ada was hurt, it said.", ("Council", "it"), {}, "council"),
        ("Roe said so. Ada was hurt, she said.", ("Roe", "she"), {"Roe": "person"}, "roe"),
        ("Roe said so. Ada was hurt, it said.", ("Roe", "it"), {"Roe": "person"}, None),
        ("Council said so. Ada was hurt, she said.", ("Council", "she"), {}, None),
        ("Council said so. Navy said no. It, it said.", ("Council", "Navy", "it"), {}, "navy"),
        ("It rained. Ada was hurt, it said.", ("it",), {}, None),
    ],
)  # fmt: skip
def test_a_pronoun_stands_for_who_spoke_last_if_it_may(text, names, types, expected):
    keys, are_pronouns = said_by(text, *names, types=types)
    assert keys == [expected]
    assert are_pronouns == (expected is not None)


def test_a_name_is_no_pronoun():
    assert said_by("Council said so.", "Council") == (["council"], False)


@pytest.mark.parametrize(
    ("distance", "is_found"), [(PRONOUN_REACH, True), (PRONOUN_REACH + 1, False)]
)
def test_who_spoke_is_looked_for_within_the_reach_of_a_pronoun(distance, is_found):
    text = "Council said so.".ljust(distance) + "it said."
    keys, _ = said_by(text, "Council", "it")
    assert (keys == ["council"]) == is_found


def test_a_pronoun_stands_for_who_is_quoted_on_what_is_no_event():
    text = '"They waited," Roe said. He said two drivers were killed.'
    spoken = AttributionSpan(source=(15, 18), mention="m0", cue=(19, 23))
    said = Attribution(mention=None, kind="unnamed", cue=(28, 32), source=(25, 27))
    article = tagged(
        text=text,
        mentions=(mention("Roe", "person", 15, id="m0"),),
        reports=(full_report("r", attribution=(said,)),),
        attributions=(spoken,),
    )
    sources = Sources(article)
    assert [speaker.key for speaker in sources.of([said])] == ["roe"]
    assert sources.are_pronouns([said])

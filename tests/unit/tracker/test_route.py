"""How far route looks for the office of a speaker, and how many versions it remembers."""

import pytest
from builders import mention, tagged

from services.messages import ArticleBlocks, Attribution, Report, decode, encode
from services.ports import Record
from services.tracker.route import MAX_VERSIONS, OFFICE_REACH, RouteMachine, route


def spoken(text, name):
    """Return the words by which a speaker is known."""
    start = text.index(name)
    speaker = mention(name, start=start)
    said = Attribution(
        cue=(0, 1),
        source=(start, speaker.end),
        mention=speaker.id,
        kind="official",
        named=True,
    )
    one = Report(
        report_id="r",
        event="killed",
        plover="ASSAULT",
        trigger=(0, 1),
        sentence=(0, len(text)),
        sentence_index=0,
        stance="reported",
        claim_block="violence:halvane",
        attribution=(said,),
        rule="x",
    )
    (message,) = route(tagged(text=text, mentions=(speaker,), reports=(one,)), None)
    return message.reports[0].speakers[0].words


@pytest.mark.parametrize(
    ("letters", "is_found"), [(OFFICE_REACH - 5, True), (OFFICE_REACH - 4, False)]
)
def test_the_office_before_a_name_is_looked_for_within_its_reach(letters, is_found):
    office = "chief " + "x" * (letters - 2)
    assert ("chief" in spoken(f"by {office} Sando", "Sando").split()) == is_found


@pytest.mark.parametrize("n", [MAX_VERSIONS, MAX_VERSIONS + 1])
def test_the_latest_versions_of_an_article_are_remembered(n):
    machine, rows = RouteMachine(), list[ArticleBlocks]()
    for version in range(1, n + 1):
        article = tagged(version=version, first_seen_at=None)
        if version == 1:
            machine.restore("a1", encode(ArticleBlocks(article_id="a1", version=1, blocks=("b",))))
        out = machine.step(Record("tagged-articles", 0, 0, "a1", encode(article)))
        rows.append(decode(ArticleBlocks, out[-1].value))
    kept = [v.version for v in rows[-1].versions]
    assert kept == list(range(n - MAX_VERSIONS + 1, n + 1))

"""A claim's page says each thing once, names people and outlets, and bounds what it lists."""

import msgspec
import pytest
from builders import claim, hours, in_block, judgement, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.desk.articles import MOST_CHANGES, ArticleFact, article_of, articles_of
from services.desk.claim import MOST_ARTICLES, claim_view
from services.desk.copies import MOST_COPIES, MOST_VOICES
from services.desk.dispute import MOST_ANSWERS, MOST_SPEAKERS
from services.desk.timeline import MOST_ENTRIES, WHY
from services.messages import Evidence, OriginGroup, Slot, SlotAnswer, Transition, Verdict
from services.messages.verdict import WRONG_REASONS
from services.ports import JsonObject
from services.tracker.claims.fold import fold
from services.tracker.claims.rules import LEVELS, STATUSES
from services.tracker.grouping.judgements import DISMISSED
from services.tracker.grouping.verdicts import rule_of

BLOCK = "violence:halvane"


def folded(*articles, judgements=()):
    (made,) = fold(BLOCK, [in_block(a) for a in articles], judgements)
    return made


def facts(claim_, **kw):
    return {
        id: ArticleFact(id, title=f"Title of {id}", outlet=f"outlet {id}", at=hours(n), **kw)
        for n, id in enumerate(claim_.article_ids)
    }


def view(claim_, articles=None, now=None):
    return claim_view(claim_, facts(claim_) if articles is None else articles, now or hours(9))


LIFE = (
    said("a", report("r1", killed=7)),
    said("b", report("r2", killed=9), hour=1),
    said("c", report("r3", stance="denied"), hour=2),
)


def test_a_dispute_shows_both_sides_and_why():
    shown = view(folded(*LIFE))
    assert (shown.status, shown.status_name) == ("disputed", "Disputed")
    assert shown.why == WHY["status/origins-contradict"]
    assert (shown.sides.affirmed.article_id, shown.sides.denied.article_id) == ("a", "c")
    assert view(folded(*LIFE[:2])).sides is None


def test_each_answer_says_who_gives_it_and_nothing_is_averaged():
    shown = view(folded(*LIFE[:2]))
    who, killed = shown.questions
    assert (who.asked, who.answers[0].speakers) == (
        "Who was affected",
        "outlet a and outlet b",
    )
    assert killed.summary == "7 to 9, the latest 9"
    assert [(a.label, a.speakers, a.is_latest) for a in killed.answers] == [
        ("7", "outlet a", False),
        ("9", "outlet b", True),
    ]


def test_the_life_has_each_step_and_each_new_voice_once():
    shown = view(folded(*LIFE))
    assert [(e.kind, e.heading) for e in shown.timeline.entries] == [
        ("status", "First reported"),
        ("status", "Now corroborated"),
        ("status", "Now disputed"),
    ]
    copies = (said("d", report("r4"), hour=3, text="w " * 40, outlet="outlet a"),)
    shown = view(folded(*LIFE, *copies))
    assert len(shown.timeline.entries) == 3
    assert [v.n for v in shown.voices.shown] == [2, 1, 1]


def test_copies_stand_under_their_voice_with_names():
    wire = [said(f"w{n}", report(f"r{n}"), hour=n, wire="reuters") for n in range(15)]
    shown = view(folded(*wire))
    (voice,) = shown.voices.shown
    assert (voice.name, voice.kind, voice.n) == ("Reuters", "news agency", 15)
    assert voice.first.article_id == "w0"
    assert (len(voice.copies), voice.left_out) == (MOST_COPIES, 4)
    assert shown.voices.summary == "1 independent source in 15 articles"


def test_an_edit_shows_what_it_took_out_and_put_in():
    made = folded(*LIFE)
    documents: list[JsonObject] = [
        {"article_id": "a", "outlet": "Post", "title": "T", "version": 1936252800000, "cause":
         "edit", "taken_out": ["seven", ""], "put_in": ["nine", "" ], "sorted_at": None},
        {"article_id": "b", "outlet": "Star", "withdrawn": "the page is gone (410)"},
    ]  # fmt: skip
    shown = view(made, articles_of(documents))
    edits = [e for e in shown.timeline.entries if e.kind in ("edit", "withdrawn")]
    assert {e.heading for e in edits} == {"Post changed its article", "Star took its article back"}
    (changed,) = (e.article for e in edits if e.kind == "edit")
    assert [(c.out, c.put) for c in changed.changes] == [("seven", "nine")]
    assert changed.edited_at.year == 2031


def test_a_dismissal_is_told_once_with_its_author_and_reason():
    away = judgement("dismiss", reports=("r1",), at=hours(4), why="a drill")
    shown = view(folded(*LIFE, judgements=(away,)))
    assert shown.why == "mara dismissed it: a drill"
    told = [e for e in shown.timeline.entries if e.at == hours(4)]
    assert [(e.kind, e.heading, e.why) for e in told] == [
        ("status", "Taken back: mara dismissed it", "a drill")
    ]
    assert [d.heading for d in shown.decisions] == ["mara dismissed it"]


def test_what_the_desk_called_wrong_is_told_with_its_author():
    wrong = Verdict(
        verdict_id="v", about="claim", id="c1", answer="wrong", reason="no-event", by="amira",
        at=hours(4), note="a drill",
    )  # fmt: skip
    step = Transition(at=hours(4), to="retracted", report_id="v", rule=rule_of(wrong))
    shown = view(claim(status="retracted", history=(step,), verdicts=(wrong,)), {})
    assert shown.why == "amira called it wrong: no such event."
    (entry,) = shown.timeline.entries
    assert (entry.heading, entry.why) == (
        "Taken back: amira called it wrong: no such event",
        "a drill",
    )
    (entry,) = view(claim(verdicts=(wrong,)), {}).timeline.entries
    assert (entry.kind, entry.why) == ("judgement", "a drill")


def test_every_rule_of_the_tracker_has_a_reason_in_words():
    rules = {*(rule.name for rule in LEVELS), *(rule.name for rule in STATUSES), DISMISSED}
    rules |= {f"verdict/{reason}" for reason in WRONG_REASONS}
    named = {name.partition("@")[0] for name in rules} - {"status/level"}
    assert named == set(WHY)


def test_speakers_are_called_as_sentences_call_them_and_never_by_key():
    keyed = claim(
        origins=(
            OriginGroup(key="aadras-halvana", kind="speaker", members=("a",), n=1),
            OriginGroup(key="coast-post", kind="publisher", members=("b",), n=1),
            OriginGroup(key=None, kind="unknown", members=("c",), n=1),
        )
    )
    shown = view(keyed, {"c": ArticleFact("c", outlet="Blog")})
    assert [v.name for v in shown.voices.shown] == ["A speaker", "Coast Post", "Blog"]
    assert [v.is_counted for v in shown.voices.shown] == [True, True, False]


@pytest.mark.parametrize(("kind", "last"), [("speaker", "c"), ("wire", None)])
def test_a_speaker_stands_with_the_last_word_and_a_wire_with_the_first(kind, last):
    origin = OriginGroup(key="olf", kind=kind, members=("c", "a", "b", "x"), n=4)
    known = {id: ArticleFact(id, at=hours(n)) for n, id in enumerate("abc")}
    (voice,) = view(claim(origins=(origin,)), known).voices.shown
    assert voice.first.article_id == "a"
    assert (voice.last and voice.last.article_id) == last
    copies = [each.article_id for each in voice.copies]
    assert copies == (["b", "x"] if last else ["b", "c", "x"])
    assert (voice.n, voice.left_out) == (4, 0)


@pytest.mark.parametrize(
    ("key", "speakers", "name"),
    [
        ("orran-monitor", ["The Orran Monitor", "Halvane"], "The Orran Monitor"),
        ("olf", ["Orran Liberation Front"], "Orran Liberation Front"),
        ("olf", ["Orran Liberation Front", "a witness"], "A speaker"),
        ("olf", [], "A speaker"),
    ],
)
def test_a_speaker_of_a_dictionary_is_called_as_its_articles_call_it(key, speakers, name):
    said_ = tuple(
        Evidence(article_id="a", version=1, quote=f"q{who}", mark=(0, 1), speaker=who)
        for who in speakers
    )
    origin = OriginGroup(key=key, kind="speaker", members=("a",), n=1)
    shown = view(claim(origins=(origin,), evidence=said_), {})
    assert [voice.name for voice in shown.voices.shown] == [name]


def test_a_claim_of_which_nothing_is_left_is_called_by_its_sentence():
    said_ = Evidence(article_id="a", version=1, quote="Tomas Werrin was arrested.", mark=(0, 1))
    bare = claim(event="arrested", status="retracted", evidence=(said_,), n_reports=0)
    assert view(bare, {}).sentence == "Arrests: “Tomas Werrin was arrested.”"


def test_what_a_large_claim_leaves_out_is_told():
    answers = tuple(
        SlotAnswer(key=f"k{n}", label=f"{n}", min=n, max=n, origins=tuple(map(str, range(9))))
        for n in range(MOST_ANSWERS + 3)
    )
    ids = tuple(f"a{n}" for n in range(MOST_ARTICLES + 5))
    origins = tuple(
        OriginGroup(key=f"o-{n}", kind="publisher", members=(id,), n=1) for n, id in enumerate(ids)
    )
    large = claim(
        article_ids=ids,
        origins=origins,
        slots={"count.killed": Slot(answers=answers)},
        cut="slots.place: 3 of 9; origins: 1,200 of 1,500",
        n_reports=len(ids),
    )
    shown = view(large)
    (killed,) = shown.questions
    assert (len(killed.answers), killed.left_out) == (MOST_ANSWERS, 3)
    assert (len(killed.answers[0].by), killed.answers[0].more) == (1, 0)
    assert len(shown.articles) == MOST_ARTICLES
    assert (len(shown.voices.shown), shown.voices.left_out) == (MOST_VOICES, len(ids) - MOST_VOICES)
    assert shown.left_out == (
        "3 of 9 answers",
        "1,200 of 1,500 sources",
        "5 of 205 articles in the middle",
    )


def test_many_speakers_are_counted():
    origins = [f"o{n}" for n in range(MOST_SPEAKERS + 1)]
    given_ = Slot(answers=(SlotAnswer(key="m", label="Meris", origins=tuple(origins)),))
    groups = tuple(OriginGroup(key=o, kind="publisher", members=(o,), n=1) for o in origins)
    many = claim(slots={"place": given_}, origins=groups, article_ids=tuple(origins))
    (where,) = view(many).questions
    assert where.answers[0].speakers == "outlet o0, outlet o1, outlet o2, outlet o3 and 1 more"


@pytest.mark.parametrize(("n", "gap"), [(MOST_ENTRIES, 0), (MOST_ENTRIES + 1, 1)])
def test_a_long_life_keeps_its_beginning_its_end_and_its_steps(n, gap):
    notes = tuple(judgement("note", at=hours(i), why=f"{i}") for i in range(n - 1))
    step = Transition(at=hours(12.5), to="reported", report_id="r", rule="level/reported@1")
    shown = view(claim(judgements=notes, history=(step,)), {})
    timeline = shown.timeline
    assert (len(timeline.entries), timeline.gap) == (MOST_ENTRIES, gap)
    assert [e.kind for e in timeline.entries].count("status") == 1
    assert timeline.entries[-1].why == f"{n - 2}"


def test_voices_that_were_not_looked_up_are_counted_and_the_newest_are_told():
    ids = tuple(f"a{n}" for n in range(MOST_VOICES + 30))
    origins = tuple(OriginGroup(key=id, kind="publisher", members=(id,), n=1) for id in ids)
    many = claim(article_ids=ids, origins=origins)
    known = {id: ArticleFact(id, outlet=id, at=hours(n)) for n, id in enumerate(ids) if n != 5}
    timeline = view(many, known).timeline
    assert timeline.entries[-1].heading == f"{ids[-1]} reports it"
    assert len(timeline.entries) + timeline.gap == len(ids)
    assert all(entry.at for entry in timeline.entries)


def test_changes_of_an_edit_are_bounded():
    words = [f"w{n}" for n in range(MOST_CHANGES + 2)]
    fact = article_of({"article_id": "a", "taken_out": words, "put_in": words})
    assert (len(fact.changes), fact.more_changes) == (MOST_CHANGES, 2)


def test_a_claim_closes_at_its_time():
    closing = claim(closes_at=hours(3))
    assert not view(closing, {}, hours(2.99)).is_closed
    assert view(closing, {}, hours(3)).is_closed


@given(
    st.dictionaries(
        st.sampled_from(["article_id", "title", "outlet", "url", "sorted_at", "version", "cause",
                         "taken_out", "put_in", "withdrawn"]),
        st.none() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=3),
    )
)  # fmt: skip
def test_a_document_of_any_shape_is_read(document):
    fact = article_of(document)
    assert isinstance(fact.title, str)
    assert fact.at is None or fact.at.tzinfo is not None


def test_an_empty_claim_has_a_page():
    assert view(claim(slots={"place": Slot()}, n_reports=0, status="retracted"), {}).questions == ()


def test_a_claim_of_any_kind_survives_a_round_trip_to_builtins():
    shown = view(folded(*LIFE))
    assert isinstance(msgspec.to_builtins(shown), dict)
    assert isinstance(msgspec.json.encode(shown), bytes)

"""Claims of several blocks that are one event: what joins them, in any order."""

from datetime import timedelta

import msgspec
import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Known, Marks, Party, Scene
from services.rows import MemoryRows
from services.tracker.grouping import meeting as meeting_module
from services.tracker.grouping.exclusion import any_excluded
from services.tracker.grouping.meeting import Meeting, lead_of

A_SECOND = timedelta(seconds=1)
NO_TIME = timedelta(0)


def party(
    claim_id, block, after=NO_TIME, names=("osk", "werrin"), rank=1, lasts=NO_TIME, known=None, **kw
):
    """Return a claim of a death in Osk, said so long after START."""
    at = START + after
    traits = {
        "kinds": ("killed",),
        "first_at": at,
        "last_at": at + lasts,
        "wordings": (("blast",),),
    } | (known or {})
    return Party(
        claim_id=claim_id,
        block=f"violence:{block}",
        at=at,
        first=claim_id,
        rank=rank,
        known=Known(**traits),
        names=names,
        incidents=(f"i-{claim_id}",),
        **kw,
    )


def groups(*parties):
    meeting = Meeting(MemoryRows())
    for one in parties:
        meeting.update([one], ())
    return {one.claim_id: meeting.leader(one.claim_id) for one in parties}


def meet(a, b):
    found = groups(a, b)
    assert found.keys() == groups(b, a).keys()
    assert found == groups(b, a)
    return len(set(found.values())) == 1


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (("osk", "werrin"), True),
        (("osk", "lund"), False),
        (("lower-osk", "ida-werrin"), True),
        (("werrin-ida-anna", "osk-upper-lower"), True),
    ],
)
def test_two_names_in_common_join_and_one_alone_does_not(names, one):
    assert meet(party("a", "osk"), party("b", "halvane", A_SECOND, names)) == one


@pytest.mark.parametrize(
    ("speaking", "others", "one"),
    [(("werrin",), ("werrin",), False), (("werrin",), (), True), ((), ("werrin",), True)],
)
def test_a_name_that_only_speaks_on_both_sides_is_not_in_common(speaking, others, one):
    assert meet(party("a", "?", speaking=speaking), party("b", "osk", speaking=others)) == one


def test_one_word_of_a_name_is_no_second_name():
    """Osk and Upper Osk are both matched by Osk, which is one name."""
    assert not meet(party("a", "osk", names=("osk", "upper-osk")), party("b", "x", names=("osk",)))


@pytest.mark.parametrize(
    ("name", "other", "one"),
    [
        ("port-osk", "osk-port-city", True),
        ("osk-port-city", "port-osk", True),
        ("port-osk-city", "osk-port-town", False),
        ("port-osk", "port-renn", False),
    ],
)
def test_a_name_of_several_words_is_one_with_another_that_has_all_of_them(name, other, one):
    a, b = party("a", "osk", names=(name, "werrin")), party("b", "renn", names=(other, "werrin"))
    assert meet(a, b) == one


TWO_WORDS = {"wordings": (("blast", "mill"),)}


class CountedRows(MemoryRows):
    """Rows that count how often one is asked for."""

    asked = 0

    def get(self, key):
        self.asked += 1
        return super().get(key)


def cost_of_one_more(name, n, block="b{}", words="blast"):
    """Return how many rows one more claim asks for, beside so many."""
    rows = CountedRows()
    *known, new = [
        party(
            f"c{i}",
            block.format(i),
            names=(name.format(i),),
            known={"wordings": (tuple(words.format(i).split()),)},
        )
        for i in range(n + 1)
    ]
    Meeting(rows).update(known, ())
    rows.asked = 0
    Meeting(rows).update([new], ())  # without what the first one remembers
    return rows.asked


def test_a_party_that_was_read_is_not_read_again_and_never_older_than_it_is():
    rows = CountedRows()
    meeting = Meeting(rows)
    meeting.update([party("a", "osk", names=("werrin",))], ())
    assert meeting.get("a").names == ("werrin",)
    asked = rows.asked
    assert meeting.get("a").names == ("werrin",)
    assert rows.asked == asked
    meeting.update([party("a", "osk", names=("renn",))], ())
    assert meeting.get("a").names == ("renn",)
    meeting.put(party("a", "osk", names=("renn",), leader="b", published=3))
    assert (meeting.get("a").leader, meeting.get("a").published) == ("b", 3)
    meeting.remove("a")
    assert meeting.get("a") is None


def test_more_parties_than_are_kept_in_memory_meet_as_fewer_do(monkeypatch):
    some = [
        party(f"c{n}", f"b{n}", names=("werrin", f"n{n % 3}"), known=TWO_WORDS) for n in range(12)
    ]
    groups = []
    for known in (meeting_module.KNOWN, 2):
        monkeypatch.setattr(meeting_module, "KNOWN", known)
        meeting = Meeting(MemoryRows())
        for each in some:
            meeting.update([each], ())
        groups.append([meeting.leader(each.claim_id) for each in some])
    assert groups[0] == groups[1]
    assert len(set(groups[0])) < len(some)


def test_what_shares_a_word_or_a_block_is_not_looked_at_and_what_shares_a_name_is():
    alone = cost_of_one_more("al-{}", 0)
    assert cost_of_one_more("al-{}", 40) == alone
    assert cost_of_one_more("al-osk", 40, block="osk") == alone
    assert cost_of_one_more("al-osk", 40) > alone


def test_what_shares_few_words_is_not_looked_at_and_what_shares_many_is():
    few = "authorities confirmed explosion yesterday mill{}"
    alone = cost_of_one_more("osk-{}", 0, words=few)
    assert cost_of_one_more("osk-{}", 40, words=few) == alone
    many = "authorities confirmed explosion yesterday mill lorry{}"
    assert cost_of_one_more("osk-{}", 40, words=many) > alone


@pytest.mark.parametrize(
    ("known", "one"),
    [
        ({"wordings": (("blast", "mill"),)}, True),
        ({"wordings": (("blast",),)}, False),
        ({"wordings": (), "tolls": (("killed", 3),)}, False),
    ],
)
def test_one_name_joins_with_two_words_in_common(known, one):
    a, b = (party(i, i, names=("osk",), known=known) for i in "ab")
    assert meet(a, b) == one


@pytest.mark.parametrize(("more", "one"), [(2, True), (3, False)])
def test_one_name_joins_with_half_of_the_shorter_text(more, one):
    a, b = (
        party(i, i, names=("osk",), known={"wordings": (("blast", "mill", *own[:more]),)})
        for i, own in (("a", ("fox", "oak", "elm")), ("b", ("ash", "hut", "lamp")))
    )
    assert meet(a, b) == one


@pytest.mark.parametrize(
    ("known", "one"),
    [
        ({"wordings": (("blast",),)}, True),
        ({"wordings": (), "tolls": (("killed", 3),)}, True),
        ({"wordings": ()}, False),
    ],
)
def test_two_names_join_with_a_word_or_a_toll_in_common(known, one):
    assert meet(*(party(i, i, known=known) for i in "ab")) == one


@pytest.mark.parametrize(("later", "one"), [(NO_TIME, True), (A_SECOND, False)])
def test_claims_meet_within_three_days(later, one):
    lasts = timedelta(hours=5)
    other = party("b", "halvane", lasts + timedelta(days=3) + later)
    assert meet(party("a", "osk", lasts=lasts), other) == one


def test_what_a_block_keeps_apart_does_not_meet_unless_the_block_is_of_nobody():
    assert not meet(party("a", "osk"), party("b", "osk", A_SECOND))
    assert meet(party("a", "?", rank=2), party("b", "?", A_SECOND, rank=2))


@pytest.mark.parametrize(
    ("common", "of_own", "one"), [(5, 5, True), (5, 6, False), (4, 0, False), (6, 6, True)]
)
def test_without_a_common_name_many_words_and_half_of_the_shorter_text_join(common, of_own, one):
    """`of_own`: the words that each text has for itself."""
    shared = [f"word{i}" for i in range(common)]
    a, b = (
        party(i, i, names=(), known={"wordings": ((*shared, *(f"{i}{n}" for n in range(of_own))),)})
        for i in ("left", "right")
    )
    assert meet(a, b) == one


def test_claims_of_two_families_do_not_meet():
    arrest = msgspec.structs.replace(party("b", "x"), block="custody:x")
    assert not meet(party("a", "osk"), arrest)


@pytest.mark.parametrize(
    ("a", "b", "one"), [("idris-halvane", "olvin", False), ("idris-halvane", "halvane", True)]
)
def test_two_named_victims_meet_only_if_they_may_be_one(a, b, one):
    assert meet(party("a", a, rank=0), party("b", b, A_SECOND, rank=0)) == one


def test_deaths_and_wounds_are_two_events_but_an_act_joins_either():
    wounded = {"kinds": ("wounded",)}
    assert not meet(party("a", "osk"), party("b", "x", known=wounded))
    assert meet(party("a", "osk"), party("b", "x", known={"kinds": ()}))


def test_a_claim_joins_no_group_with_one_that_excludes_it():
    """It can be one with the claim that names no day, but not with the other one of that group."""
    days = [{"marks": (Marks(days=(d,)),)} if d else {} for d in (100, 0, 103)]
    first, middle, last = (
        party(i, i, timedelta(hours=n), known=known)
        for n, (i, known) in enumerate(zip("abc", days, strict=True))
    )
    found = groups(first, middle, last)
    assert found == {"a": "a", "b": "a", "c": "c"}


def test_where_names_are_equal_a_claim_joins_the_one_with_most_words_in_common():
    leader, deputy = (
        party(i, i, rank=0, known={"wordings": ((i, "raid", "mill"),)})
        for i in ("halvane", "werrin")
    )
    wake = party("wake", "osk", A_SECOND, known={"wordings": (("wake", "raid", "werrin"),)})
    assert groups(leader, deputy, wake)["wake"] == "werrin"
    assert groups(deputy, leader, wake)["wake"] == "werrin"


def test_the_claim_that_names_its_victim_stands_for_the_group_then_the_first():
    place, victim, nobody = (
        party("a", "osk"),
        party("b", "halvane", A_SECOND, rank=0),
        party("c", "?", rank=2),
    )
    assert lead_of([place, victim, nobody]) is victim
    assert lead_of([nobody, place]) is place
    assert lead_of([place, party("d", "x", A_SECOND)]) is place


DAYS = st.sampled_from([0, 1, 2, 4, 5, 9])
PARTIES = st.lists(
    st.builds(
        lambda i, block, day, names, kinds, marked, rank: party(
            f"c{i}",
            block,
            timedelta(days=day),
            names,
            0 if block in ("olvin", "halvane") else rank,
            known={"kinds": kinds, "marks": marked},
        ),
        st.integers(0, 9),
        st.sampled_from(["osk", "renn", "olvin", "halvane", "?"]),
        DAYS,
        st.sampled_from(
            [("osk", "werrin"), ("osk", "werrin", "lund"), ("osk-east",), ("lund", "werrin"), ()]
        ),
        st.sampled_from([("killed",), (), ("wounded",)]),
        st.lists(
            st.builds(
                Marks,
                days=st.sampled_from([(), (100,), (103,)]),
                places=st.sampled_from(
                    [
                        (),
                        (Scene(key="osk", precision="town"),),
                        (Scene(key="renn", precision="town"),),
                    ]
                ),
            ),
            max_size=2,
        ).map(lambda found: tuple(m for m in found if m != Marks())),
        st.integers(1, 2),
    ),
    max_size=9,
    unique_by=lambda p: p.claim_id,
)


def together(meeting, parties):
    return {one.claim_id: meeting.leader(one.claim_id) for one in parties}


@given(PARTIES, st.data())
def test_groups_are_a_function_of_the_set_of_parties(parties, data):
    """However they come, whatever they said before, and whoever came between and went."""
    at_once, one_by_one = Meeting(MemoryRows()), Meeting(MemoryRows())
    at_once.update(parties, ())
    other_words = data.draw(PARTIES)
    for one in other_words:
        one_by_one.update([one], ())
    one_by_one.update(
        (), [p.claim_id for p in other_words if p.claim_id not in together(at_once, parties)]
    )
    for one in data.draw(st.permutations(parties)):
        one_by_one.update([one], ())
    for one in parties[:2]:
        one_by_one.update([one], ())
    assert together(one_by_one, parties) == together(at_once, parties)


@given(PARTIES)
def test_no_group_holds_two_claims_that_exclude_each_other(parties):
    meeting = Meeting(MemoryRows())
    meeting.update(parties, ())
    for one in parties:
        group = meeting.group(one.claim_id)
        for a, b in ((x, y) for x in group for y in group if x.claim_id < y.claim_id):
            assert a.block != b.block or a.block.endswith(":?")
            assert not any_excluded(a.known.marks, b.known.marks)


@given(PARTIES)
def test_an_update_tells_of_all_that_changed(parties):
    meeting = Meeting(MemoryRows())
    meeting.update(parties[1:], ())
    before = {p.claim_id: meeting.get(p.claim_id) for p in parties}
    moved = meeting.update(parties[:1], [p.claim_id for p in parties[1:2]])
    for claim_id, was in before.items():
        if meeting.get(claim_id) != was:
            assert moved[claim_id] == was

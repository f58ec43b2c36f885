"""The fold: what a set of reports amounts to."""

import pytest
from builders import answer, in_block, report, said, speaker
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Claim, EventDate, Speaker, encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.fold import fold

BLOCK = "violence:halvane"


def folded(*articles) -> Claim:
    claims = fold(BLOCK, [in_block(a) for a in articles])
    assert len(claims) == 1
    return claims[0]


def steps(machine, *messages):
    out = []
    for i, message in enumerate(messages):
        out += machine.step(Record("reports", 0, i, message.article_id, encode(message)))
    return out


def test_one_hedged_report_is_reported():
    claim = folded(said("a", report("r1")))
    assert (claim.status, claim.n_independent, claim.n_reports) == ("reported", 1, 1)


def test_a_named_party_makes_it_claimed():
    assert (
        folded(said("a", report("r1", stance="claimed", speakers=(speaker("brigade"),)))).status
        == "claimed"
    )


def test_wire_copies_are_one_origin():
    wire = [said(i, report(f"r{i}"), wire="meridian", hour=n) for n, i in enumerate("abc")]
    claim = folded(*wire)
    assert (claim.n_reports, claim.n_independent, claim.status) == (3, 1, "reported")


def test_copied_text_is_one_origin_even_without_a_credit():
    claim = folded(
        said("a", report("r1"), text="x " * 40), said("b", report("r2"), text="x " * 40, hour=1)
    )
    assert claim.n_independent == 1


def test_two_independent_origins_corroborate():
    claim = folded(said("a", report("r1")), said("b", report("r2"), hour=1))
    assert (claim.status, claim.n_independent) == ("corroborated", 2)


def test_unnamed_sources_of_an_unknown_outlet_never_add():
    unknown = said("b", report("r2", speakers=(speaker(None, "unnamed"),)), hour=1)
    unknown = type(unknown)(
        **{f: getattr(unknown, f) for f in unknown.__struct_fields__ if f != "outlet"}
    )
    assert folded(said("a", report("r1")), unknown).n_independent == 1


def test_the_affected_side_confirms():
    confirming = report(
        "r2", stance="confirmed", speakers=(speaker("spokesman", affiliation=("front",)),)
    )
    assert folded(said("a", report("r1")), said("b", confirming, hour=1)).status == "confirmed"


def test_the_attacker_does_not_confirm():
    by_attacker = report(
        "r1",
        stance="claimed",
        agent=(answer("tarvan", "state"),),
        speakers=(speaker("tarvan", "official"),),
    )
    assert folded(said("a", by_attacker)).status == "claimed"


def test_an_official_who_is_no_party_confirms():
    official = report(
        "r1",
        stance="claimed",
        agent=(answer("tarvan", "state"),),
        speakers=(speaker("coroner", "official"),),
    )
    assert folded(said("a", official)).status == "confirmed"


def test_a_denial_by_another_origin_disputes():
    denial = said("b", report("r2", stance="denied", speakers=(speaker("front"),)), hour=1)
    assert folded(said("a", report("r1")), denial).status == "disputed"


def test_only_denials_are_denied():
    assert folded(said("a", report("r1", stance="denied"))).status == "denied"


def test_a_denial_is_no_copy_of_what_it_denies():
    claim = folded(
        said("a", report("r1"), text="x " * 40),
        said("b", report("r2", stance="denied"), text="x " * 40, hour=1),
    )
    assert claim.status == "disputed"


def test_an_origins_last_word_is_its_word():
    """A group that denied its leader's death and then confirms it no longer disputes it."""
    front = speaker("front")
    denial = said("b", report("r2", stance="denied", speakers=(front,)), hour=1)
    confirmation = said("c", report("r3", stance="confirmed", speakers=(front,)), hour=2)
    claim = folded(said("a", report("r1")), denial, confirmation)
    assert claim.status == "confirmed"
    assert [t.to for t in claim.history] == ["reported", "disputed", "confirmed"]


def test_conditions_and_old_news_open_nothing():
    for stance in ("hypothetical", "background"):
        assert fold(BLOCK, [in_block(said("a", report("r1", stance=stance)))]) == []


def test_two_perpetrators_dispute_the_slot_not_the_claim():
    claim = folded(
        said("a", report("r1", agent=(answer("kostria", "state"),))),
        said("b", report("r2", agent=(answer("tarvan", "state"),)), hour=1),
    )
    assert claim.slots["agent"].disputed
    assert claim.status == "corroborated"


def tolls(*numbers, outlets="abcdef"):
    """Return the slot of a toll told hour by hour, each time by the next outlet."""
    articles = [
        said(f"{i}", report(f"r{i}", killed=n), hour=i, outlet=outlets[i])
        for i, n in enumerate(numbers)
    ]
    return folded(*articles).slots["count.killed"]


def test_counts_keep_every_answer():
    assert [a.min for a in tolls(4, 8).answers] == [4, 8]


def test_a_rising_toll_is_no_dispute():
    assert not tolls(4, 8, 12).disputed


def test_a_lower_toll_by_another_origin_is_a_dispute():
    assert tolls(8, 4).disputed


def test_an_origin_that_holds_on_to_a_lower_toll_disputes_it():
    assert tolls(3, 40, 3, outlets="aba").disputed


def test_an_origin_that_lowers_its_own_toll_corrects_it():
    assert not tolls(19, 16, outlets="aa").disputed


def test_descriptions_of_perpetrators_exclude_nobody():
    gunmen = report("r1", agent=(answer("gunmen", named=False),))
    claim = folded(
        said("a", gunmen), said("b", report("r2", agent=(answer("tarvan", "state"),)), hour=1)
    )
    assert not claim.slots["agent"].disputed


def test_who_denies_having_done_it_disputes_the_perpetrator_not_the_event():
    accusing = report("r1", event="bombing", patient=(), agent=(answer("tarvan", "state"),))
    denial = report(
        "r2", event="bombing", patient=(), stance="denied", speakers=(speaker("tarvan"),)
    )
    claim = folded(said("a", accusing), said("b", denial, hour=1))
    assert (claim.status, claim.slots["agent"].disputed, claim.n_reports) == ("reported", True, 2)


def test_who_could_not_confirm_is_no_voice():
    unsure = report("r2", cues=("unverified",), speakers=(speaker("ministry", "official"),))
    claim = folded(said("a", report("r1")), said("b", unsure, hour=1))
    assert (claim.status, claim.n_independent, claim.n_reports) == ("reported", 1, 2)


def test_a_cited_paper_is_the_paper_itself():
    citing = report("r2", stance="claimed", speakers=(speaker("outlet a"),))
    claim = folded(said("a", report("r1")), said("b", citing, hour=1))
    assert (claim.status, claim.n_independent) == ("reported", 1)


def test_who_cites_a_paper_has_it_from_whom_the_paper_has_it():
    quoting = report("r1", stance="claimed", speakers=(speaker("oskar denn"),))
    citing = report("r2", speakers=(speaker("outlet a"),))
    assert folded(said("a", quoting), said("b", citing, hour=1)).n_independent == 1


def test_a_speaker_is_one_by_the_fullest_name_that_an_article_gives():
    both = (
        report("r1", speakers=(speaker("armi"),)),
        report("r2", speakers=(speaker("tarvan-armi"),)),
    )
    again = report("r3", speakers=(speaker("tarvan-armi"),))
    assert folded(said("a", *both), said("b", again, hour=1)).n_independent == 1


@pytest.mark.parametrize(
    "words",
    [
        "police chief Berit Sando", "mayor Oda Lunt", "the regional hospital", "the fire service",
        "Tilda Morn, the village head", "his daughter Hanne Tamm", "The family",
        "the district court",
    ],
)  # fmt: skip
def test_authorities_and_kin_confirm(words):
    speaks = Speaker(key=None, label=words, kind="party", words=words)
    assert folded(said("a", report("r1", speakers=(speaks,)))).status == "confirmed"


@pytest.mark.parametrize(
    "words",
    ["two officials", "a relative", "officials", "stationmaster Kuno Ahl", "his lawyer Emil Saar"],
)
def test_the_nameless_and_others_do_not_confirm(words):
    speaks = Speaker(key=None, label=words, kind="party", words=words)
    assert folded(said("a", report("r1", speakers=(speaks,)))).status == "reported"


def told_by(words, quote="Ada Brenn was killed.", type=None, event="killed", agent=(), victim=()):
    """Return the level that the words of a speaker give the death of one person."""
    speaks = Speaker(key=words, label=words, kind="official", words=words, type=type)
    start = max(0, quote.find("Ada Brenn"))
    patient = answer("ada-brenn", span=(start, start + 9), affiliation=victim)
    sentence = {"quote": quote, "sentence": (0, len(quote)), "patient": (patient,)}
    one = report("r1", event, "claimed", speakers=(speaks,), agent=agent, **sentence)
    return folded(said("a", one)).level


@pytest.mark.parametrize(
    ("words", "given", "level"),
    [
        ("the health ministry", {}, "confirmed"),
        ("the government", {"quote": "Ada Brenn was killed in an air strike."}, "claimed"),
        ("the hospital", {"quote": "Ada Brenn was killed in an air strike."}, "confirmed"),
        ("the government", {"quote": "Ada Brenn was killed in a plane crash."}, "confirmed"),
        ("the interior ministry", {"quote": "Rebel leader Ada Brenn was killed."}, "claimed"),
        ("the hospital", {"quote": "Rebel leader Ada Brenn was killed."}, "confirmed"),
        ("Norland", {"type": "state"}, "claimed"),
        ("Norland", {"type": "state", "victim": ("Norland",)}, "confirmed"),
        ("the embassy", {}, "claimed"),
        ("the embassy", {"victim": ("the embassy",)}, "confirmed"),
        ("the court", {"event": "released", "agent": (answer("the court"),)}, "confirmed"),
        ("the court", {"event": "arrested", "agent": (answer("the court"),)}, "claimed"),
    ],
)  # fmt: skip
def test_an_authority_confirms_where_it_has_a_say_and_is_no_side(words, given, level):
    assert told_by(words, **given) == level


@pytest.mark.parametrize(("crime", "status"), [("murder", "claimed"), ("killing", "disputed")])
def test_who_denies_a_crime_by_its_legal_name_pleads(crime, status):
    quote = f"Tovi Roe denied the {crime} of Ada Brenn."
    at = quote.index(crime)
    denial = report(
        "r2",
        stance="denied",
        speakers=(speaker("roe"),),
        quote=quote,
        sentence=(0, len(quote)),
        trigger=(at, at + len(crime)),
    )
    claimed = report("r1", stance="claimed", speakers=(speaker("friend"),))
    assert folded(said("a", claimed), said("b", denial, hour=1)).status == status


def test_who_denies_an_outcome_does_not_deny_the_act():
    attack = said("a", report("r1", "attack", agent=(answer("tarvan", "group"),)))
    unhurt = said("b", report("r2", stance="denied", speakers=(speaker("front"),)), hour=1)
    claim = folded(attack, unhurt)
    assert (claim.event, claim.status, claim.slots["agent"].disputed) == (
        "attack",
        "reported",
        False,
    )
    dead = said("c", report("r3"), hour=2)
    assert (folded(attack, unhurt, dead).event, folded(attack, unhurt, dead).status) == (
        "killed",
        "disputed",
    )


def test_a_hedge_confirms_nothing():
    speaks = Speaker(key=None, label="police", kind="official", words="police")
    assert folded(said("a", report("r1", cues=("hedge",), speakers=(speaks,)))).status == "reported"


def test_an_airstrike_joins_the_death_it_is_laid_to():
    strike = report("r2", event="airstrike", agent=(answer("kostria", "state"),))
    claim = folded(said("a", report("r1"), strike))
    assert claim.event == "killed"
    assert claim.slots["agent"].answers[0].key == "kostria"


def test_the_same_death_a_year_later_is_another_claim():
    claims = fold(
        BLOCK, [in_block(said("a", report("r1"))), in_block(said("b", report("r2"), hour=24 * 365))]
    )
    assert len(claims) == 2


def test_a_text_printed_again_a_year_later_joins_what_is_told_then():
    again = said("again", report("r2"), hour=24 * 400, text="the same words " * 10)
    claims = fold(
        BLOCK,
        map(
            in_block,
            [
                said("a", report("r1"), text="the same words " * 10),
                said("b", report("r3"), hour=24 * 399),
                again,
            ],
        ),
    )
    assert [c.article_ids for c in claims] == [("a",), ("b", "again")]


def test_a_confirmed_death_mentioned_in_passing_long_after_opens_nothing():
    confirmed = said("a", report("r1", stance="confirmed", speakers=(speaker("front"),)))
    passing = said("b", report("r2", stance="asserted"), hour=24 * 200)
    assert len(fold(BLOCK, [in_block(confirmed), in_block(passing)])) == 1


def test_a_confirmed_death_that_somebody_announces_anew_is_another_claim():
    confirmed = said("a", report("r1", stance="confirmed", speakers=(speaker("front"),)))
    anew = said("b", report("r2", stance="claimed", speakers=(speaker("tarvan"),)), hour=24 * 200)
    assert len(fold(BLOCK, [in_block(confirmed), in_block(anew)])) == 2


def at_a_place(report_id, quote, **kw):
    place = {"patient": (), "place": (answer("osk", "place"),)}
    return report(report_id, quote=quote, **(place | kw))


def claims_at_osk(*reports):
    """Return how many claims reports at one place are,
    each of an article of its own, an hour apart.
    """
    articles = [said(f"a{i}", one, hour=i, block="violence:osk") for i, one in enumerate(reports)]
    return len(fold("violence:osk", [in_block(a) for a in articles]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A drone killed nine in Osk.", "Gunmen killed three in Osk."),
        (
            "A bomb killed four at the market in Osk.",
            "A bomb killed eleven at the bus station in Osk.",
        ),
        (
            "A bomb killed four in Osk on Friday morning.",
            "A bomb killed eleven in Osk on Friday afternoon.",
        ),
    ],
)
def test_attacks_at_one_place_whose_means_site_or_hour_exclude_each_other_are_two(one, other):
    assert claims_at_osk(at_a_place("r1", one), at_a_place("r2", other)) == 2


def test_a_rising_toll_of_one_attack_is_one_claim():
    one, other = (
        "A bomb killed four at the market in Osk.",
        "Six died in the market bombing in Osk, the mayor said.",
    )
    assert claims_at_osk(at_a_place("r1", one, killed=4), at_a_place("r2", other, killed=6)) == 1


def test_raids_of_different_days_are_two_though_nothing_else_differs():
    days = [EventDate(from_=day, to=day, basis="weekday") for day in ("2031-04-21", "2031-04-29")]
    raids = [at_a_place(f"r{i}", "Gunmen raided Osk.", date=day) for i, day in enumerate(days)]
    assert claims_at_osk(*raids) == 2


def test_an_edit_that_withdraws_everything_retracts_and_keeps_the_sentence():
    machine = FoldMachine()
    steps(machine, said("a", report("r1"), version=1), said("a", version=2, hour=3))
    (claim,) = machine.claims()
    assert (claim.status, claim.n_reports) == ("retracted", 0)
    assert claim.evidence[0].quote == "Sentence of r1."
    assert [t.to for t in claim.history] == ["reported", "retracted"]


def test_a_late_report_that_comes_first_in_news_time_is_told_as_a_merge():
    machine = FoldMachine()
    out = steps(machine, said("a", report("r1"), hour=5), said("b", report("r2"), hour=1))
    old = FoldMachine()
    steps(old, said("a", report("r1"), hour=5))
    gone, kept = [o for o in out if o.topic == "claims"][-2:]
    assert (gone.key, kept.key) == (old.claims()[0].claim_id, machine.claims()[0].claim_id)
    assert b'"merged_into":"' + (kept.key or "").encode() in (gone.value or b"")


def test_a_repeated_message_tells_its_claim_again_so_that_a_torn_write_heals():
    machine = FoldMachine()
    message = said("a", report("r1"))
    steps(machine, message)
    assert [o.topic for o in steps(machine, message)] == ["tracker-state", "claims"]


STANCES = st.sampled_from(["asserted", "reported", "claimed", "confirmed", "denied", "background"])


@st.composite
def messages(draw):
    article, version = draw(st.sampled_from("abcde")), draw(st.integers(1, 3))
    stances = draw(st.lists(STANCES, max_size=2))
    speakers = draw(st.sampled_from([(), (speaker("front"),), (speaker("brigade"),)]))
    reports = [
        report(f"{article}{i}", stance=s, speakers=speakers, killed=version)
        for i, s in enumerate(stances)
    ]
    return said(article, *reports, version=version, hour=draw(st.integers(0, 72)))


@given(
    st.lists(messages(), max_size=8, unique_by=lambda m: (m.article_id, m.version)),
    st.randoms(use_true_random=False),
)
def test_any_order_and_repetition_gives_the_same_claims(batch, rnd):
    """The law of the fold: claims are a function of the set of messages."""
    shuffled = batch + batch[: len(batch) // 2]
    rnd.shuffle(shuffled)
    one, other = FoldMachine(), FoldMachine()
    steps(one, *batch)
    steps(other, *shuffled)
    assert one.claims() == other.claims()


@given(st.lists(messages(), max_size=6, unique_by=lambda m: (m.article_id, m.version)))
def test_restored_state_is_the_state(batch):
    one, other = FoldMachine(), FoldMachine()
    for out in steps(one, *batch):
        if out.topic == "tracker-state":
            other.restore(out.key, out.value)
    assert one.claims() == other.claims()


def test_an_answer_is_named_as_it_is_written_where_nobody_shouts():
    shouted = said("a", report("r1", place=(answer("meris", label="MERIS"),)))
    written = said("b", report("r2", place=(answer("meris", label="Meris"),)), hour=1)
    (claim,) = fold(BLOCK, [in_block(shouted), in_block(written)])
    assert [a.label for a in claim.slots["place"].answers] == ["Meris"]

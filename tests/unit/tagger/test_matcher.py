"""One pass finds what trying every name at every word finds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import ConfigError
from services.tagger.lexicon.actors import Actor, ActorRole, packaged_actors
from services.tagger.lexicon.compiled import MAGIC, compile_actors
from services.tagger.lexicon.matcher import Actors, Lexicon, open_lexicon
from services.tagger.lexicon.spelling import Words


def actor(number, *names, **more):
    return Actor(id=f"a{number}", type="person", name=names[0], aliases=names[1:], **more)


def lexicon(*actors):
    return Lexicon(compile_actors(actors))


def found(text, *lexicons):
    return [(text[m.start : m.end], m.actor.id) for m in Actors(lexicons).find(text)]


WORDS = "Iran Iranian North Korea of al-Sham IS is US état Émile جيش O'Hara".split()
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TEXTS = st.lists(
    st.sampled_from([*WORDS, "IRAN", "korea", ",", ".", "-", "\n", "Iran's", "  "]), max_size=14
).map(" ".join)


def words_of(text):
    """Return (start, end, folded word, word) by hand:
    no regular expression in common with the code.
    """
    spans, start = [], None
    for i, c in enumerate(text + " "):
        inside = (
            c.isalnum()
            or c == "_"
            or (
                c in "'’"
                and start is not None
                and text[i + 1 : i + 2].isalnum()
                and not (text[i + 1] == "s" and not text[i + 2 : i + 3].isalnum())
            )
        )
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            spans.append((start, i))
            start = None
    plain = str.maketrans({"é": "e", "'": "", "’": ""})
    return [(a, b, text[a:b].lower().translate(plain), text[a:b]) for a, b in spans]


def fits(own, word):
    return (
        own == word
        if own in ("IS", "US", "is") and own.isupper()
        else word[0].isupper() or not own[0].isupper()
    )


def oracle(text, names):
    """Return the spans found by trying every name at every word,
    the longest first at each place.
    """
    words, at, spans = words_of(text), 0, []
    cased = any(c.isupper() for c in text)
    while at < len(words):
        best = 0
        for name in names:
            own = words_of(name)
            here = words[at : at + len(own)]
            same = [w[2] for w in here] == [w[2] for w in own]
            case = (
                all(fits(a[3], b[3]) for a, b in zip(own, here, strict=False))
                if cased
                else len(own) > 1 or len(own[0][3]) > 5
            )
            if same and case:
                best = max(best, len(own))
        if best:
            spans.append((words[at][0], words[at + best - 1][1]))
        at += best or 1
    return spans


@given(st.lists(NAMES, min_size=1, max_size=6), TEXTS)
def test_all_names_at_once_find_what_each_alone_finds(names, text):
    known = lexicon(*(actor(i, name) for i, name in enumerate(names)))
    assert [(m.start, m.end) for m in known.find(Words(text))] == oracle(text, names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iranian troops", []),
        ("Iran's troops", ["Iran"]),
        ("in Iran.", ["Iran"]),
        ("IRAN SAYS", ["IRAN"]),
        ("the iran of old", []),
        ("It gave us hope in the US.", ["US"]),
        ("the U.S. Army", ["U.S."]),
        ("Da'esh and Daesh", ["Da'esh", "Daesh"]),
        ("New York Timesman said", ["New York"]),
        ("the New York Times said", ["New York Times"]),
        ("Al-Qaeda and al Qaeda", ["Al-Qaeda", "al Qaeda"]),
        ("Jabhat al-Nuṣra", ["Jabhat al-Nuṣra"]),
        ("جيش الاسلام", ["جيش الاسلام"]),
    ],
)
def test_names_are_whole_words_with_their_capitals(text, expected):
    names = (
        "Iran",
        "US",
        "U.S.",
        "Daesh",
        "New York",
        "New York Times",
        "al-Qaeda",
        "Jabhat al-Nusra",
        "جيش الإسلام",
    )
    assert [
        surface for surface, _ in found(text, lexicon(*(actor(i, n) for i, n in enumerate(names))))
    ] == expected


def test_a_later_dictionary_overrides_by_id_and_by_name():
    ours = lexicon(actor(1, "Marta Olvin", "The Tanner"), actor(2, "Sella Brigade"))
    theirs = lexicon(actor(1, "Marta Olvin"), actor(3, "Sella Brigade"))
    assert found("Marta Olvin, The Tanner, of the Sella Brigade", ours, theirs) == [
        ("Marta Olvin", "a1"),
        ("Sella Brigade", "a3"),
    ]
    both = Actors((ours, theirs))
    assert both.get("a1").aliases == ()
    assert both.get("a2").name == "Sella Brigade"
    assert both.get("nobody") is None


def test_an_actor_is_found_by_the_key_of_another_spelling():
    known = Actors(
        (lexicon(actor(1, "Zahran Alloush"), actor(2, "Omar Test"), actor(3, "Umar Test")),)
    )
    assert known.of_key("zahran-alosh").id == "a1"
    assert known.of_key("omar-tast") is None  # two have it


def test_the_office_is_the_one_held_on_the_day():
    held = actor(
        1,
        "X Y",
        roles=(
            ActorRole("deputy", "b", None, "2020-01-01"),
            ActorRole("leader", "b", "2020-01-02", None),
        ),
    )
    assert [held.role_at(day).role for day in ("2019-05-05", "2021-05-05", None)] == [
        "deputy",
        "leader",
        "deputy",
    ]


def test_compiled_bytes_and_yaml_give_the_same_dictionary():
    text = (
        "actors:\n  - {id: m, type: person, name: Marta Olvin, armed: false, "
        "roles: [{role: chief, of: b, from: 2030-01-01}]}\n"
    )
    plain = open_lexicon(text, "own.yaml")
    assert plain.get("m").roles[0].from_ == "2030-01-01"
    compiled = open_lexicon(
        memoryview(compile_actors(filter(None, [plain.get("m")]))), "own.actors"
    )
    assert (compiled.get("m"), len(compiled), compiled.n_names) == (plain.get("m"), 1, 1)


@pytest.mark.parametrize("content", [b"\xff\xfe", MAGIC, MAGIC + b"\x01\x02", b"actors: 1"])
def test_what_is_no_dictionary_is_named(content):
    with pytest.raises(ConfigError, match="own\\.actors"):
        open_lexicon(content, "own.actors")


def test_a_large_dictionary_finds_every_name_of_its_own():
    """Every number in letters is a name; bench/actors.py has the same with a million."""
    names = ["N" + "".join("abcdefghij"[int(d)] for d in str(n)) for n in range(30_000)]
    known = lexicon(*(actor(n, f"{name} Olvin") for n, name in enumerate(names)))
    text = ", ".join(f"{name} Olvin" for name in names)
    assert [m.actor.id for m in known.find(Words(text))] == [f"a{n}" for n in range(30_000)]
    assert known.n_names == 30_000


def test_no_names_find_nothing():
    assert found("Anything at all.", lexicon()) == []


def test_the_packaged_dictionary_is_consistent():
    """Bodies and affiliations exist, roles end after they began,
    and no name of one actor is another's.
    """
    known = {a.id: a for a in packaged_actors()}
    assert len(known) == len(packaged_actors()) > 900
    for a in known.values():
        assert all(body in known for body in (*a.affiliation, *(r.of for r in a.roles))), a.id
        assert all((r.from_ or "") <= (r.to or "9999") for r in a.roles), a.id
    names = [
        (surface, a.id) for a in known.values() for surface in {a.name, *a.aliases, *a.adjectives}
    ]
    assert len({surface for surface, _ in names}) == len(names), [
        n for n, k in Counter(s for s, _ in names).items() if k > 1
    ]


def leader(number, *, to=None):
    return actor(number, f"Tomas {number}", roles=(ActorRole("leader", "sella", to=to),))


@pytest.mark.parametrize(
    ("actors", "holder"),
    [
        ([leader(1, to="2031-05-02")], "a1"),
        ([leader(1, to="2031-05-01")], None),
        ([leader(1)], None),
        ([leader(1, to="2031-05-02"), leader(2, to="2031-06-01")], None),
        ([leader(1, to="2030-01-01"), leader(2, to="2031-06-01")], "a2"),
    ],
)
def test_an_office_has_a_holder_if_one_alone_has_it_on_the_day(actors, holder):
    known = Actors([lexicon(*actors)])
    found = known.holder("sella", {"leader", "chief"}, "2031-05-02")
    assert (found.id if found else None) == holder
    assert known.holder("sella", {"deputy"}, "2031-05-02") is None
    assert known.holder("sella", {"leader"}, None) is None


def test_a_later_dictionary_overrides_who_holds_an_office():
    known = Actors([lexicon(leader(1, to="2031-05-02")), lexicon(leader(1, to="2030-01-01"))])
    assert known.holder("sella", {"leader"}, "2031-05-02") is None

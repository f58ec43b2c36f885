"""Outlets of one publisher are one voice;
what no family is known of stays its own, and unknown never adds.
"""

import base64
import struct

import msgspec
import pytest
from builders import in_block, report, said, speaker

from services.messages import Speaker
from services.tracker.claims.fold import fold
from services.tracker.claims.independence import MAX_COMPARED, MAX_SPEAKERS, Voice, group


def voices(*articles):
    (claim,) = fold("violence:halvane", [in_block(a) for a in articles])
    return claim.n_independent


def by(i, outlet, *speakers, **kw):
    return said(f"a{i}", report(f"r{i}", speakers=speakers), hour=i, outlet=outlet, **kw)


CNN = Speaker(key="cnn", label="CNN", kind="media")


@pytest.mark.parametrize(
    ("articles", "n"),
    [
        ([by(0, "Miami Herald"), by(1, "Kansas City Star")], 1),
        ([by(0, "Local page", url="https://www.mirror.co.uk/a"), by(1, "Daily Express")], 1),
        ([by(0, "Miami Herald"), by(1, "Denver Post")], 2),
        ([by(0, "Reuters"), by(1, "Harbour Courier", wire="reuters")], 1),
        ([by(0, "CNN International"), by(1, "Harbour Courier", CNN)], 1),
        ([by(0, "Harbour Courier"), by(1, "Northline News")], 2),
        (
            [
                by(0, "Harbour Courier", outlet_family="north"),
                by(1, "Northline News", outlet_family="north"),
            ],
            1,
        ),
    ],
    ids=[
        "one owner",
        "by address",
        "two owners",
        "agency and copy",
        "cited outlet",
        "unknown to us",
        "as the feed says",
    ],
)
def test_a_publisher_is_one_voice(articles, n):
    assert voices(*articles) == n


def test_an_outlet_without_a_name_never_adds():
    unnamed = by(1, "x", speaker(None, "unnamed"))
    unnamed = type(unnamed)(
        **{f: getattr(unnamed, f) for f in unnamed.__struct_fields__ if f != "outlet"}
    )
    assert voices(by(0, "Miami Herald"), unnamed) == 1


def sketched(i, *, like=None):
    """Return a voice whose text shares the first four bands with all others.

    With `like` it is a copy of that voice: one hash of each further band is another one.
    """
    own = [1_000 * (i if like is None else like) + n for n in range(64)]
    hashes = [n if n < 16 else value for n, value in enumerate(own)]
    if like is not None:
        hashes[16::4] = [7_000_000 + n for n in range(12)]
    sketch = base64.b64encode(struct.pack("<64I", *hashes)).decode("ascii")
    article = msgspec.structs.replace(said(f"a{i}"), sketch=sketch)
    return Voice(article, False, ("publisher", f"outlet-{i}"))


@pytest.mark.parametrize(
    ("original", "is_found"), [(MAX_COMPARED - 1, True), (MAX_COMPARED, False)]
)
def test_a_text_is_compared_with_the_first_origins_of_its_bands(original, is_found):
    voices = [*(sketched(i) for i in range(1, 12)), sketched(12, like=original + 1)]
    assert ([original, 11] in group(voices)) == is_found


def word_of(i, label, stance="claimed"):
    """Return an article of an outlet of its own in which somebody without a key speaks."""
    speaks = Speaker(key=None, label=label, kind="official", words=label)
    one = report(f"r{i:03}", stance=stance, speakers=(speaks,))
    return said(f"a{i:03}", one, hour=i, outlet=f"Outlet {i}")


def status_of(*articles):
    (claim,) = fold("violence:halvane", [in_block(a) for a in articles])
    return claim.status, claim.n_independent


@pytest.mark.parametrize(
    ("denier", "status"), [("Police", ("denied", 1)), ("the hospital", ("disputed", 1))]
)
def test_who_denies_what_it_said_takes_its_voice_back(denier, status):
    assert status_of(word_of(0, "police chief Sando"), word_of(1, denier, "denied")) == status


def test_who_says_at_last_what_it_denied_is_no_dispute():
    later = word_of(1, "police chief Sando")
    assert status_of(word_of(0, "Police", "denied"), later) == ("confirmed", 1)


@pytest.mark.parametrize(
    ("n", "status"), [(MAX_SPEAKERS, "denied"), (MAX_SPEAKERS + 1, "disputed")]
)
def test_the_first_speakers_of_a_side_are_compared_with_the_other(n, status):
    """Every one of `n` speakers takes back what it said; of the last one it may go unseen."""
    first = [word_of(i, f"office x{i}x hospital") for i in range(n)]
    denials = [word_of(n + i, f"office x{i}x hospital", "denied") for i in range(n)]
    assert status_of(*first, *denials)[0] == status

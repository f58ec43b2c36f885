"""Composes letters and digests. All words come from revisions and the values they published."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from textwrap import shorten
from typing import NamedTuple

from services.messages import Alert, Evidence, Revision, Told
from services.notifier.content import Digest, Letter, LetterKind, Links, Quote

MOST_QUOTES = 3
"""Quotations of a letter. A guess: a status rests on one or two, the new sentence is one more."""

MOST_HISTORY = 10
"""Lines of history: the first revision and the last ones. A guess: what fits on one screen."""

MOST_LETTERS = 100
"""Letters of one message of a digest. A guess: nobody reads more, clients cut a mail of 100 KB."""

LONGEST_HISTORY = 140
"""Characters of a line of history: two lines of a phone."""

NO_LINKS = Links()

_RINGING: frozenset[LetterKind] = frozenset(
    {"first", "also", "status", "denied", "corrected", "retracted", "as-it-stands"}
)
"""`also` rings, as such an incident opens no alert of its own."""

_FILING: frozenset[LetterKind] = frozenset({"merged", "split"})
"""Kinds that say where an alert goes on, and nothing new of the world."""

_TOLD_BY_CHANGE: frozenset[LetterKind] = frozenset({"status", "denied", "retracted"})
"""Kinds whose change says all that is new, so that a line of history needs no more."""


def letter(
    alert: Alert,
    revision: Revision,
    *,
    key: str,
    links: Links = NO_LINKS,
    zone: str = "UTC",
    as_it_stands: bool = False,
) -> Letter:
    """Return what a recipient is sent of an alert with a revision.

    `as_it_stands`: it is the recipient's first message of an alert that was told to others before.
    """
    kind: LetterKind = "as-it-stands" if as_it_stands else revision.kind
    wording = revision.wording
    return Letter(
        key=key,
        alert=alert,
        revision=revision,
        kind=kind,
        rings=rings(kind, corrects=revision.corrects),
        change="As it stands" if as_it_stands else wording.change,
        sentence=_sentence(revision),
        headline=wording.headline,
        also=wording.also,
        quotes=tuple(map(_quote, revision.evidence[:MOST_QUOTES])),
        voices=voices(revision.told),
        history=() if as_it_stands else history(alert, revision),
        links=links,
        zone=zone,
    )


def rings(kind: LetterKind, *, corrects: bool) -> bool:
    """Return True if a change should disturb people; others only change what they see."""
    return kind in _RINGING or (corrects and kind not in _FILING)


def voices(told: Told) -> str:
    """Return how many reports say so, and how many of them are independent; "" for none."""
    independent, reports = told.n_independent, told.n_reports
    if reports <= 1:
        return "1 report" if reports else ""
    if independent >= reports:
        return f"{reports} independent reports"
    return (
        f"{independent} independent of {reports} reports" if independent else f"{reports} reports"
    )


def history(alert: Alert, revision: Revision) -> tuple[tuple[datetime | None, str], ...]:
    """Return a line for each revision before this one; of many the first and the last ones."""
    past = [(one.at, _past(one)) for one in alert.revisions if one.number < revision.number]
    left_out = len(past) - MOST_HISTORY
    if left_out <= 0:
        return tuple(past)
    return (past[0], (None, f"{left_out + 1} more changes"), *past[left_out + 2 :])


def digest(
    letters: Iterable[Letter],
    *,
    key: str,
    links: Links = NO_LINKS,
    zone: str = "UTC",
    left_out: int = 0,
) -> Digest:
    """Return one message of letters of one watch (one or more), the most urgent first.

    `left_out`: how many more there are, less urgent than these.
    """
    ordered = sorted(letters, key=lambda letter: urgency(letter.kind, letter.revision))
    about = ordered[0].alert
    return Digest(key, about.watch_id, about.watch_name, tuple(ordered), links, zone, left_out)


def and_more(digest: Digest) -> str:
    """Return what a digest says of letters that it does not hold; "" if it holds all."""
    return f"and {digest.left_out:,} more" if digest.left_out else ""


class Section(NamedTuple):
    """Letters of a digest that belong together. `summary`: "2 new"."""

    title: str
    summary: str
    letters: tuple[Letter, ...]


def sections(digest: Digest) -> tuple[Section, ...]:
    """Return the letters of a digest in sections, the most urgent first; none is empty."""
    found = []
    for title, what in _SECTIONS.items():
        letters = tuple(one for one in digest.letters if _title(one.kind, one.revision) == title)
        if letters:
            found.append(Section(title, f"{len(letters)} {what}", letters))
    return tuple(found)


def brief(letter: Letter, section: Section) -> Letter:
    """Return a letter as it stands in a section of a digest.

    It has no history and one quotation; only more on what was told has none.
    """
    quotes = () if section.title == _MORE else letter.quotes[:1]
    return replace(letter, history=(), quotes=quotes)


_SECTIONS = {
    "Taken back, denied, corrected": "taken back, denied or corrected",
    "New status": "with a new status",
    "New": "new",
    "More on what was told": "with more on what was told",
}
"""Titles of sections, and what a summary says of their letters."""

_TITLES = [*_SECTIONS]
_BACK, _STATUS, _NEW, _MORE = _TITLES


def _title(kind: LetterKind, revision: Revision) -> str:
    if _takes_back(kind, revision):
        return _BACK
    if kind == "status":
        return _STATUS
    return _NEW if kind in ("first", "also", "as-it-stands") else _MORE


def takes_back(letter: Letter) -> bool:
    """Return True if something that was told no longer holds."""
    return _takes_back(letter.kind, letter.revision)


def _takes_back(kind: LetterKind, revision: Revision) -> bool:
    corrects = revision.corrects and kind not in _FILING | {"as-it-stands"}
    return kind in ("retracted", "denied", "corrected") or corrects


def urgency(kind: LetterKind, revision: Revision) -> tuple[int, float]:
    """Return what the letters of a digest are sorted by, the most urgent first."""
    at = revision.at
    return _TITLES.index(_title(kind, revision)), -at.timestamp() if at else 0.0


def _sentence(revision: Revision) -> str:
    """Return a revision's text without its change and the other incidents, which stand apart."""
    wording, text = revision.wording, revision.text
    if wording.change:
        text = text.removeprefix(f"{wording.change}: ")
    if wording.also:
        said, _, rest = text.rpartition("; ".join(wording.also))
        text = said.removesuffix("; also: ").removesuffix("; besides: ") + rest
    return text


def is_headline(letter: Letter) -> bool:
    """Return True if the first quotation is the headline, so that it need not stand twice."""
    if not letter.headline or not letter.quotes:
        return False
    quote = letter.quotes[0]
    return f"{quote.before}{quote.marked}{quote.after}".strip("“” ") == letter.headline.strip("“”")


def is_in_sentence(letter: Letter) -> bool:
    """Return True if the first quotation stands in the sentence, so that it need not stand twice.

    That is the headline, or the sentence behind one that does not tell what happened.
    """
    if not letter.quotes:
        return False
    quote = letter.quotes[0]
    words = f"{quote.before}{quote.marked}{quote.after}".strip("“” ")
    return is_headline(letter) or f"“{words}”" in letter.sentence


def _quote(said: Evidence) -> Quote:
    start, end = said.mark
    is_marked = 0 <= start < end <= len(said.quote)
    if not is_marked:
        start = end = len(said.quote)
    return Quote(
        before=said.quote[:start],
        marked=said.quote[start:end],
        after=said.quote[end:],
        speaker=said.speaker or "",
        outlet=said.outlet or "",
        url=said.url or "",
        at=said.at,
    )


def _past(revision: Revision) -> str:
    """Return a line of history: what changed, with what it is about unless that says all."""
    change, is_main = revision.wording.change, not revision.about
    if is_main and revision.kind == "independent" and voices(revision.told):
        return voices(revision.told)
    if is_main and revision.kind in _TOLD_BY_CHANGE and change.startswith("Now "):
        changed = change.removeprefix("Now ")
        return _short(changed[:1].upper() + changed[1:])
    core = revision.wording.core
    told = f"{change}: {core}" if change and core else revision.text
    return _short(told)


def _short(words: str) -> str:
    """Return a line of history, in which a quotation that is cut ends."""
    cut = shorten(words, LONGEST_HISTORY, placeholder=" …")
    return cut + "”" if cut.count("“") > cut.count("”") else cut

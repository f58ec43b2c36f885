"""What is on the page but not of the article: found line by line, kept as spans, left out of reports and matching."""

import re

from services.messages import Boilerplate

_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "newsletter",
        re.compile(r"(?i)^(sign up|subscribe)\b.*\b(newsletter|inbox|updates?|alerts?|email|e-mail)\b|^.*\bto our newsletter\b"),
    ),
    (
        "share",
        re.compile(
            r"(?i)^(share( this)?( article| story| post)?( on .*)?|follow us.*|tweet|print|email this.*|"
            r"facebook|twitter|whatsapp)[.!]?$"
        ),
    ),
    ("comments", re.compile(r"(?i)^(add|leave|post|write) (your |a )?comments?\b.*|^comments?( \(\d+\))?$|^\d+ comments?$")),
    ("navigation", re.compile(r"(?i)^(previous|next|older|newer) (article|post|story|page).*")),
    ("byline", re.compile(r"^(?:By|BY) [A-Z][\w.'-]+(?: [A-Z][\w.'-]+){1,3}(?:,? .{0,40})?$")),
    (
        "caption",
        re.compile(
            r"(?i)^(photo(graph)?|image|picture|file photo|pictured)( by| credit)?\s*[:/].*|"
            r"^(getty images|reuters|afp photo).{0,30}$"
        ),
    ),
    (
        "bio",
        re.compile(
            r"(?i)^.{3,60} is an? (staff |senior |freelance |contributing )?(reporter|writer|journalist|editor|correspondent)\b.*"
        ),
    ),
    ("related", re.compile(r"(?i)^(read|see) (more|also)\b.*:.*|^(related|also read|more on this|recommended)\s*:.*")),
)
_SECTION = re.compile(
    r"(?i)^(related( articles| stories| news| topics| links)?|more (from|on|stories|news)\b.*|you (may|might) also like.*|"
    r"recommended( for you)?|most (read|popular)|trending( now)?|read next|latest news|read more)\s*:?$"
)
_PROSE = re.compile(r"[.!?][”\"')]?\s+[A-Z“\"]")


def find_boilerplate(text: str, title_end: int) -> tuple[Boilerplate, ...]:
    """Return the boilerplate of a canonical text, in order; the title is never one.

    A section heading ("Related articles") covers the lines below it up to the next paragraph of two sentences or more.
    """
    found, section = [], False
    for match in re.finditer(r"[^\n]+", text[title_end:]):
        line = match.group().strip()
        start, end = title_end + match.start(), title_end + match.end()
        if section and _PROSE.search(line):
            section = False
        kind = "related" if section or _SECTION.match(line) else _kind(line)
        section = section or bool(_SECTION.match(line))
        if kind and line:
            found.append(Boilerplate(start=start, end=end, kind=kind, rule=f"boilerplate/{kind}@1"))
    return tuple(found)


def _kind(line: str) -> str | None:
    return next((kind for kind, pattern in _LINES if pattern.search(line)), None)

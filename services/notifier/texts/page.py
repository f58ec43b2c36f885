"""Letters, digests and notices as HTML mail: one page, styles inlined, nothing loaded.

Jinja escapes all words. css-inline copies the style sheet into the elements, as many clients drop
it; what depends on the reader's screen stays a style sheet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.notifier.content import Content, Digest, Letter, Links, Notice, Quote
from services.notifier.texts.compose import (
    Section,
    and_more,
    brief,
    is_headline,
    sections,
    takes_back,
)
from services.notifier.texts.harmless import line, web_link
from services.notifier.texts.plain import (
    cut,
    head,
    notice_lines,
    outlet_text,
    quote_parts,
    quote_text,
    short_when,
    speaker_text,
    subject,
    when_text,
)

LONGEST_PREVIEW = 140
"""Characters of the hidden line that lists of messages show behind the subject."""

_SAID_OTHERWISE = frozenset({"reported", "retracted"})
"""Statuses that the number of reports, or what changed, says as well."""

_SURE = frozenset({"corroborated", "confirmed"})


@dataclass(frozen=True, slots=True)
class _Said:
    """Words with a marked span, and who says so. `url` is "" without an address that may be a link.

    Words of ours have no source.
    """

    before: str
    marked: str = ""
    after: str = ""
    speaker: str = ""
    outlet: str = ""
    url: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class _Story:
    """A letter. `tone`: bad, good, or other, for the colour of what changed."""

    change: str
    tone: str
    head: _Said
    facts: str
    quotes: tuple[_Said, ...]
    also: str
    past: tuple[tuple[str, str], ...]
    links: Links


@dataclass(frozen=True, slots=True)
class _Page:
    """What every mail has around its content."""

    title: str
    preview: str
    watch: str
    foot: str
    links: Links
    count: str = ""
    summary: str = ""
    more: str = ""


def html(content: Content) -> str:
    """Return a content as a page of HTML."""
    match content:
        case Letter():
            return _rendered("letter.html", _letter_page(content), story=_story(content))
        case Digest():
            found = sections(content)
            told = [(section.title, [*_stories(section)]) for section in found]
            return _rendered("digest.html", _digest_page(content, found), sections=told)
        case Notice():
            lines = notice_lines(content)
            preview = cut(" ".join(lines), LONGEST_PREVIEW)
            page = _Page(subject(content), preview, "", "", content.links)
            return _rendered("notice.html", page, lines=lines)


def _rendered(template: str, page: _Page, **values: object) -> str:
    return _inliner().inline(_templates().get_template(template).render(page=page, **values))


@cache
def _templates() -> Environment:
    loader = PackageLoader("services.notifier.texts", "")
    found = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("mail.css", "mail_screen.css"):
        source, _, _ = loader.get_source(found, name)
        found.globals[name.removesuffix(".css")] = Markup(source)
    return found


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _letter_page(letter: Letter) -> _Page:
    preview = quote_text(letter.quotes[0], "") if letter.quotes else letter.voices
    at = letter.revision.at
    watch = line(letter.alert.watch_name)
    return _Page(
        title=subject(letter),
        preview=cut(preview, LONGEST_PREVIEW),
        watch=f"{watch} · {when_text(at, letter.zone)}" if at else watch,
        foot=f"You get this because you watch {watch}.",
        links=letter.links,
    )


def _digest_page(digest: Digest, found: tuple[Section, ...]) -> _Page:
    watch, n = line(digest.watch_name), len(digest.letters) + digest.left_out
    times = sorted(one.revision.at for one in digest.letters if one.revision.at)
    if not times:
        period = ""
    elif times[0] == times[-1]:
        period = when_text(times[0], digest.zone)
    else:
        period = f"{short_when(times[0], digest.zone)} to {when_text(times[-1], digest.zone)}"
    return _Page(
        title=subject(digest),
        preview=cut(head(digest.letters[0]), LONGEST_PREVIEW),
        watch=period,
        foot=f"You get this because you watch {watch}.",
        links=digest.links,
        count=f"{watch}: {n} {'alert' if n == 1 else 'alerts'}",
        summary=" · ".join(section.summary for section in found),
        more=and_more(digest),
    )


def _stories(section: Section) -> Iterator[_Story]:
    return (_story(brief(letter, section)) for letter in section.letters)


def _story(letter: Letter) -> _Story:
    revision = letter.revision
    quotes = [_said(quote, letter) for quote in letter.quotes]
    head = _Said(line(letter.headline or revision.wording.core or letter.sentence))
    if is_headline(letter):
        said = quotes.pop(0)
        head = replace(said, before=f"“{said.before}", after=f"{said.after}”")
    told = [
        (short_when(at, letter.zone) if at else "", line(words)) for at, words in letter.history
    ]
    status = revision.told.status or ""
    shown = "" if status in _SAID_OTHERWISE else status.capitalize()
    is_undated = letter.kind == "first" and revision.stamps.published_at is None
    facts = (shown, letter.voices, "date unknown" if is_undated else "")
    return _Story(
        change=line(letter.change),
        tone=_tone(letter),
        head=head,
        facts=" · ".join(filter(None, facts)),
        quotes=tuple(quotes),
        also=line("; ".join(letter.also)),
        past=tuple(told),
        links=letter.links,
    )


def _tone(letter: Letter) -> str:
    status = letter.revision.told.status
    if takes_back(letter) or status in ("denied", "retracted"):
        return "bad"
    return "good" if status in _SURE else "other"


def _said(quote: Quote, letter: Letter) -> _Said:
    """Return a quotation. Its time has no year if it is that of the letter, which stands above."""
    told, zone = letter.revision.at, letter.zone
    is_near = quote.at is not None and told is not None and quote.at.year == told.year
    when = short_when if is_near else when_text
    before, marked, after = quote_parts(quote)
    return _Said(
        before=before,
        marked=marked,
        after=after,
        speaker=speaker_text(quote),
        outlet=outlet_text(quote),
        url=web_link(quote.url),
        at=when(quote.at, zone) if quote.at else "",
    )

"""A content in lines of runs, of which every service's own form is made. Pure.

Words are harmless here (one line, nothing invisible, links to the web alone), and not escaped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from services.notifier.content import Content, Digest, Letter, Links, Notice, Quote
from services.notifier.texts.compose import is_in_sentence
from services.notifier.texts.harmless import line, web_link
from services.notifier.texts.plain import (
    cut,
    fitted,
    head,
    notice_lines,
    quote_parts,
    source_text,
    when_text,
)

MOST_IN_DIGEST = 40
"""Alerts that one message names. A guess: nobody reads more at once; the rest is counted."""

LONGEST_HEAD = 300
"""Characters of one alert in a digest. Source: four lines of a phone."""

LONGEST_NAME = 100
"""Characters of a watch's name, and of a line of counts, where they stand in small print."""

MOST_NOTICE_LINES = 40
"""Lines of a notice."""


VIEW = "See the alert"
"""The words of the link to an alert's own page."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line. `url`: where it leads, "" for nowhere."""

    text: str
    is_bold: bool = False
    url: str = ""


Line = tuple[Run, ...]
Lines = tuple[Line, ...]


def rendered(
    content: Content,
    render: Callable[[Lines], str],
    most: int,
    size: Callable[[str], int] = len,
) -> str:
    """Return a content in the form of a service, shortened to at most `most` by `size`."""
    match content:
        case Letter():
            return fitted(content, lambda letter: render(letter_lines(letter)), most, size)
        case Digest():
            return _first_that_fits(map(render, _digests(content)), most, size)
        case Notice():
            return _first_that_fits(map(render, _notices(content)), most, size)


def letter_lines(letter: Letter) -> Lines:
    """Return a whole letter: what happened, who says so, what was told before, what one can do."""
    lines: list[Line] = [_head(letter)]
    if letter.also:
        lines.append((Run(f"Also: {line('; '.join(letter.also))}"),))
    quotes = letter.quotes
    if is_in_sentence(letter):
        lines.append(_source(quotes[0]))
        quotes = quotes[1:]
    lines += [_quote(quote) for quote in quotes]
    if letter.voices:
        lines.append((Run(cut(line(letter.voices), LONGEST_NAME)),))
    if letter.history:
        lines.append((Run("Told before:"),))
        for at, words in letter.history:
            when = f"{when_text(at, letter.zone)}: " if at else ""
            lines.append((Run(f"• {when}{line(words)}"),))
    lines.append(_foot(letter, letter.alert.watch_name))
    return tuple(each for each in lines if each)


def plain(lines: Lines, *, has_links: bool = False) -> str:
    """Return lines as bare text; with links, the address stands behind its words."""
    return "\n".join("".join(_bare(run, has_links) for run in each) for each in lines)


def _bare(run: Run, has_links: bool) -> str:
    return f"{run.text} ({run.url})" if run.url and has_links else run.text


def titled(content: Content) -> str:
    """Return one line that says what it is about, of any length."""
    match content:
        case Letter():
            return head(content)
        case Digest(letters=letters):
            return f"{line(content.watch_name)}: {_counted(len(letters) + content.left_out)}"
        case Notice():
            return line(content.subject)


def without_past(letter: Letter) -> Letter:
    """Return a letter for a thread, where what was told before stands above it."""
    return replace(letter, history=())


def without_links(content: Content) -> Content:
    """Return a content for a service that shows links apart from the text."""
    return replace(content, links=Links())


def links_of(content: Content) -> list[Run]:
    """Return what a reader can do, each with its link."""
    links = content.links
    known = (
        ("Acknowledge", links.acknowledge),
        ("Snooze", links.snooze),
        (VIEW, links.view),
        ("Unsubscribe", links.unsubscribe),
    )
    return [Run(label, url=url) for label, link in known if (url := web_link(link))]


def articles_of(content: Content) -> list[Run]:
    """Return the articles that a letter quotes, each once, with its link."""
    if not isinstance(content, Letter):
        return []
    named = {web_link(q.url): source_text(q) or "article" for q in reversed(content.quotes)}
    return [Run(text, url=url) for url, text in reversed(named.items()) if url]


def _head(letter: Letter) -> Line:
    change, sentence = line(letter.change), line(letter.sentence)
    if not change:
        return (Run(sentence, is_bold=True),)
    return (Run(f"{change}:", is_bold=True), Run(f" {sentence}"))


def _quote(quote: Quote) -> Line:
    before, marked, after = quote_parts(quote)
    # A quotation that has marks of its own gets none of ours.
    begin, end = ("", "") if "“" in f"{before}{marked}{after}" else ("“", "”")
    runs = (Run(f"{begin}{before}"), Run(marked, is_bold=True), Run(f"{after}{end}"))
    source = _source(quote)
    told = (*runs, Run(" "), *source) if source else runs
    return tuple(run for run in told if run.text)


def _source(quote: Quote) -> Line:
    """Return who says so, with the article; () if nobody is known."""
    source, url = source_text(quote), web_link(quote.url)
    return (Run("— "), Run(source or "article", url=url)) if source or url else ()


def _foot(content: Content, watch_name: str = "") -> Line:
    runs = [Run(f"Watch: {cut(line(watch_name), LONGEST_NAME)}")] if watch_name else []
    for link in links_of(content):
        runs += [Run(" · ")] if runs else []
        runs.append(link)
    return tuple(runs)


def _counted(n: int) -> str:
    return f"{n} {'alert' if n == 1 else 'alerts'}"


def _digests(digest: Digest) -> Iterator[Lines]:
    """Yield ever shorter digests, the longest first."""
    n = min(len(digest.letters), MOST_IN_DIGEST)
    while True:
        lines: list[Line] = [(Run(titled(digest), is_bold=True),)]
        for letter in digest.letters[:n]:
            url = next(filter(None, (web_link(quote.url) for quote in letter.quotes)), "")
            lines.append((Run("• "), Run(cut(head(letter), LONGEST_HEAD), url=url)))
        if n < len(digest.letters) or digest.left_out:
            lines.append((Run(f"and {len(digest.letters) - n + digest.left_out:,} more"),))
        lines.append(_foot(digest))
        yield _solid(lines)
        if not n:
            return
        n = n * 3 // 4


def _notices(notice: Notice) -> Iterator[Lines]:
    """Yield ever shorter notices, the longest first."""
    for n, most in ((MOST_NOTICE_LINES, 600), (20, 200), (5, 100), (0, 100)):
        lines: list[Line] = [(Run(cut(line(notice.subject), most), is_bold=True),)]
        lines += [(Run(cut(each, most)),) for each in notice_lines(notice)[:n]]
        yield _solid([*lines, _foot(notice)])


def _solid(lines: list[Line]) -> Lines:
    """Return lines without empty runs and lines."""
    kept = (tuple(run for run in each if run.text) for each in lines)
    return tuple(each for each in kept if each)


def _first_that_fits(forms: Iterator[str], most: int, size: Callable[[str], int]) -> str:
    made = ""
    for made in forms:
        if size(made) <= most:
            break
    return made

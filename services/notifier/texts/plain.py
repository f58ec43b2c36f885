"""Letters, digests and notices as plain text."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from textwrap import indent

import regex

from services.notifier.content import Content, Digest, Letter, Links, Notice, Quote
from services.notifier.texts.compose import and_more, brief, is_in_sentence, sections
from services.notifier.texts.harmless import DOTS, JOINER, line, visible, web_link
from services.text.times import parse_zone

LONGEST_SUBJECT = 180
"""Characters of a subject. A guess: clients show 40 to 80; the rest is for lists of messages."""

LONGEST_QUOTE = 600
"""Characters of a quotation. The longest sentences of news have about 400; lists have more."""

LONGEST_NAME = 80
"""Characters of a speaker or an outlet. The longest names of bodies have about 70."""

MARK = "*"
"""Stands on both sides of the marked span, as writers of plain text stress words."""


def subject(content: Content) -> str:
    """Return one line: the kind of change in front, then the sentence."""
    match content:
        case Letter():
            return cut(head(content), LONGEST_SUBJECT)
        case Digest(letters=letters):
            n = len(letters) + content.left_out
            many = f"{line(content.watch_name)}: {n} {'alert' if n == 1 else 'alerts'}"
            return cut(f"{many} · {head(letters[0])}", LONGEST_SUBJECT)
        case Notice():
            return cut(line(content.subject), LONGEST_SUBJECT)


def head(letter: Letter) -> str:
    """Return what changed and the sentence, on one line, of any length."""
    return ": ".join(filter(None, (line(letter.change), line(letter.sentence))))


def text(content: Content) -> str:
    """Return the whole content as plain text, for readers and clients without HTML."""
    match content:
        case Letter():
            return letter_text(content) + _orders(content.links, content.alert.watch_name)
        case Digest():
            return _digest_text(content) + _orders(content.links, content.watch_name)
        case Notice():
            return "\n".join(notice_lines(content)) + _orders(content.links, "")


def notice_lines(notice: Notice) -> tuple[str, ...]:
    """Return the lines of a notice, harmless. Its command is ours, and holds no joiner."""
    command = (visible(notice.command),) if notice.command else ()
    return (*map(line, notice.lines), *command)


def _digest_text(digest: Digest) -> str:
    found = sections(digest)
    parts = [f"{line(digest.watch_name)}: {', '.join(section.summary for section in found)}"]
    for section in found:
        parts.append(f"{section.title.upper()}\n{'=' * len(section.title)}")
        rule = f"\n\n{'-' * 20}\n\n"
        parts.append(rule.join(letter_text(brief(one, section)) for one in section.letters))
    return "\n\n".join(filter(None, (*parts, and_more(digest))))


def letter_text(letter: Letter) -> str:
    """Return a letter without links for its reader."""
    parts = [head(letter)]
    if letter.also:
        parts.append(f"Also: {line('; '.join(letter.also))}")
    quotes = letter.quotes
    if is_in_sentence(letter):
        parts.append(_sourced(quotes[0], letter.zone))
        quotes = quotes[1:]
    parts += [indent(_quoted(quote, letter.zone), "> ") for quote in quotes]
    if letter.voices:
        parts.append(letter.voices)
    if letter.history:
        told = [_told(at, words, letter.zone) for at, words in letter.history]
        parts.append("\n".join(["Told before:", *told]))
    return "\n\n".join(parts)


def quote_text(quote: Quote, mark: str = MARK) -> str:
    """Return a quotation on one line, with `mark` around the marked span.

    It has no quotation marks of ours: it often has its own, and stands in a block of its own.
    """
    before, marked, after = quote_parts(quote)
    return f"{before}{mark}{marked}{mark}{after}" if marked else f"{before}{after}"


def quote_parts(quote: Quote, most: int = LONGEST_QUOTE) -> tuple[str, str, str]:
    """Return the three pieces of a quotation, harmless, of about `most` characters in all.

    What is left out is marked by "…". The marked span stays.
    """
    before, marked, after = map(_piece, (quote.before, quote.marked, quote.after))
    before, marked = _parted(before, marked), _parted(cut(marked, most), after)
    room = max(most - len(marked), 0)
    kept_before = min(len(before), max(room // 2, room - len(after)))
    if kept_before < len(before):
        start = before.find(" ", len(before) - kept_before) + 1
        before = f"… {before[start or len(before) - kept_before :]}"
    return before, marked, cut(after, room - kept_before)


def source_text(quote: Quote) -> str:
    """Return who says so: "Police, in Coast Post"."""
    speaker, outlet = speaker_text(quote), outlet_text(quote)
    return f"{speaker}, in {outlet}" if speaker and outlet else speaker or outlet


def speaker_text(quote: Quote) -> str:
    """Return who is quoted, with a capital: "Police"; "" if that is the outlet itself."""
    speaker = cut(line(quote.speaker), LONGEST_NAME)
    if _bare_name(speaker) == _bare_name(outlet_text(quote)):
        return ""
    return speaker[:1].upper() + speaker[1:]


def _bare_name(name: str) -> str:
    return name.casefold().removeprefix("the ")


def outlet_text(quote: Quote) -> str:
    """Return the outlet that quotes."""
    return cut(line(quote.outlet), LONGEST_NAME)


def when_text(at: datetime, zone: str) -> str:
    """Return a time for a reader in a zone: "14 May 2031, 14:05 UTC"."""
    local = at.astimezone(parse_zone(zone))
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def short_when(at: datetime, zone: str) -> str:
    """Return a time beside others: "14 May, 14:05"."""
    local = at.astimezone(parse_zone(zone))
    return f"{local.day} {local:%b, %H:%M}"


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` characters; "…" stands for what is left out.

    It is cut at a blank if one is near, never inside a letter and its marks.
    """
    if len(text) <= most:
        return text
    if most < 2:
        return "…"[:most]
    kept = ""
    for letter in regex.findall(r"\X", text[: most + 1]):
        if len(kept) + len(letter) > most - 1:
            break
        kept += letter
    blank = kept.rfind(" ")
    if blank > len(kept) - 30 and blank > 0:
        kept = kept[:blank]
    return f"{kept.rstrip()}…"


def fitted(
    letter: Letter,
    render: Callable[[Letter], str],
    most: int,
    size: Callable[[str], int] = len,
) -> str:
    """Return a rendered letter of at most `most` by `size`, with as much of it as fits.

    First the history goes, then quotations, then what else there is; what happened stays, cut if it
    must be. `size`: how a service counts, such as bytes or UTF-16 units of the escaped text. The
    last resort has 25 characters, and what the renderer adds.
    """
    rendered = ""
    for shorter in _shorter(letter):
        rendered = render(shorter)
        if size(rendered) <= most:
            break
    return rendered


def shortened(letter: Letter, most: int, size: Callable[[str], int] = len) -> str:
    """Return a letter as plain text of at most `most` by `size`."""
    return fitted(letter, letter_text, most, size)


def _shorter(letter: Letter) -> Iterator[Letter]:
    """Yield ever shorter letters, the whole one first."""
    yield letter
    for n in (4, 1, 0):
        letter = replace(letter, history=letter.history[len(letter.history) - n :] if n else ())
        yield letter
    letter = replace(letter, quotes=letter.quotes[:1])
    yield letter
    for most in (300, 150):
        quotes = tuple(_with_length(quote, most) for quote in letter.quotes)
        yield replace(letter, quotes=quotes)
    yield replace(letter, quotes=())
    letter = replace(letter, quotes=(), also=())
    yield letter
    for most in (400, 200, 100, 50, 25):
        yield replace(
            letter, change=cut(line(letter.change), most), sentence=cut(line(letter.sentence), most)
        )
    yield replace(letter, change="", sentence=cut(line(letter.sentence), 25), voices="")


def _with_length(quote: Quote, most: int) -> Quote:
    before, marked, after = quote_parts(quote, most)
    return replace(quote, before=before, marked=marked, after=after)


def _piece(text: str) -> str:
    """Return a piece of a line, harmless, with one of the blanks at its ends."""
    found = line(text)
    if not found:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{found}{' ' if text[-1].isspace() else ''}"


def _parted(piece: str, after: str) -> str:
    """Return a piece that makes no domain together with what follows it."""
    return piece + JOINER if after and piece.endswith(tuple(DOTS)) else piece


def _quoted(quote: Quote, zone: str) -> str:
    return "\n".join(filter(None, (quote_text(quote), _sourced(quote, zone))))


def _sourced(quote: Quote, zone: str) -> str:
    told = (source_text(quote), when_text(quote.at, zone) if quote.at else "")
    return "\n".join(filter(None, (", ".join(filter(None, told)), web_link(quote.url))))


def _told(at: datetime | None, words: str, zone: str) -> str:
    return f"  {short_when(at, zone)}  {line(words)}" if at else f"  {line(words)}"


def _orders(links: Links, watch: str) -> str:
    """Return what a reader can do, each with its link."""
    stop = f"Unsubscribe from {line(watch)}" if watch else "Unsubscribe"
    known = (
        ("Acknowledge", links.acknowledge),
        ("Snooze", links.snooze),
        ("See the alert", links.view),
        (stop, links.unsubscribe),
    )
    rows = [f"{label}: {link}" for label, link in known if link]
    return "\n".join(["", "", *rows]) if rows else ""

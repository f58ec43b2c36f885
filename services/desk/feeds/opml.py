"""Reads and writes OPML. What is not well-formed is read outline by outline.

Lists that people exchange often have quotation marks or angle brackets in a title, or are cut off.
Their outlines still name addresses, and those are what counts.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from lxml import etree

from services.messages import Feed
from services.text.problems import Problem, errors
from services.text.typed_yaml import Row
from services.text.yaml_file import MAX_BYTES

MAX_TAGS = 100_000
"""Tags of an OPML file. Lists of feeds that people exchange hold some thousands."""

MAX_OPML_DEPTH = 20
"""Folders inside each other. Readers show two or three."""

MAX_TAG_CHARS = 16_384
"""Characters of an outline in a broken file: some long addresses and a long title."""

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,32});)")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding=["']([\w.-]{1,40})["']""")
_OUTLINE = re.compile(r"<\s*outline\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][\w:.-]{0,40})\s{0,9}=\s{0,9}(?:"|')
        (.{0,4096}?)
        (?:"|')(?=\s{1,99}[a-z][\w:.-]{0,40}\s{0,9}=|\s{0,99}/?>|\s{0,99}\Z)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""An attribute of a broken tag. Its value ends where another attribute or the tag's end follows."""

_FEED_TYPES = frozenset({"rss", "atom"})


class Given(NamedTuple):
    """A feed as a file gives it."""

    row: Row
    line: int


def from_opml(content: bytes, name: str) -> tuple[list[Given], list[Problem]]:
    """Return the feeds of an OPML file, and its mistakes. Raises nothing.

    A file that is not well-formed is a warning if outlines with addresses are found in it.
    `huge_tree` is off, so that libxml2 stops at 256 nested tags or growing entities.
    """
    if (refusal := _refusal(content, name)) is not None:
        return [], [refusal]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", content), parser)
    except etree.XMLSyntaxError as error:
        return _recovered(content, name, _not_well_formed(error, name))
    except ValueError as error:
        return _recovered(content, name, Problem(name, 1, f"this is not OPML: {error}"))
    if root.getroottree().docinfo.internalDTD is not None:
        return [], [
            Problem(name, 1, "this is not OPML: expected <opml> with outlines that have xmlUrl")
        ]
    outlines = list(root.iter("{*}outline"))
    too_deep = (
        o
        for o in outlines
        if next(islice(o.iterancestors(), MAX_OPML_DEPTH, None), None) is not None
    )
    if (deep := next(too_deep, None)) is not None:
        what = f"outlines stand more than {MAX_OPML_DEPTH} deep inside each other"
        return [], [Problem(name, deep.sourceline or 1, what)]
    return _of_outlines(
        (
            ({str(key): str(value) for key, value in o.attrib.items()}, o.sourceline or 1)
            for o in outlines
        ),
        name,
    )


def opml(feeds: Sequence[Feed]) -> bytes:
    """Return an OPML 2.0 document."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        title = feed.title or feed.outlet
        outline = etree.SubElement(
            body, "outline", type="rss", text=title, title=title, xmlUrl=feed.url
        )
        if feed.site_url:
            outline.set("htmlUrl", feed.site_url)
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return text


def _recovered(content: bytes, name: str, why: Problem) -> tuple[list[Given], list[Problem]]:
    """Return the feeds of a broken file; `why` is a mistake if it has none."""
    text = _decoded(content)
    given, problems = _of_outlines(_tags(text), name)
    if not given or errors(problems):
        return [], [why]
    told = f"{why.what}: its {len(given)} outlines with addresses are read one by one"
    return given, [Problem(name, why.line, told, is_warning=True), *problems]


def _tags(text: str) -> Iterator[tuple[dict[str, str], int]]:
    """Yield the attributes of each outline, and its line. A tag ends where the next begins."""
    starts = [found.start() for found in _OUTLINE.finditer(text)]
    line, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        line, counted = line + text.count("\n", counted, start), start
        yield _attributes(text[start : min(end, start + MAX_TAG_CHARS)]), line


def _attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag whose values may hold quotation marks and angle brackets."""
    return {found[1]: html.unescape(found[2]) for found in reversed(list(_ATTRIBUTE.finditer(tag)))}


def _decoded(content: bytes) -> str:
    declared = _ENCODING.match(content)
    try:
        return content.decode(declared[1].decode("ascii") if declared else "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _not_well_formed(error: etree.XMLSyntaxError, name: str) -> Problem:
    """Return the first fault that the parser found. Its text repeats the place at its end."""
    what = str(error.msg).partition(", line ")[0]
    return Problem(name, error.lineno or 1, f"this is not well-formed XML: {what:.200}")


def _of_outlines(
    outlines: Iterable[tuple[Mapping[str, str], int]], name: str
) -> tuple[list[Given], list[Problem]]:
    """Return the feeds of outlines. One that calls itself a feed and has no address is wrong."""
    given: dict[str, Given] = {}
    problems: list[Problem] = []
    for raw, line in outlines:
        attributes = {key.lower(): value.strip() for key, value in raw.items()}
        title = attributes.get("title") or attributes.get("text") or None
        if url := attributes.get("xmlurl", ""):
            # Readers list a feed in each of its folders.
            row: Row = {"url": url, "title": title, "site_url": attributes.get("htmlurl") or None}
            given.setdefault(url, Given(row, line))
        elif attributes.get("type", "").lower() in _FEED_TYPES:
            what = f"the feed {title:.80}" if title else "a feed"
            hint = 'give its outline xmlUrl="https://…", or take it out'
            problems.append(Problem(name, line, f"{what} has no address: {hint}"))
    return list(given.values()), problems


def _refusal(content: bytes, name: str) -> Problem | None:
    if len(content) > MAX_BYTES:
        return Problem(
            name, 1, f"the file is larger than {MAX_BYTES // 2**20} MB: make several files of it"
        )
    if b"\0" in content:
        return Problem(name, 1, "the file is not in UTF-8: save it with this encoding")
    if found := _DECLARATION.search(content):
        line = content.count(b"\n", 0, found.start()) + 1
        return Problem(name, line, "no list of feeds needs <!DOCTYPE or <!ENTITY: take it out")
    if content.count(b"<") > MAX_TAGS:
        return Problem(
            name, 1, f"the file holds more than {MAX_TAGS:,} tags: make several files of it"
        )
    return None

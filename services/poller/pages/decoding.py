"""The characters of a page."""

import codecs
import re

from trafilatura.utils import detect_encoding

HEAD_BYTES = 2048
"""Bytes of a page that are searched for its charset.

Source: HTML, "determining the character encoding", asks for the first 1,024; many pages put
scripts before it.
"""

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(body: bytes, content_type: str) -> str:
    """Return the characters of a page. What can't be decoded becomes U+FFFD.

    A byte order mark goes before all else. Bytes that are valid UTF-8 are UTF-8 whatever is
    declared: other text is hardly ever. Then the header, the page, and the bytes are asked.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        pass
    for name in _names(body, content_type):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return body.decode(errors="replace")


def _names(body: bytes, content_type: str) -> list[str]:
    header, inside = _HEADER.search(content_type), _DECLARED.search(body[:HEAD_BYTES])
    named = [found for found in (header and header[1], inside and inside[1].decode()) if found]
    # Pages that declare Latin-1 hold Windows-1252 (WHATWG Encoding, "names and labels").
    wide = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}
    return [wide.get(name.lower(), name) for name in named] + list(detect_encoding(body))

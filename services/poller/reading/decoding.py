"""From the bytes of a document to characters. A bad byte costs itself and nothing else.

The charset is chosen by all the evidence together, so that no single byte can change it: else one
bad byte would turn every accented letter of every item into two others.
"""

import codecs
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from services.errors import InvalidMessage
from services.text.counts import counted

MAX_UNPACKED = 10 * 1024 * 1024
"""Bytes of a compressed document when unpacked: as many as are fetched of a plain one."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
"""The first bytes of "<" or "<?xml" in charsets that can't be read as ASCII (XML 1.0, F.1)."""

_LABELS = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252", "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "x-sjis": "cp932",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "macintosh": "mac-roman", "x-mac-roman": "mac-roman",
}  # fmt: skip
"""Labels that mean a larger charset on the web. Source: WHATWG Encoding Standard, 4.2."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_STRAY = re.compile("[\udc80-\udcff]")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HARMLESS = bytes({*range(256)} - {*range(0x20)} | {*b"\t\n\r"})
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_FALLBACK = "cp1252"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a document. `is_damaged`: some bytes of it are none."""

    text: str
    problems: tuple[str, ...] = ()
    is_damaged: bool = False


def unpacked(body: bytes) -> tuple[bytes, bool]:
    """Return a body without gzip, and whether it was cut off.

    Raises InvalidMessage `too-large`, or `not-readable` for what is no gzip after its first bytes.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body, False
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = inflater.decompress(body, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise InvalidMessage("not-readable", f"broken gzip: {error}") from error
    if len(found) > MAX_UNPACKED:
        raise InvalidMessage("too-large", f"more than {MAX_UNPACKED:,} bytes when unpacked")
    return found, not inflater.eof


def decoded(body: bytes, content_type: str) -> Decoded:
    """Return the text of a document, without its byte order mark.

    The mark decides. Else UTF-8 is read where its sequences outnumber the bytes that are none,
    else the charset of header or declaration. Bytes that are no character become U+FFFD; where
    UTF-8 is claimed and no sequence of it stands, they are Windows-1252.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return _read_as(charset, body[len(mark) :])
    for start, charset in _WIDE:
        if body.lstrip(b" \t\r\n").startswith(start):
            return _read_as(charset, body)
    if body.startswith(codecs.BOM_UTF8):
        return _by_evidence(body[len(codecs.BOM_UTF8) :], None, [])
    labels = [_charset(label) for label in _labels(body, content_type)]
    problems = [f"the charset {label} is unknown" for name, label in labels if name is None]
    names = [name for name, _ in labels if name]
    other = next((name for name in names if name != "utf-8"), None)
    if other and not _is_like_ascii(other):
        return _read_as(other, body, problems)
    return _by_evidence(body, other, problems)


def _by_evidence(body: bytes, other: str | None, problems: list[str]) -> Decoded:
    """Read UTF-8, or another charset whose first 128 bytes are the same."""
    with suppress(UnicodeDecodeError):
        return _allowed(body.decode("utf-8"), problems)
    text = body.decode("utf-8", "surrogateescape")
    n_stray = len(_STRAY.findall(text))
    n_good = len(text) - len(text.encode("ascii", "ignore")) - n_stray
    if n_good > n_stray or (n_good and other is None):
        told = f"{counted(n_stray, 'byte')} no UTF-8, replaced"
        return _allowed(_STRAY.sub(REPLACEMENT, text), [*problems, told], is_damaged=True)
    if other is None:
        told = f"{counted(n_stray, 'byte')} no UTF-8, read as Windows-1252"
        found = body.decode(_FALLBACK, "replace")
        return _allowed(found, [*problems, told], is_damaged=True)
    # Bytes of several-byte charsets look like UTF-8 here and there by chance.
    is_mixed = n_good > 0 and not _has_wide_characters(other)
    told = f"{counted(n_good, 'character')} in UTF-8, the others in {other}"
    return _read_as(other, body, [*problems, told] if is_mixed else problems, is_damaged=is_mixed)


def _labels(body: bytes, content_type: str) -> list[str]:
    """Return the charsets that header and declaration claim, in this order (RFC 7303 3.2)."""
    in_header = _IN_HEADER.search(content_type)
    declared = _DECLARED.match(body[:512])
    found = [in_header[1]] if in_header else []
    return [*found, declared[1].decode("ascii", "replace")] if declared else found


def _charset(label: str) -> tuple[str | None, str]:
    """Return Python's name of a charset, or None, with the label."""
    try:
        name = codecs.lookup(_LABELS.get(label.lower(), label)).name
        b"a".decode(name)  # Python also names codecs such as `base64` so.
    except (LookupError, ValueError):
        return None, label
    # A wide charset would have been seen in the first bytes: the label is wrong.
    is_wide = name.startswith(("utf-16", "utf-32"))
    return (None, label) if is_wide or name in _NO_CHARSETS else (name, label)


_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})


def _is_like_ascii(name: str) -> bool:
    """Return True for a charset whose first 128 bytes always are those of ASCII."""
    if name.startswith(("iso2022", "hz")):
        return False
    try:
        return b"<?xml +'\"&;>".decode(name) == "<?xml +'\"&;>"
    except UnicodeDecodeError:
        return False


def _has_wide_characters(name: str) -> bool:
    return len("\N{CJK UNIFIED IDEOGRAPH-4E2D}".encode(name, "ignore")) > 1


def _read_as(
    charset: str, body: bytes, problems: Sequence[str] = (), *, is_damaged: bool = False
) -> Decoded:
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        text = body.decode(charset, "replace")
        n_bad = text.count(REPLACEMENT)
        problems = [*problems, f"{counted(n_bad, 'character')} no {charset}, replaced"]
        is_damaged = True
    return _allowed(text, problems, is_damaged=is_damaged)


def _allowed(text: str, problems: Sequence[str], *, is_damaged: bool = False) -> Decoded:
    """Put U+FFFD in the place of characters that XML does not allow."""
    with suppress(UnicodeEncodeError):
        raw = text.encode()
        if not raw.translate(None, _HARMLESS) and not any(c in raw for c in _NO_CHARACTERS):
            return Decoded(text, tuple(problems), is_damaged)
    plain, n_bad = _NO_XML.subn(REPLACEMENT, text)
    return Decoded(
        plain, (*problems, f"{counted(n_bad, 'control character')} replaced"), is_damaged=True
    )

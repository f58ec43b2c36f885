"""Removes invisible characters from text."""

import re
import unicodedata

_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x85]")
# Controls (but not line feed and tab), soft hyphen, zero-width characters, bidi marks and
# overrides, BOM, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n"})


def clean(text: str) -> str:
    r"""Return `text` in NFC, with `\n` for every line break, without invisible characters.

    These are control, bidi, and zero-width characters.
    """
    if text.isascii():
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.encode("ascii").translate(None, _CONTROLS).decode("ascii")
    text = unicodedata.normalize("NFC", text)
    if text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return _INVISIBLE.sub("", _NEWLINES.sub("\n", text))

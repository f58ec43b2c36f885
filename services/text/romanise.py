"""Any script to the Latin letters of names in news. Arabic short vowels stay missing."""

import re
import unicodedata

from anyascii import anyascii

ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]+")
_ARABIC_SPELLING = (
    "ا:a أ:a إ:i آ:a ٱ:a ى:a ة:a ب:b پ:p ت:t ث:th ج:j چ:ch ح:h خ:kh د:d ذ:dh ر:r ز:z ژ:zh "
    "س:s ش:sh ص:s ض:d ط:t ظ:z ع:a غ:gh ف:f ڤ:v ق:q ك:k ک:k گ:g ڨ:g ل:l م:m ن:n ں:n ه:h "
    "ہ:h ھ:h و:w ؤ:u ي:y ی:y ئ:i ے:i ٹ:t ڈ:d ڑ:r ء: ـ:"
)
_ARABIC_LETTERS = dict(pair.split(":") for pair in _ARABIC_SPELLING.split())
_LATIN_LETTERS = str.maketrans(
    {"ı": "i", "đ": "dj", "ǧ": "j", "ḫ": "kh", "ġ": "gh", "ß": "ss", "ø": "o"}
)
_SILENT = re.compile("[ʿʾ‘’'`´ʻʼ]")
"""Signs that news spelling leaves out."""


def romanise(text: str) -> str:
    """Return `text` in lower-case ASCII, word by word.

    Short vowels missing in Arabic stay missing.
    """
    lowered = _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(
        _LATIN_LETTERS
    )
    latin = ARABIC.sub(lambda m: _arabic(m.group()), lowered)
    return latin if latin.isascii() else anyascii(latin).lower()


def _arabic(word: str) -> str:
    """Return a word of Arabic letters, romanised, with a separate article."""
    letters = [
        _ARABIC_LETTERS[c] for c in unicodedata.normalize("NFC", word) if c in _ARABIC_LETTERS
    ]
    spelled = "".join(letters)
    if len(letters) > 4 and word.startswith("ال"):
        spelled = "al " + "".join(letters[2:])
    return spelled

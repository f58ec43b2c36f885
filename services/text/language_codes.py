"""Codes of languages (ISO 639-1), and what people write in their place."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import yaml


def language_refusal(given: str) -> str | None:
    """Return why `given` is no code of a language and what to write instead, or None.

    Regions (en-GB) are accepted.
    """
    code = given.split("-")[0].lower()
    if code in _names() or (len(code) == 3 and code.isascii() and code.isalpha()):
        return None
    by_name = {name: code for code, names in _names().items() for name in names.split()}
    near = get_close_matches(code, by_name, n=1, cutoff=0.75)
    hint = (
        f"write {by_name[near[0]]}"
        if near
        else "write en for English, ar for Arabic, ru for Russian"
    )
    return f"{given:.40} is no code of a language: {hint} (codes of two letters, ISO 639-1)"


def language_name(code: str) -> str:
    """Return the English name of a language, such as "English"; the code if it is unknown."""
    known = _names().get(code)
    return known.split(" ")[0].capitalize() if known else code


@cache
def _names() -> Mapping[str, str]:
    raw = (files("services.text") / "language_names.yaml").read_text(encoding="utf-8")
    return {str(code): str(names) for code, names in yaml.safe_load(raw).items()}

"""A sentence with its parse and its place in the article."""

from dataclasses import dataclass

from services.messages import Span
from services.tagger.parse.doc import Doc


@dataclass(frozen=True)
class Parsed:
    """A parsed sentence: its place in the text, and its number among the sentences."""

    doc: Doc
    span: Span
    index: int
    is_title: bool = False

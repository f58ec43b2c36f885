"""Words for the dependency tree: the relations that rules are written in."""

from spacy.tokens import Token

from services.tagger.lexicon.words import cues


def is_quantity(token: Token) -> bool:
    """Tell whether a word counts people that are left out ("several injured", "and another wounded")."""
    return token.pos_ == "NUM" or token.lower_ in cues()["quantities"]

"""The names that watches can ask for, from the dictionaries of this machine."""

from services.alerter.vocabulary import Vocabulary
from services.commands.articles import own_lexicons
from services.settings import Settings
from services.watching import vocabulary as names


def vocabulary(settings: Settings) -> Vocabulary:
    """Return the names that watches can ask for.

    Raises ConfigError for an unreadable dictionary of REPORTEDLY_LEXICON.
    """
    return names.vocabulary(own_lexicons(settings))

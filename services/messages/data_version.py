"""The mark on the topics that says which data version they hold."""

from services.messages.base import Message


class DataVersion(Message, frozen=True, kw_only=True):
    """The version of the data on the topics.

    - `version`: counts the incompatible shapes of messages and state, from 1.
    - `written_by`: the version of the program that set the mark.
    """

    version: int
    written_by: str = ""

"""The mark that says which version of the data's shape stands on the topics."""

from services.messages.base import Message


class DataVersion(Message, frozen=True, kw_only=True):
    """`version` counts the shapes that messages and state have had; `written_by` is the version of the program."""

    version: int
    written_by: str = ""

"""The mark on the topics that says which data version they hold."""

from services.messages.base import Message


class DataVersion(Message, frozen=True, kw_only=True):
    """The version of the data on the topics.

    - `version`: counts the incompatible shapes of messages and state, from 1.
    - `written_by`: the version of the program that set the mark.

    The other fields count in the first generation of the topics alone, which names the one in use:

    - `generation`: of the topics in use, from 0 (`services/messages/topics.py`).
    - `stands_still`: the last records go over to another generation, so no service may run.
    - `forgetting`: articles that the generation in use has forgotten, and other stores may not.
    """

    version: int
    written_by: str = ""
    generation: int = 0
    stands_still: bool = False
    forgetting: tuple[str, ...] = ()

"""Which rows may be due because of what readers asked for. Pure."""

from collections.abc import Callable, Iterable

from services.errors import InvalidMessage
from services.messages import Command, decode
from services.ports import Record
from services.text.links import recipient_of

IsMeant = Callable[[str], bool]
"""Returns True for the key of a row that is to be asked again."""


def everything(_key: str) -> bool:
    """Mean all rows."""
    return True


def meant_by(records: Iterable[Record]) -> IsMeant:
    """Return which rows the records of orders are about, or may be about.

    A button in a message is about one alert, so it costs nothing for the others.
    """
    alerts, recipients = set[str](), set[str]()
    for record in records:
        if record.topic == "opt-outs":
            recipients.add((record.key or "").rpartition("|")[2])
        elif record.topic == "subscribers":
            return everything
        elif record.topic == "commands" and (command := _command(record)) is not None:
            if command.action != "redrive" and command.alert_id is None:
                return everything
            alerts.add(command.alert_id or "")

    def is_meant(key: str) -> bool:
        alert_id, _, to = key.partition("|")
        return alert_id in alerts or (bool(recipients) and recipient_of(to) in recipients)

    return is_meant


def _command(record: Record) -> Command | None:
    try:
        return decode(Command, record.value) if record.value is not None else None
    except InvalidMessage:
        return None  # Who applies the records logs it.

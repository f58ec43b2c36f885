"""For tests of the fold: messages into a machine,
the claims it tells, and where each report went.
"""

from collections.abc import Iterable, Mapping

from builders import in_block
from outputs import readable

from services.messages import BlockReports, Claim, decode, encode
from services.ports import Outgoing, Record
from services.runtime.stateful import Machine
from services.tracker.claims.fold import Folder


def take(machine: Machine, *messages: BlockReports) -> list[Outgoing]:
    return readable(
        o for m in messages for o in machine.step(Record("reports", 0, 0, m.article_id, encode(m)))
    )


def updates(out: Iterable[Outgoing]) -> list[Claim]:
    """Return the claims told, in order."""
    return [decode(Claim, o.value) for o in out if o.topic == "claims"]


def homes(messages: Iterable[BlockReports]) -> dict[str, str]:
    """Return report id → claim id, folded anew."""
    folder = Folder("violence:halvane")
    entries: dict[str, list[BlockReports]] = {}
    for message in messages:
        entries.setdefault(message.article_id, []).append(message)
    for versions in entries.values():
        folder.put(in_block(*versions))
    folder.fold()
    return {m.report.report_id: i for i, members in folder.members.items() for m in members}


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return the pairs of claims between which a report moved."""
    return {(before[r], after[r]) for r in before.keys() & after.keys() if before[r] != after[r]}

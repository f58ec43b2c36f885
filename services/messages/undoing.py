"""Decisions that others take back: judgements and verdicts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Undoable(Protocol):
    """A decision; `undoes` is the id of the one that it takes back, if it does so."""

    @property
    def undoes(self) -> str | None: ...


D = TypeVar("D", bound=Undoable)


def not_undone(decisions: Iterable[D], id_of: Callable[[D], str]) -> list[D]:
    """Return the decisions that none in force takes back, each once; undos too.

    A decision is in force if no undo in force names it, so an undo can be undone. No time is asked:
    two decisions may have the same, and clocks differ. The order is that of the decisions.
    """
    known = {id_of(one): one for one in decisions}
    waiting = Counter(one.undoes for one in known.values() if one.undoes in known)
    # From the ends of the chains: an undo that nobody names, then what it names.
    settled = [id for id in known if not waiting[id]]
    undone: set[str] = set()
    for id in settled:
        target = known[id].undoes
        if target is None or target not in known:
            continue
        if id not in undone:
            undone.add(target)
        waiting[target] -= 1
        if not waiting[target]:
            settled.append(target)
    # A ring of undos, which only a forged id could make, is never settled and takes nothing back.
    return [one for id, one in known.items() if id not in undone]


def taken_back(decisions: Sequence[D], id_of: Callable[[D], str]) -> Iterator[tuple[D, D]]:
    """Yield each decision that one in force takes back, with that one; undos too."""
    undos = {one.undoes: one for one in not_undone(decisions, id_of) if one.undoes}
    for one in decisions:
        undo = undos.get(id_of(one))
        if undo is not None:
            yield one, undo

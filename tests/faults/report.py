"""Results of schedules as lines of a file, and as a table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
from faults.play import Result
from faults.schedule import KINDS

COLUMNS = (
    "fault", "schedules", "lost", "doubled", "claims", "alerts", "seen", "letters", "ended",
    "messages", "again", "twice", "naive: lost", "doubled", "untold", "told twice",
)  # fmt: skip

NAIVE = ("documents lost", "documents doubled", "messages lost", "messages doubled")


def append(path: Path, result: Result) -> None:
    """Add a result to the file, whole or not at all."""
    with path.open("ab") as file:
        file.write(json.dumps(asdict(result)).encode() + b"\n")


def read(path: Path) -> list[Result]:
    """Return the last result of each seed, by seed; none without a file."""
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines()
    found = [msgspec.json.decode(line, type=Result) for line in lines if line.endswith(b"}")]
    return [result for _, result in sorted({result.seed: result for result in found}.items())]


def table(results: Sequence[Result]) -> str:
    """Return the table of all results, a row for each kind of fault, in Markdown."""
    rows: list[list[str]] = [list(COLUMNS), ["---"] * len(COLUMNS)]
    by_kind = {kind: [result for result in results if result.kind == kind] for kind in KINDS}
    rows += ([kind, *_figures(some)] for kind, some in by_kind.items() if some)
    rows.append(["all", *_figures(results)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def summary(results: Sequence[Result]) -> str:
    """Return in words what the table does not hold."""
    bad = [result.seed for result in results if not result.is_good]
    seconds = sorted(result.seconds for result in results)
    taken, again = (sum(getattr(r, name) for r in results) for name in ("taken", "again"))
    lines = [
        f"{len(results)} schedules, {sum(r.articles for r in results):,} articles, "
        f"{sum(r.claims for r in results):,} claims, {sum(r.kills for r in results)} kills by -9",
        f"messages: {taken:,} taken, {again} came again under their id "
        f"({100 * again / max(1, taken):.2f} %)",
        f"seconds of a schedule: median {seconds[len(seconds) // 2]:.0f}, most {seconds[-1]:.0f}",
        f"not as they must be: {', '.join(map(str, bad)) or 'none'}",
    ]
    return "\n".join(lines)


def _figures(results: Iterable[Result]) -> list[str]:
    some = list(results)
    names = ("lost", "doubled", "claims", "alerts", "seen", "letters")
    ours = [sum(len(r.verdict[name]) for r in some) for name in names]
    ours += [sum(len(r.crashes) for r in some)]
    ours += [sum(getattr(r, name) for r in some) for name in ("taken", "again", "twice")]
    due = sum(r.naive.get("due", 0) for r in some)
    theirs = [sum(r.naive.get(name, 0) for r in some) for name in NAIVE]
    first = f"{theirs[0]} of {due}" if due else "–"
    return [str(len(some)), *map(str, ours), first, *(str(n) if due else "–" for n in theirs[1:])]

"""What the commands on files of watches and on files of subscribers share."""

from collections.abc import Iterable, Mapping, Sequence

import click

from services.settings import Settings
from services.text.counts import counted
from services.text.problems import Problem, refuse


def report(problems: Sequence[Problem]) -> None:
    """Write the warnings. Raises FileProblems where something is wrong."""
    for problem in problems:
        if problem.is_warning:
            click.echo(str(problem), err=True)
    refuse(problems)


def ids_in_two(files: Mapping[str, Iterable[str]]) -> list[Problem]:
    """Return a problem for each id that stands in two files. `files`: path to ids."""
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for path, ids in files.items():
        for id in ids:
            if first.setdefault(id, path) != path:
                what = f"the id {id} stands in {first[id]}, too: give one of them another"
                problems.append(Problem(path, 1, what))
    return problems


def effect(n_saved: int, n_given: int, one: str, many: str) -> str:
    """Return `2 watches saved, 1 unchanged`, without what is none."""
    same = n_given - n_saved
    if not n_saved:
        return f"{counted(same, one, many)} unchanged"
    return f"{counted(n_saved, one, many)} saved{f', {same:,} unchanged' if same else ''}"


def probe_new(settings: Settings, given: Iterable[str], known: Iterable[str]) -> None:
    """Send a test message to each given channel that is not known yet.

    Ends the command with 1 if one does not take it.
    """
    from services.commands.probe import probe

    old = set(known)
    new = [to for to in dict.fromkeys(given) if to not in old]
    if not new:
        click.echo("no new channel to try: `reportedly notify test` tries one that is known")
    if not probe(settings, new):
        raise click.exceptions.Exit(1)

"""`reportedly verdicts`: what the desk says of incidents, claims, and alerts."""

import getpass
from collections.abc import Iterable, Iterator

import click
import yaml
from rich.console import Console
from rich.table import Table

from services.api.subjects import sampled, subject_of
from services.commands import world
from services.commands.choices import OneOf, require_known
from services.commands.group import Group
from services.commands.jsonl import say_none, write_line
from services.commands.topic import read_topic
from services.commands.vocabulary import vocabulary
from services.desk.aliases import aliases, dictionary
from services.desk.documents import claim_of
from services.desk.figures import Figure, Figures, figures, in_force, week_before, weeks
from services.desk.gold import gold_article
from services.desk.verdicts import REASONS, Said, Subject, in_words, labelled, made, undoing
from services.errors import ConfigError
from services.messages import WRONG_REASONS, About, Verdict, VerdictAnswer, decode, encode
from services.ports import JsonObject, Outgoing, SearchIndex
from services.settings import Settings

_ABOUT: dict[str, About] = {"incident": "incident", "claim": "claim", "alert": "alert"}
_ANSWERS: dict[str, VerdictAnswer] = {"right": "right", "wrong": "wrong", "unwanted": "unwanted"}

MOST_EXPORTED = 2_000
"""Articles of one export: those judged last."""

_by = click.option("--by", default=getpass.getuser, show_default="you", help="Who says so.")


@click.group(cls=Group)
def verdicts() -> None:
    """Say whether what was told is right, and see how right the program is.

    A wrong claim is mended at once, and its readers are told. A verdict holds whatever is reported
    later, survives a replay, and can be undone.

    \b
    Examples:
      reportedly verdicts add claim c363b4455ed23f5981f0 wrong --reason old
      reportedly verdicts list
      reportedly verdicts figures
      reportedly verdicts export --gold > judged.yaml
      reportedly verdicts aliases > names.yaml
    """


@verdicts.command(name="list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True,
              help="Verdicts at most, the newest first.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write whole verdicts as JSON Lines.")
def list_(limit: int, as_json: bool) -> None:
    """List the verdicts in force, one a line, the newest first.

    \b
    Example:
      reportedly verdicts list --limit 10
    """
    found = in_force(_known().values())[::-1][:limit]
    if not found:
        say_none("verdict yet")
    console = Console(highlight=False, soft_wrap=True)
    for verdict in found:
        if as_json:
            write_line(encode(verdict))
        else:
            note = f": {verdict.note}" if verdict.note else ""
            console.print(
                f"{verdict.at:%Y-%m-%d %H:%M}  {verdict.about} {verdict.id}  {in_words(verdict)}  "
                f"by {verdict.by}{note}  {verdict.verdict_id}",
                markup=False,
            )


@verdicts.command()
@click.argument("about", type=OneOf("ABOUT", lambda: _ABOUT))
@click.argument("id")
@click.argument("answer", type=OneOf("ANSWER", lambda: _ANSWERS))
@click.option(
    "--reason", type=OneOf("REASON", lambda: WRONG_REASONS), help="What is wrong, of a wrong one."
)
@click.option(
    "--key", "keys", multiple=True, help="A wrong answer, such as patient:NAME; repeatable."
)
@click.option("--really", default="", help="Who the only wrong name really is.")
@click.option("--note", default="", help="A remark, kept with the verdict.")
@_by
def add(
    about: str,
    id: str,
    answer: str,
    *,
    reason: str | None,
    keys: tuple[str, ...],
    really: str,
    note: str,
    by: str,
) -> None:
    """Say whether an incident, a claim, or an alert is right.

    \b
    Examples:
      reportedly verdicts add claim c363b4455ed23f5981f0 right
      reportedly verdicts add claim c363b4455ed23f5981f0 wrong --reason who --key "agent:front"
      reportedly verdicts add alert 5f0a1c9be2d344710aa1 unwanted
    """
    settings = world.settings()
    why = next((known for known in REASONS if known == reason), None)
    subject = subject_of(world.index(settings), _ABOUT[about], id)
    if subject is None:
        raise ConfigError(f"there is no {about} {id:.80}")
    now = world.now(settings)
    week = week_before(now)
    is_sampled = about == "claim" and id in sampled(world.index(settings), week)
    said = Said(
        _ANSWERS[answer],
        by,
        why,
        keys,
        _labels(settings, subject, keys),
        note=note,
        sample=week if is_sampled else None,
        really=really,
    )
    _send(made(subject, said, _known().values(), now))


@verdicts.command()
@click.argument("verdict_id")
@_by
def undo(verdict_id: str, by: str) -> None:
    """Take a verdict back.

    \b
    Example:
      reportedly verdicts undo b81c0d6a2f5e4c19aa01
    """
    known = _known()
    require_known("verdict", verdict_id, known, "verdicts")
    _send(undoing(known[verdict_id], by, known.values(), world.now(world.settings())))


@verdicts.command(name="figures")
def figures_() -> None:
    """Show how right the program is, by type of event, rule, watch, and week.

    The range behind a share is its 95 % interval.

    \b
    Example:
      reportedly verdicts figures
    """
    known = list(_known().values())
    found = figures(known)
    if not found.all.n:
        say_none("verdict yet")
        return
    console = Console(highlight=False)
    console.print(f"{_share(found.all)} of {found.all.n} judged things were right", markup=False)
    for title, rows in _tables(found, known):
        if rows:
            console.print(_table(title, rows))


@verdicts.command()
@click.option("--week", help="An ISO week, such as 2031-W18; else the last whole one.")
def sample(week: str | None) -> None:
    """List the claims of a week's sample, with what was said of each.

    \b
    Example:
      reportedly verdicts sample --week 2031-W18
    """
    settings = world.settings()
    name = week or week_before(world.now(settings))
    try:
        ids = sampled(world.index(settings), name)
    except ValueError as error:
        raise ConfigError("--week: a week is written as 2031-W18") from error
    if not ids:
        say_none(f"claim was opened in {name}")
    said = {v.id: v for v in in_force(_known().values()) if v.about == "claim"}
    for id in ids:
        click.echo(f"{id}  {in_words(said[id]) if id in said else 'not judged yet'}")


@verdicts.command(name="aliases")
def aliases_() -> None:
    """Write the names that verdicts say are somebody's, as a dictionary (docs/actors.md).

    An actor that a dictionary knows is written whole, with the new names.

    \b
    Example:
      reportedly verdicts aliases > names.yaml && reportedly actors check names.yaml
    """
    names = vocabulary(world.settings())
    found = aliases(_known().values(), names.ids_of, names.name_of, names.id_made_of)
    if not found:
        say_none("wrong name with who it really is")
        return
    click.echo(dictionary(found, names.row_of), nl=False)


@verdicts.command()
@click.option("--gold", is_flag=True, required=True, help="Write articles as gold, in YAML.")
def export(gold: bool) -> None:
    """Write the judged articles as gold: what must be found in each, and what must not be told.

    \b
    Example:
      reportedly verdicts export --gold > judged.yaml
    """
    assert gold
    index = world.index(world.settings())
    rows = [*_gold(index, in_force(_known().values()))]
    if not rows:
        say_none("article was judged yet")
        return
    click.echo(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120), nl=False)


def _labels(settings: Settings, subject: Subject, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return what wrong answers are called, as the desk's pages keep it."""
    if not keys or not subject.claim_id:
        return ()
    return labelled(claim_of(world.index(settings).get("claims", subject.claim_id)), keys)


def _gold(index: SearchIndex, standing: Iterable[Verdict]) -> Iterator[JsonObject]:
    """Yield the gold of every article of which an incident was judged, the last judged first."""
    by_incident: dict[str, list[Verdict]] = {}
    articles: dict[str, None] = {}
    for verdict in reversed([*standing]):
        if verdict.about == "incident" and verdict.article_id:
            by_incident.setdefault(verdict.id, []).append(verdict)
            articles.setdefault(verdict.article_id)
    for article_id in [*articles][:MOST_EXPORTED]:
        article = index.get("articles", article_id)
        if article is not None:
            version = {"term": {"article_version": article.get("version")}}
            query = {"bool": {"filter": [{"term": {"article_id": article_id}}, version]}}
            hits = index.search("incidents", {"query": query, "size": 200})["hits"]["hits"]
            row = gold_article(article, [hit["_source"] for hit in hits], by_incident)
            if row is not None:
                yield row


def _tables(found: Figures, known: list[Verdict]) -> Iterator[tuple[str, list[Figure]]]:
    yield "By type of event", [*found.events]
    yield "By rule", [*found.rules]
    yield "By watch", [*found.watches]
    yield "By week of the sample", [week.figure for week in weeks(known)]


def _table(title: str, rows: Iterable[Figure]) -> Table:
    table = Table(title=title, title_justify="left", box=None)
    for name in ("", "right", "judged", "wrong", "not wanted"):
        table.add_column(name, justify="left" if not name else "right")
    for row in rows:
        table.add_row(row.name, _share(row), str(row.n), str(row.wrong), str(row.unwanted))
    return table


def _share(figure: Figure) -> str:
    low, high = figure.interval
    return f"{figure.share or 0:.0%} ({low:.0%} to {high:.0%})"


def _known() -> dict[str, Verdict]:
    sent = read_topic(world.settings(), "verdicts")
    return {id: decode(Verdict, value) for id, value in sent.items()}


def _send(verdict: Verdict) -> None:
    world.send(world.settings(), Outgoing("verdicts", verdict.verdict_id, encode(verdict)))
    click.echo(f"{in_words(verdict)} {verdict.verdict_id} by {verdict.by}")

"""`reportedly claims`: show claims of the running system or of a file, and judge them."""

import getpass
from collections.abc import Callable, Iterator
from itertools import chain
from secrets import token_hex
from typing import get_args

import click
from rich.console import Console

from services.api.queries import MOST, listing
from services.commands import world
from services.commands.choices import OneOf, ids_that_begin_so, require_known, unknown
from services.commands.claim_text import line, show_claim
from services.commands.group import Group
from services.commands.jsonl import InputFile, Kind, another_kind, read_lines, say_none, write_line
from services.commands.topic import read_topic
from services.desk.documents import claim_of
from services.desk.judging import Wanted, judged, undoing
from services.errors import ConfigError, InvalidMessage
from services.messages import Claim, Judgement, decode, encode
from services.messages.base import Status
from services.messages.events import EVENTS
from services.ports import Outgoing

_TAKES: tuple[Kind, ...] = ("claim",)

_from_file = click.option(
    "--file",
    "file",
    type=InputFile(),
    help="Claims written by `fold`, instead of the running system.",
)


@click.group(cls=Group)
def claims() -> None:
    """Show claims and their history, and judge them.

    A judgement (split, merge, dismiss, note) records author, time, and reason. It holds whatever is
    reported later, survives a replay, and can be undone. With --file it is printed instead of sent,
    for `reportedly fold --judgements`.

    \b
    Examples:
      reportedly claims list --status disputed
      reportedly claims show c363b4455ed23f5981f0
      reportedly claims dismiss c363b4455ed23f5981f0 --why "a drill, the ministry's notice says so"
      reportedly claims split c363b4455ed23f5981f0 ARTICLE_ID --why "another strike, a day later"
      reportedly fold tagged.jsonl > claims.jsonl; reportedly claims list --file claims.jsonl
    """


@claims.command(name="list")
@_from_file
@click.option(
    "--status", type=OneOf("STATUS", lambda: get_args(Status)), help="Only claims of this status."
)
@click.option(
    "--event",
    type=OneOf("EVENT", lambda: EVENTS),
    help="Only claims of this event (`reportedly events list`).",
)
@click.option(
    "--limit",
    type=click.IntRange(1, MOST),
    default=50,
    show_default=True,
    help="Claims at most, the newest first.",
)
@click.option("--json", "as_json", is_flag=True, help="Write whole claims as JSON Lines.")
def list_(
    file: str | None, status: str | None, event: str | None, limit: int, as_json: bool
) -> None:
    """List claims, one a line, the newest first.

    \b
    Examples:
      reportedly claims list --event killed --status confirmed
      reportedly claims list --file claims.jsonl --json | jq .slots
    """
    found = _in_file(file, status, event) if file else _in_index(status, event, limit)
    console = Console(highlight=False, soft_wrap=True)
    if not found:
        say_none("claim of this kind" if status or event else "claim yet")
    for claim in found[:limit]:
        if as_json:
            write_line(encode(claim))
        else:
            console.print(line(claim))


@claims.command()
@click.argument("claim_id")
@_from_file
def show(claim_id: str, file: str | None) -> None:
    """Show a claim: its history with rules and quotes, its answers, origins, and judgements.

    \b
    Examples:
      reportedly claims show c363b4455ed23f5981f0
      reportedly claims show c363b4455ed23f5981f0 --file claims.jsonl
    """
    show_claim(_find(claim_id, file), Console(highlight=False, soft_wrap=True))


def _reason(_context: click.Context, _option: click.Parameter, given: str) -> str:
    """Return the reason. Raises ConfigError for an empty one, before any claim is looked up."""
    if not given.strip():
        raise ConfigError("--why is empty: a judgement keeps its reason")
    return given


def _judging(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that all judgements have."""
    by = click.option(
        "--by", default=getpass.getuser, show_default="you", help="Author of the judgement."
    )
    why = click.option(
        "--why", required=True, callback=_reason, help="The reason, kept with the claim."
    )
    return by(why(_from_file(command)))


@claims.command()
@click.argument("claim_id")
@click.argument("article_ids", nargs=-1, required=True)
@_judging
def split(claim_id: str, article_ids: tuple[str, ...], by: str, why: str, file: str | None) -> None:
    """Separate articles from a claim: they report another event.

    \b
    Example:
      reportedly claims split c363b4455ed23f5981f0 ARTICLE_ID --why "the second strike"
    """
    claim = _find(claim_id, file)
    for article_id in article_ids:
        require_known(f"article of the claim {claim_id}", article_id, claim.article_ids)
    _decide(claim, Wanted("split", by, why, articles=article_ids), file)


@claims.command()
@click.argument("claim_id")
@click.argument("other_id")
@_judging
def merge(claim_id: str, other_id: str, by: str, why: str, file: str | None) -> None:
    """Merge two claims of one block: they report the same event.

    \b
    Example:
      reportedly claims merge c363b4455ed23f5981f0 0c9d1f6b7a8e4f20aa10 --why "one strike"
    """
    if claim_id == other_id:
        raise ConfigError(f"{claim_id} is one claim already")
    claim, other = _find(claim_id, file), _find(other_id, file)
    _decide(claim, Wanted("merge", by, why, other=other), file)


@claims.command()
@click.argument("claim_id")
@_judging
def dismiss(claim_id: str, by: str, why: str, file: str | None) -> None:
    """Dismiss a claim: it becomes `retracted`, and its readers are notified.

    \b
    Example:
      reportedly claims dismiss c363b4455ed23f5981f0 --why "a film, not an attack"
    """
    _decide(_find(claim_id, file), Wanted("dismiss", by, why), file)


@claims.command()
@click.argument("claim_id")
@_judging
def note(claim_id: str, by: str, why: str, file: str | None) -> None:
    """Add a remark to a claim.

    \b
    Example:
      reportedly claims note c363b4455ed23f5981f0 --why "asked the hospital, answer by noon"
    """
    _decide(_find(claim_id, file), Wanted("note", by, why), file)


@claims.command()
@click.argument("judgement_id")
@_judging
def undo(judgement_id: str, by: str, why: str, file: str | None) -> None:
    """Undo a judgement; an undo can be undone.

    \b
    Example:
      reportedly claims undo 5f0a1c9be2d34471 --why "the ministry was wrong"
    """
    old = _judgement(judgement_id, file)
    _hand_in(undoing(old, by, why, world.now(world.settings()), token_hex()), file)


def _decide(claim: Claim, wanted: Wanted, file: str | None) -> None:
    _hand_in(judged(claim, wanted, world.now(world.settings()), token_hex()), file)


def _hand_in(judgement: Judgement, file: str | None) -> None:
    """Send a judgement, or print it if the claims came from a file."""
    if file:
        write_line(encode(judgement))
        return
    message = Outgoing("judgements", judgement.judgement_id, encode(judgement))
    world.send(world.settings(), message)
    click.echo(f"{judgement.kind} {judgement.judgement_id} by {judgement.by}")


def _find(claim_id: str, file: str | None) -> Claim:
    """Return a claim. Raises ConfigError if there is none with this id."""
    if file:
        known = {claim.claim_id: claim for claim in _read(file)}
        require_known("claim", claim_id, known)
        return known[claim_id]
    index = world.index(world.settings())
    if stored := index.get("claims", claim_id):
        if claim := claim_of(stored):
            return claim
        raise ConfigError(
            f"the document of the claim {claim_id} holds no claim that this version reads: it is "
            "written anew with the next report, and all are by `reportedly replay`"
        )
    near = ids_that_begin_so(index, "claims", "claim_id", claim_id)
    raise unknown("claim", claim_id, near, "`reportedly claims list` gives the ids")


def _judgement(judgement_id: str, file: str | None) -> Judgement:
    """Return a judgement. Raises ConfigError if there is none with this id."""
    if file:
        each = chain.from_iterable(claim.judgements for claim in _read(file))
        known = {one.judgement_id: one for one in each}
        require_known("judgement", judgement_id, known, "judgements")
        return known[judgement_id]
    sent = read_topic(world.settings(), "judgements")
    require_known("judgement", judgement_id, sent, "judgements")
    return decode(Judgement, sent[judgement_id])


def _in_file(file: str, status: str | None, event: str | None) -> list[Claim]:
    kept = [
        c
        for c in _read(file)
        if (not status or c.status == status) and (not event or c.event == event)
    ]
    dated = sorted(
        (c for c in kept if c.updated_at), key=lambda c: (c.updated_at, c.claim_id), reverse=True
    )
    return [*dated, *(c for c in kept if not c.updated_at)]


def _in_index(status: str | None, event: str | None, limit: int) -> list[Claim]:
    answer = world.index(world.settings()).search(
        "claims", listing("claims", status=status, event=event, size=limit, whole=True)
    )
    found = (claim_of(hit["_source"]) for hit in answer["hits"]["hits"])
    return [claim for claim in found if claim is not None]


def _read(file: str) -> Iterator[Claim]:
    """Yield the claims of a file. Raises ConfigError with file and line."""
    for name, number, row in read_lines((file,)):
        try:
            yield decode(Claim, row)
        except InvalidMessage as error:
            raise ConfigError(f"{name}:{number}: {another_kind(row, _TAKES) or error}") from error

"""`reportedly dlq`: messages that could not be processed, kept with their reason."""

from collections.abc import Collection, Iterator

import click

from services.commands import world
from services.commands.choices import DeadLettered
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.desk.pipeline.redrive import Letter, as_it_was, header, is_letter, letters, mark
from services.errors import ConfigError
from services.messages.topics import DEAD_LETTERS, letter_topics
from services.ports import Broker, Record, TopicPartition
from services.text.choices import not_allowed
from services.text.counts import counted


@click.group(cls=Group)
def dlq() -> None:
    """List, show, and redrive dead letters.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq show articles 3
      reportedly dlq redrive articles --reason untaggable
    """


_TOPIC = DeadLettered()


@dlq.command(name="list")
@click.argument("topic", required=False, type=_TOPIC)
@click.option("--reason", help="Only letters filed under this reason.")
def list_(topic: str | None, reason: str | None) -> None:
    """Write one line for each dead letter (of TOPIC): topic, offset, reason, detail.

    A letter that was sent again has the time and who sent it behind that.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq list articles --reason too-large
    """
    broker, seen, n = world.broker(world.settings()), set[str](), 0
    for name in (topic,) if topic else letter_topics():
        for letter in letters(_records(broker, name)):
            seen.add(letter.reason)
            if reason in (None, letter.reason):
                n += 1
                click.echo("\t".join(_cells(letter)))
    _require_reason(reason, seen, n)
    if not n:
        say_none("dead letter")


@dlq.command()
@click.argument("topic", type=_TOPIC)
@click.argument("offset", type=click.IntRange(0))
def show(topic: str, offset: int) -> None:
    """Write the headers of one dead letter of TOPIC, a blank line, and the message unchanged.

    OFFSET is shown by `reportedly dlq list`.
    """
    records = _records(world.broker(world.settings()), topic)
    found = next((one for one in records if one.offset == offset and is_letter(one)), None)
    if found is None:
        raise ConfigError(f"{topic} has no dead letter at {offset}: see `reportedly dlq list`")
    for name in found.headers:
        click.echo(f"{name}: {header(found, name)}")
    click.echo(f"key: {found.key}\n")
    click.echo(found.value or b"")


@dlq.command()
@click.argument("topic", type=_TOPIC)
@click.option("--reason", help="Only letters filed under this reason.")
@click.option("--again", is_flag=True, help="Also letters that were sent before.")
def redrive(topic: str, reason: str | None, *, again: bool) -> None:
    """Send the dead letters of TOPIC to it again, unchanged, each once. The letters stay, marked.

    \b
    Examples:
      reportedly dlq redrive articles --reason untaggable
      reportedly dlq redrive articles --again
    """
    broker = world.broker(world.settings())
    records = [*_records(broker, topic)]
    known = {letter.offset: letter for letter in letters(records)}
    asked = [one for one in known.values() if reason in (None, one.reason)]
    _require_reason(reason, {one.reason for one in known.values()}, len(asked))
    chosen = {one.offset for one in asked if again or one.waits}
    producer = broker.producer()
    for record in (one for one in records if one.offset in chosen):
        producer.send(as_it_was(topic, record))
        producer.send(mark(topic, record, "the command line"))
    producer.close()
    click.echo(f"{counted(len(chosen), 'message')} sent to {topic} again")
    if skipped := len(asked) - len(chosen):
        were = "was" if skipped == 1 else "were"
        click.echo(f"{counted(skipped, 'letter')} {were} sent before: see --again", err=True)


def _cells(letter: Letter) -> Iterator[str]:
    yield from (letter.topic, str(letter.offset), letter.reason, letter.detail)
    if letter.redriven_at is not None:
        yield f"sent again {letter.redriven_at:%Y-%m-%d %H:%M} by {letter.redriven_by}"


def _require_reason(reason: str | None, seen: Collection[str], found: int) -> None:
    """Raise ConfigError for a reason that no letter has, if there are letters."""
    if reason is not None and seen and not found:
        raise ConfigError(f"--reason {not_allowed(reason, sorted(seen))}")


def _records(broker: Broker, topic: str) -> Iterator[Record]:
    """Yield what stands in the dead letters of a topic: letters, and marks of what was sent."""
    reader, name = broker.reader(), topic + DEAD_LETTERS
    try:
        yield from reader.read_to_end(
            [TopicPartition(name, p) for p in range(broker.n_partitions(name))]
        )
    finally:
        reader.close()

"""Draws a blind sample for a person to judge, and reads the verdicts back.

    make judge ARGS="articles.jsonl --sheet sheet.tsv"
    make judge ARGS="--read sheet.tsv"

The articles are the user's own: JSON Lines as `reportedly tag` takes them, that nobody tuned
anything to. 150 incidents and 40 alerts are drawn by a seed; the alerts are what one watch for each
type of event would have opened, or those of `--watches`. In the sheet each row has what we say, the
sentence that it rests on, and a link; its column `verdict` is empty. Fill in `right` or `wrong`:

- right: the article says so: this type of event, these people, this place, this many, real news. A
  detail that is left out is no mistake; a detail that is wrong is one.
- wrong: anything else.

The confidence of a row is not in the sheet, so that nobody judges by it.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline, in_order
from services.backtest.report import Sent, backtest
from services.commands.articles import read_tagged
from services.commands.jsonl import Unread
from services.commands.watches import read_file
from services.desk.figures import wilson
from services.desk.words import event_name
from services.messages import ClaimCondition, Incident, TaggedArticle, Watch
from services.messages.events import EVENTS
from services.settings import Settings
from services.text.happening import victims

N_INCIDENTS = 150
"""Incidents that are drawn. About as many as the rows of GDELT that were judged (`BESIDE`)."""
N_ALERTS = 40
"""Alerts that are drawn: an hour of somebody's time. 36 right leave at least 77 % (Wilson)."""

BESIDE = ("GDELT", 36, 153)
"""Of 153 rows labelled by hand 76.5 % were no real event of that type at that place (issue 212 of
011-sam-110/Provenance, 2026), so 36 were right."""

COLUMNS = ("row", "kind", "verdict", "says", "sentence", "link", "note")
VERDICTS = ("right", "wrong")
_RISKY = ("=", "+", "-", "@")
"""A spreadsheet takes what begins so for a formula."""


class Unusable(Exception):
    """A sheet that can't be read, with the row and what is allowed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing to judge. `kind`: incident or alert. `verdict`: "", right, or wrong."""

    row: str
    kind: str
    says: str
    sentence: str
    link: str
    verdict: str = ""
    note: str = ""


def incident_rows(articles: Iterable[TaggedArticle]) -> Iterator[Row]:
    """Yield the incidents that people are told of: news, and sure enough."""
    for article in articles:
        for incident in article.incidents:
            if incident.is_voice:
                quote = article.text[slice(*incident.quote)]
                says = incident_says(article, incident)
                yield Row(incident.incident_id, "incident", says, quote, _link(article))


def incident_says(article: TaggedArticle, incident: Incident) -> str:
    """Return what we say of an incident: type, people, place, numbers, and stance.

    As hits and documents say it: beside the dead, the wounded are not named.
    """
    shown = {mention.id: mention.shown for mention in article.mentions}
    event = incident.events[0]
    named = {
        "whom": victims(incident, article.reports, article.mentions, event),
        "by": [shown.get(id, id) for id in incident.agent],
        "what was hit": [shown.get(id, id) for id in incident.target],
        "where": [shown.get(id, id) for id in incident.place[:1]],
    }
    parts = [
        event_name(event),
        *(f"{question}: {', '.join(labels)}" for question, labels in named.items() if labels),
        *(f"{count.of}: {_number(count.min, count.max)}" for count in incident.counts),
        incident.stance,
    ]
    return "; ".join(parts)


def alert_rows(sent: Iterable[Sent], links: Mapping[str, str]) -> Iterator[Row]:
    """Yield the first revisions of alerts; of those that say the same of one article, one."""
    seen: set[tuple[str, str]] = set()
    for revision in sent:
        same = (revision.article_id, revision.text)
        if revision.number == 1 and same not in seen:
            seen.add(same)
            quote = revision.evidence[-1].quote if revision.evidence else ""
            link = links.get(revision.article_id, revision.article_id)
            yield Row(revision.alert_id, "alert", revision.text, quote, link)


def drawn(rows: Iterable[Row], most: int, seed: int) -> list[Row]:
    """Return rows by chance, the same for a seed whatever the order of the articles."""
    by_id = sorted({row.row: row for row in rows}.values(), key=lambda row: row.row)
    return random.Random(seed).sample(by_id, min(most, len(by_id)))


def write(rows: Sequence[Row], path: Path) -> None:
    """Write a sheet of tab-separated values. Raises FileExistsError: verdicts may stand in it."""
    with path.open("x", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, dialect="excel-tab")
        sheet.writerow(COLUMNS)
        for row in rows:
            sheet.writerow([_cell(getattr(row, name)) for name in COLUMNS])


def read(path: Path) -> list[Row]:
    """Return the rows of a sheet. Raises Unusable, also for a verdict that is none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictReader(file, dialect="excel-tab")
        if set(COLUMNS) - set(sheet.fieldnames or ()):
            raise Unusable(f"{path}: this is no sheet; its columns are {', '.join(COLUMNS)}")
        rows = []
        for number, line in enumerate(sheet, 2):
            row = Row(**{name: (line[name] or "").strip() for name in COLUMNS})
            verdict = row.verdict.lower()
            if verdict not in ("", *VERDICTS):
                raise Unusable(f"{path}, line {number}: {verdict!r}; allowed are right and wrong")
            rows.append(Row(row.row, row.kind, row.says, row.sentence, row.link, verdict, row.note))
    return rows


def told(name: str, right: int, n: int) -> str:
    """Return a precision with its 95 % interval (Wilson), as others publish theirs."""
    if not n:
        return f"{name}: no row was judged"
    low, high = wilson(right, n)
    return (
        f"{name}: {100 * right / n:.1f} % of {n} rows right "
        f"(95 % interval: {100 * low:.1f} to {100 * high:.1f} %)"
    )


def report(rows: Sequence[Row]) -> list[str]:
    """Return the lines of a result: ours, what is open, and what was published of others."""
    lines = []
    for kind in ("incident", "alert"):
        judged = [row for row in rows if row.kind == kind and row.verdict]
        right = sum(row.verdict == "right" for row in judged)
        lines.append(told(f"our {kind}s", right, len(judged)))
    left = sum(not row.verdict for row in rows)
    lines += [f"{left} rows are not judged yet"] if left else []
    return [*lines, f"beside them, {told(*BESIDE)}"]


def watches_of(path: str | None) -> list[Watch]:
    """Return the watches of a file, else one for each type of event."""
    if path:
        return read_file(path, delivers=False)
    return [
        Watch(id=event, name=event_name(event), claim=ClaimCondition(event=(event,)))
        for event in EVENTS
    ]


def sample(articles: Sequence[TaggedArticle], watches: Sequence[Watch], seed: int) -> list[Row]:
    """Return the rows of a sheet: incidents, then alerts."""
    pipeline = Pipeline(compile_all(watches))
    found = backtest(pipeline.step(article) for article in in_order(articles))
    links = {article.article_id: _link(article) for article in articles}
    return [
        *drawn(incident_rows(articles), N_INCIDENTS, seed),
        *drawn(alert_rows(found.sent, links), N_ALERTS, seed),
    ]


def _link(article: TaggedArticle) -> str:
    return article.url or article.article_id


def _number(least: int | None, most: int | None) -> str:
    if least is None:
        return f"at most {most}"
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"


def _cell(value: str) -> str:
    """Return a value as one line that no spreadsheet takes for a formula."""
    line = " ".join(value.split())
    return f"'{line}" if line.startswith(_RISKY) else line


def _draw(options: argparse.Namespace) -> None:
    unread = Unread("article", "tagged")
    print("reading the articles; about 20 a second", file=sys.stderr)
    articles = list(read_tagged(options.files, Settings(), unread, in_full=True))
    rows = sample(articles, watches_of(options.watches), options.seed)
    write(rows, options.sheet)
    kinds = {kind: sum(row.kind == kind for row in rows) for kind in ("incident", "alert")}
    print(
        f"{options.sheet}: {kinds['incident']} incidents and {kinds['alert']} alerts of "
        f"{len(articles)} articles (seed {options.seed}). Fill in its column `verdict` (right or "
        f'wrong), then: make judge ARGS="--read {options.sheet}"'
    )
    unread.end()


def main() -> None:
    """Draw a sheet, or read one back."""
    parser = argparse.ArgumentParser(
        prog="make judge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", help="articles (JSON Lines), tagged or not")
    parser.add_argument("--sheet", type=Path, default=Path("sheet.tsv"), help="where it is written")
    parser.add_argument("--watches", help="watch file; default: one watch for each type of event")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=Path, metavar="SHEET", help="read the verdicts of a sheet")
    options = parser.parse_args()
    if bool(options.read) == bool(options.files):
        parser.error("give articles to draw from, or --read SHEET")
    if options.files and options.sheet.exists():
        parser.error(f"{options.sheet} exists, and may hold verdicts: name another by --sheet")
    try:
        if options.read:
            print("\n".join(report(read(options.read))))
        else:
            _draw(options)
    except (OSError, Unusable) as error:
        sys.exit(f"judge: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

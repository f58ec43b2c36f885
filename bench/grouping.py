"""How well reports are grouped into claims:
extended B-cubed beside two plainer ways, on articles whose claim is known.

    python bench/grouping.py ARTICLES.jsonl [--errors N]

A line is {"id", "text", "claim"} and may have "title", "published_at", "outlet";
a text of one line is taken for a headline. Measured are the articles in which an event is read;
those of which nothing is read have no say, and their share is printed.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import msgspec
from stories.bcubed import Clusters, bcubed

from services.commands.articles import read_article
from services.messages import COUNTED_STANCES, Article, Claim, TaggedArticle, encode
from services.ports import Record
from services.settings import Settings
from services.tagger.pipeline import Tagger
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

NOW = datetime(2035, 1, 1, tzinfo=UTC)


class Row(msgspec.Struct):
    """One article and the claim that it is about."""

    id: str
    text: str
    claim: str
    title: str | None = None
    published_at: str | None = None
    outlet: str | None = None


def main() -> None:
    """Print precision, recall, F1, and the number of articles measured."""
    options = _options()
    rows = [
        msgspec.json.decode(line, type=Row)
        for line in Path(options.file).read_bytes().splitlines()
        if line.strip()
    ]
    tagged = list(Tagger.load(Settings().spacy_model, []).tag([_article(row) for row in rows]))
    counted = {a.article_id for a in tagged if any(r.stance in COUNTED_STANCES for r in a.reports)}
    gold = {row.id: {row.claim} for row in rows if row.id in counted}
    claims = fold(tagged)
    ways: dict[str, Clusters] = {
        "ours": _by_cluster((c.claim_id, c.article_ids) for c in claims),
        "same event and principal": _by_cluster(_same_event(tagged)),
        "every article by itself": {article: {article} for article in counted},
    }
    print(
        f"{len(rows)} articles, {len(counted)} with an event, "
        f"of {len({row.claim for row in rows if row.id in counted})} claims"
    )
    print(f"{'way':28} {'precision':>9} {'recall':>7} {'F1':>7}")
    for name, found in ways.items():
        scores = bcubed({a: c for a, c in found.items() if a in gold}, gold)
        print(f"{name:28} {scores.precision:9.3f} {scores.recall:7.3f} {scores.f1:7.3f}")
    _print_errors(claims, {row.id: row for row in rows}, options.errors)


def fold(tagged: Iterable[TaggedArticle]) -> list[Claim]:
    """Return the claims that tagged articles fold into, as `reportedly fold` does.

    The claims are a function of the set of articles, so those in between need not be made.
    """
    route, machine = RouteMachine(), FoldMachine(put_off_from=0)
    for article in tagged:
        for out in route.step(Record("tagged-articles", 0, 0, article.article_id, encode(article))):
            if out.topic == "reports":
                machine.step(Record("reports", 0, 0, out.key, out.value))
    machine.settle()
    return machine.claims()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the grouping of reports into claims.")
    parser.add_argument("file", help='JSON Lines of {"id", "text", "claim"}')
    parser.add_argument(
        "--errors",
        type=int,
        default=0,
        metavar="N",
        help="print N claims that mix, and N that are torn",
    )
    return parser.parse_args()


def _article(row: Row) -> Article:
    title, text = (row.title or "", row.text) if row.title or "\n" in row.text else (row.text, "")
    return read_article(
        {
            "id": row.id,
            "title": title,
            "text": text,
            "outlet": row.outlet,
            "published_at": row.published_at,
        },
        NOW,
    )


def _same_event(tagged: Iterable[TaggedArticle]) -> Iterable[tuple[Hashable, Iterable[str]]]:
    found: dict[Hashable, list[str]] = defaultdict(list)
    for article in tagged:
        for report in article.reports:
            if report.stance in COUNTED_STANCES:
                found[report.event, report.claim_block].append(article.article_id)
    return found.items()


def _by_cluster(clusters: Iterable[tuple[Hashable, Iterable[str]]]) -> dict[str, set[Hashable]]:
    items: dict[str, set[Hashable]] = defaultdict(set)
    for cluster, members in clusters:
        for member in members:
            items[member].add(cluster)
    return items


def _print_errors(claims: Iterable[Claim], rows: dict[str, Row], n: int) -> None:
    mixed = [c for c in claims if len({rows[a].claim for a in c.article_ids}) > 1]
    for claim in sorted(mixed, key=lambda c: -len(c.article_ids))[:n]:
        of_claims = Counter(rows[a].claim for a in claim.article_ids)
        print(f"\nmixed: {claim.event} in {claim.block}: {json.dumps(dict(of_claims))}")
        for article in claim.article_ids[:6]:
            print(f"  {rows[article].claim}: {rows[article].text[:110]}")
    homes: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        for about in {rows[a].claim for a in claim.article_ids}:
            homes[about].append(claim)
    for about, found in sorted(homes.items(), key=lambda h: -len(h[1]))[:n]:
        print(f"\ntorn: {about}: {len(found)} claims")
        for claim in found[:8]:
            first = next(a for a in claim.article_ids if rows[a].claim == about)
            print(f"  {claim.event} in {claim.block}: {rows[first].text[:110]}")


if __name__ == "__main__":
    main()

"""Runs every bench, and writes one report: ratios, peers' versions, the machine, losses, failures.

    python -m bench.report [--only tag] [--quick] [--articles FILE.jsonl.gz]

Each bench that ended well is kept in `.reportedly/bench/`, so that a run that was broken off goes
on where it was; `--again` begins anew. The report is `report.md` there, in `full/` or `quick/`.
Exit code 1 if a bench failed; the others are run all the same. Benches that need what is not here
(saved pages, labelled articles, a peer of another Python) are listed with what they need.

A ratio above 1 means that ours is better. Those below are losses, and have a table of their own.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.measured import machine

FOLDER = Path(".reportedly/bench")
LIMIT_SECONDS = 4 * 3600.0
"""After that a bench has failed."""

TAIL_LINES = 60
"""Lines of its output that the report shows of each bench."""


@dataclass(frozen=True)
class Ratio:
    """A figure in a bench's output: how many times as good as a peer we are, or as bad."""

    peer: str
    pattern: str
    is_inverse: bool = False


@dataclass(frozen=True)
class Bench:
    """A bench of this folder.

    - `quick`: arguments of a run of a minute or so, which only shows that it works.
    - `articles`: it takes `--articles FILE`.
    - `peers`: packages whose versions are told; others are told by the bench itself.
    - `full`: arguments of a whole run. `needs`: what it needs that is not here.
    """

    name: str
    measures: str
    quick: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    articles: bool = False
    peers: tuple[str, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    needs: str = ""


BENCHES = (
    Bench(
        "tag", "tagging, one thread", ("--n", "60", "--rounds", "1"), articles=True,
        peers=("spacy",),
        ratios=(
            Ratio("spaCy's whole pipeline", r"^spaCy, whole pipeline.* ([\d.]+) × our time"),
            Ratio("one regular expression", r"^one regular expression.* ([\d.]+) × our time"),
        ),
    ),
    Bench(
        "match", "watches against articles", ("--watches", "1000", "--rounds", "1"), articles=True,
        ratios=(Ratio("Lucene Monitor 10.3.0, its best way", r"=> ([\d.]+) times the best"),),
    ),
    Bench(
        "fold", "reports to claims", ("--stories", "30", "--copies", "1000", "--texts", "200"),
        ratios=(Ratio("folding anew", r"peer .*: ratio ([\d.]+)"),),
    ),
    Bench("actors", "a dictionary of a million names", ("--names", "20000", "--articles", "50")),
    Bench(
        "parse", "reading feeds", ("--documents", "10", "--rounds", "1"), peers=("feedparser",),
        ratios=(
            Ratio("feedparser as it is called", r"^ours .* ([\d.]+) times"),
        ),
    ),
    Bench(
        "poll", "polls of 10,000 feeds",
        ("--feeds", "300", "--seconds", "20", "--interval", "10"),
        needs="--reader PYTHON, a Python with lemon24/reader, for the peer",
    ),
    Bench("freshness", "delay of new entries", ("--feeds", "200")),
    Bench(
        "index", "articles into Elasticsearch", ("--articles", "300", "--rounds", "1"),
        peers=("elasticsearch",),
        ratios=(
            Ratio("raw requests", r"^raw.*: [\d,]+; ours is ([\d.]+) of it"),
            Ratio("async_bulk", r"^async_bulk.*: [\d,]+; ours is ([\d.]+) of it"),
        ),
    ),
    Bench(
        "search", "searches while articles are written",
        ("--articles", "5000", "--short", "20000", "--searches", "40", "--rate", "50"),
    ),
    Bench("live", "the live stream", ("--listeners", "40", "--seconds", "8"),
          peers=("sse-starlette",)),
    Bench("desk_open", "a page that stays open", ("--minutes", "1", "--rate", "10")),
    Bench("alerts", "false, missed, and doubled alerts", ("--articles", "300")),
    Bench("verdicts", "false alerts after corrections", ("--articles", "300")),
    Bench("state", "state over days", ("--articles-a-day", "300", "--days", "2"),
          ("--articles-a-day", "10000", "--days", "6", "--horizon", "2")),
    Bench("restart", "a tracker's restart", ("--rows", "5000"), ("--rows", "150000")),
    Bench(
        "deliver", "what recipients see after a storm",
        ("--revisions", "400", "--destinations", "20", "--kills", "1", "--rate", "20"),
        ("--rate", "25"),
    ),
    Bench("fuzz_poll", "polls of damaged feeds", ("--runs", "100",)),
    Bench(
        "whole", "end to end: 10,000 feeds, 100,000 watches",
        ("--feeds", "60", "--watches", "2000", "--minutes", "0.5", "--interval", "6",
         "--burst-seconds", "5", "--burst-rate", "20"),
        full=("--record",),
        articles=True,
        ratios=(Ratio("naive consumer and poster, time to deliver",
                      r"^p50 of ours is ([\d.]+) times the peer", is_inverse=True),),
    ),
    Bench("media_day", "a Media Cloud day, as a backlog",
          ("--n", "150", "--watches", "2000"), full=("--record",),
        articles=True),
    Bench("tagger_scaling", "the tagger with two processes", ("--n", "100",), full=("--record",),
        articles=True),
    Bench("soak", "an hour's memory", ("--minutes", "2", "--rate", "2", "--feeds", "50",
          "--watches", "1000", "--warm", "120"), full=("--record",),
        articles=True),
    Bench("hostile_live", "a system under attack", ("--minutes", "1",), ("--minutes", "5")),
    Bench("model", "the queue model, checked", ("--check",), ("--check",)),
    Bench("extract", "the text of saved pages", needs="saved pages: bench/extract.py PAGE…"),
    Bench("grouping", "claims of labelled articles",
          needs='labelled articles: bench/grouping.py FILE of {"id", "text", "claim"}'),
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """How a run of a bench ended. `code`: its exit code; None: it did not end in time."""

    name: str
    arguments: list[str]
    code: int | None
    seconds: float
    output: str
    at: str


def run(bench: Bench, arguments: Sequence[str], log: Path) -> Result:
    """Run a bench, with its output in a file, too."""
    began = time.monotonic()
    command = [sys.executable, "-m", f"bench.{bench.name}", *arguments]
    code: int | None
    with log.open("wb") as file:
        try:
            code = subprocess.run(
                command, stdout=file, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
    output = log.read_text(encoding="utf-8", errors="replace")
    at = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    return Result(bench.name, [*arguments], code, time.monotonic() - began, output, at)


def ratios(bench: Bench, output: str) -> list[tuple[str, float]]:
    """Return the peers of a bench, and how many times as good as each we are."""
    found = []
    for ratio in bench.ratios:
        for match in re.findall(ratio.pattern, output, re.MULTILINE):
            value = float(match)
            if value:
                found.append((ratio.peer, 1 / value if ratio.is_inverse else value))
    return found


def page(results: Sequence[Result]) -> str:
    """Return the report of what has run."""
    by_name = {bench.name: bench for bench in BENCHES}
    rows = [
        (each.name, peer, value)
        for each in results
        for peer, value in ratios(by_name[each.name], each.output)
    ]
    failed = [each for each in results if each.code != 0]
    names = ", ".join(f"{each.name} ({_end(each)})" for each in failed)
    about = ", ".join(f"{name} {value}" for name, value in machine().items())
    lines = ["# Benches", "", f"Machine: {about}.", "", f"Failed: {names or 'none'}.", ""]
    won = [row for row in rows if row[2] >= 1]
    lost = [row for row in rows if row[2] < 1]
    for title, some in (("Ratios", won), ("Losses", lost)):
        head = ["| bench | beside | times as good |", "| --- | --- | --- |"]
        cells = [f"| {name} | {peer} | {value:.2f} |" for name, peer, value in some]
        lines += [f"## {title}", "", *([*head, *cells] if some else ["None."]), ""]
    lines += ["## Peers", "", *_peers(), "", "## Runs", ""]
    lines += [
        "| bench | measures | ended | seconds | at (UTC) |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in results:
        measures = by_name[each.name].measures
        lines.append(
            f"| {each.name} | {measures} | {_end(each)} | {each.seconds:.0f} | {each.at} |"
        )
    ran = {each.name for each in results}
    needs = [bench for bench in BENCHES if bench.needs and bench.name not in ran]
    lines += [f"| {bench.name} | {bench.measures} | needs {bench.needs} | | |" for bench in needs]
    for each in results:
        tail = "\n".join(each.output.splitlines()[-TAIL_LINES:])
        command = f"python -m bench.{each.name} {' '.join(each.arguments)}".strip()
        lines += ["", f"## {each.name}", "", f"`{command}`", "", "```", tail, "```"]
    return "\n".join(lines) + "\n"


def _end(result: Result) -> str:
    if result.code == 0:
        return "well"
    return "too late" if result.code is None else f"exit code {result.code}"


def _peers() -> list[str]:
    found = []
    for name in sorted({name for bench in BENCHES for name in bench.peers}):
        try:
            found.append(f"- {name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"- {name} is not installed")
    return found


def chosen(only: Sequence[str]) -> list[Bench]:
    """Return the benches to run. Raises BadParameter for an unknown name."""
    names = [bench.name for bench in BENCHES]
    unknown = [name for name in only if name not in names]
    if unknown:
        raise click.BadParameter(f"no bench is called {unknown[0]}; there are {', '.join(names)}")
    is_runnable = [bench for bench in BENCHES if bench.quick or bench.full or not bench.needs]
    return [bench for bench in is_runnable if not only or bench.name in only]


def kept(file: Path) -> Result | None:
    """Return the result of a run that ended well, or None."""
    if not file.exists():
        return None
    result = Result(**json.loads(file.read_text(encoding="utf-8")))
    return result if result.code == 0 else None


def _arguments(bench: Bench, given: dict[str, Any]) -> list[str]:
    articles = given["articles"]
    of_articles = ["--articles", str(articles)] if articles and bench.articles else []
    return [*(bench.quick if given["quick"] else bench.full), *of_articles]


@click.command()
@click.option("--only", multiple=True, help="The name of a bench; may be given again.")
@click.option("--quick", is_flag=True, help="A minute or so each: it works, figures mean little.")
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    help="JSON Lines of articles for those that take them, may be gzipped.",
)
@click.option("--again", is_flag=True, help="Run what ended well before, too.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def main(**given: Any) -> None:  # fmt: skip
    """Run every bench and write one report.

    \b
    Examples:
      make bench
      make bench ARGS="--quick"
      make bench ARGS="--only tag --only match --articles news.jsonl.gz"
    """
    folder: Path = given["folder"] / ("quick" if given["quick"] else "full")
    folder.mkdir(parents=True, exist_ok=True)
    benches = chosen(given["only"])
    for n, bench in enumerate(benches, 1):
        file, arguments = folder / f"{bench.name}.json", _arguments(bench, given)
        old = None if given["again"] else kept(file)
        if old is not None and old.arguments == arguments:
            click.echo(f"{n}/{len(benches)}  {bench.name}: ended well at {old.at}")
            continue
        click.echo(f"{n}/{len(benches)}  {bench.name}: {bench.measures} …")
        result = run(bench, arguments, folder / f"{bench.name}.log")
        file.write_text(json.dumps(asdict(result)), encoding="utf-8")
        click.echo(f"      {_end(result)}, {result.seconds:.0f} s; {folder / bench.name}.log")
    found = [folder / f"{bench.name}.json" for bench in BENCHES]
    results = [Result(**json.loads(each.read_text())) for each in found if each.exists()]
    report = folder / "report.md"
    report.write_text(page(results), encoding="utf-8")
    click.echo(f"report: {report}")
    of_now = {bench.name for bench in benches}
    sys.exit(any(each.code != 0 for each in results if each.name in of_now))


if __name__ == "__main__":
    main()

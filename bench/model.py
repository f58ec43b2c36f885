"""A discrete-event model of the stages: lag and latency for any number of articles a day.

    python -m bench.model [--a-day 1000000] [--replicas tagger=4] [--partitions 48]
    python -m bench.model --check
    python -m bench.model --markdown > docs/capacity.md

Articles come at random times (Poisson). A stage has replicas; each owns partitions, has its own
queue, and works off one article after the other, the tagger so many at once as it has processes.
The work for an article is drawn from a gamma distribution about the CPU time that the benches
measured (bench/measured.json). Between two stages an article waits for the hop: batches, Kafka, and
commits.

`--check` plays what `bench/whole.py` measured on one machine: all stages share its cores there, and
so do the engines. The hop is fitted to the news; the burst is a prediction.
"""

import math
import random
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import simpy

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.whole_seen import quantile

DAY_SECONDS = 86_400.0

PEAK = 2.0
"""The busiest hour's rate by the mean of the day.

Assumed: news of one time zone is written in some twelve hours. Nodes are counted for it.
"""

LOAD = 0.6
"""The share of its time that a replica works in the busiest hour.

At .6 a queue is .75 of an article long with even work (M/D/1: load² / 2 (1 - load)), and a tenth
more news changes little; at .9 it is nine times as long.
"""


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline.

    - `work`: CPU seconds for an article on average; `spread`: variance by the square of the mean
      (0: always the same; 1: as an exponential distribution).
    - `replicas` with `processes` each, which share its queue. `partitions`: of its topic.
    - `hop`: seconds that pass before it sees an article that is ready for it.
    - `is_told`: the alert waits for it; other stages only take CPU time.
    """

    name: str
    work: float
    spread: float = 1.0
    replicas: int = 1
    processes: int = 1
    partitions: int = 12
    hop: float = 0.0
    is_told: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.replicas <= self.partitions:
            raise ValueError(
                f"{self.name}: {self.replicas} replicas of {self.partitions} partitions"
            )

    @property
    def load_at(self) -> float:
        """The load of the busiest replica at one article a second."""
        most = math.ceil(self.partitions / self.replicas) / self.partitions
        return self.work * most / self.processes


@dataclass
class Outcome:
    """What a run came to.

    - `latencies`: seconds from arrival to the end of the last stage that the alert waits for.
    - `behind`: stage to the most articles that ever waited there. `seconds`: of the run.
    - `left`: articles that had come and were not through when the last one came.
    """

    latencies: list[float] = field(default_factory=list)
    behind: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    left: int = 0

    def p(self, share: float) -> float:
        return quantile(self.latencies, share)


Steps = Generator[simpy.Event, Any, None]


class Run:
    """One run. `cores`: that all stages share; None: each replica has its own."""

    def __init__(
        self, stages: Sequence[Stage], rate: float, n: int, cores: int | None = None, seed: int = 1
    ) -> None:
        self._stages, self._rate, self._n = stages, rate, n
        self._dice = random.Random(seed)
        self._env = simpy.Environment()
        self._cores = simpy.Resource(self._env, cores) if cores else None
        self._queues = {
            stage.name: [simpy.Resource(self._env, stage.processes) for _ in range(stage.replicas)]
            for stage in stages
        }
        self._waiting = dict.fromkeys(self._queues, 0)
        self._through = 0
        self.outcome = Outcome(behind=dict.fromkeys(self._queues, 0))

    def play(self) -> Outcome:
        """Play until the last article is through. The first tenth warms up and is not counted."""
        self._env.process(self._arrivals())
        self._env.run()
        self.outcome.seconds = self._env.now
        return self.outcome

    def _arrivals(self) -> Steps:
        for i in range(self._n):
            yield self._env.timeout(self._dice.expovariate(self._rate))
            self._env.process(self._article(is_counted=i >= self._n // 10))
        self.outcome.left = self._n - self._through

    def _article(self, *, is_counted: bool) -> Steps:
        came = self._env.now
        for stage in self._stages:
            if stage.is_told:
                yield from self._served(stage)
            else:
                self._env.process(self._served(stage))
        self._through += 1
        if is_counted:
            self.outcome.latencies.append(self._env.now - came)

    def _served(self, stage: Stage) -> Steps:
        if stage.hop:
            yield self._env.timeout(stage.hop * 2 * self._dice.random())
        at = self._dice.randrange(stage.partitions) % stage.replicas
        self._waiting[stage.name] += 1
        most = self.outcome.behind
        most[stage.name] = max(most[stage.name], self._waiting[stage.name])
        with self._queues[stage.name][at].request() as turn:
            yield turn
            self._waiting[stage.name] -= 1
            if self._cores is None:
                yield self._env.timeout(self._work(stage))
            else:
                with self._cores.request() as core:
                    yield core
                    yield self._env.timeout(self._work(stage))

    def _work(self, stage: Stage) -> float:
        if not stage.spread:
            return stage.work
        shape = 1 / stage.spread
        return self._dice.gammavariate(shape, stage.work / shape)


TOLD = ("tagger", "alerter-match", "alerter-fold", "notifier")
"""The stages between an article seen and its alert delivered."""

SPREAD = {"tagger": 0.9}
"""Of the tagger's work: .88 on 30 news articles of 420 words; others are taken as 1."""


HOP_SECONDS = 0.05
"""A hop where there is no measurement to fit it to: so long the tagger waits for a batch."""


def stages_of(cpu_ms: Mapping[str, float], hop: float, told: Sequence[str] = TOLD) -> list[Stage]:
    """Return the stages with the work that a bench measured: CPU ms an article of each service.

    The engines, the other services, and the bench's own work are one stage more, for the cores.
    """
    cpu = {name: each / 1000 for name, each in cpu_ms.items()}
    halves = {"alerter-match": cpu["alerter"] / 2, "alerter-fold": cpu["alerter"] / 2}
    work = {"tagger": cpu["tagger"], **halves, "notifier": cpu["notifier"]}
    found = [Stage(name, work[name], SPREAD.get(name, 1.0), hop=hop) for name in told]
    named = {"tagger", "alerter", "notifier"}
    rest = sum(each for name, each in cpu.items() if name not in named)
    return [Stage("everything else", rest, processes=4, is_told=False), *found]


def fitted_hop(
    cpu_ms: Mapping[str, float], p50: float, rate: float, cores: int, n: int = 1_500
) -> float:
    """Return the seconds of a hop with which the news have the median that was measured."""
    low, high = 0.0, 1.0
    for _ in range(8):
        hop = (low + high) / 2
        is_less = Run(stages_of(cpu_ms, hop), rate, n, cores).play().p(0.5) < p50
        low, high = (hop, high) if is_less else (low, hop)
    return (low + high) / 2


def spread_over(stage: Stage, rate: float) -> Stage:
    """Return a stage with the replicas and partitions for a rate (articles a second).

    Replicas: rate × work / LOAD. Partitions: a multiple of 12 that is a multiple of the replicas
    where that is at most twice as many, so that all have equally many.
    """
    least = max(1, math.ceil(rate * stage.work / (LOAD * stage.processes)))
    partitions = 12 * math.ceil(least / 12)
    while partitions % least and least < partitions:
        least += 1
    return replace(stage, replicas=least, partitions=partitions)


def own_nodes(stages: Sequence[Stage], a_day: float) -> list[Stage]:
    """Return the told stages, each with the replicas that the busiest hour needs."""
    rate = PEAK * a_day / DAY_SECONDS
    return [spread_over(stage, rate) for stage in stages if stage.is_told]


@click.command()
@click.option("--a-day", default=1_000_000.0, show_default=True, help="Articles a day.")
@click.option("--replicas", multiple=True, metavar="STAGE=N", help="Instead of what is needed.")
@click.option("--partitions", type=click.IntRange(1), help="Of each topic.")
@click.option("--articles", default=20_000, show_default=True, help="Articles of the run.")
@click.option("--check", "is_check", is_flag=True, help="Beside what bench/whole.py measured.")
@click.option("--markdown", "is_page", is_flag=True, help="Write docs/capacity.md to stdout.")
def main(**given: Any) -> None:
    """Predict lag and latency in the busiest hour from measured times of work."""
    from bench import model_page

    if given["is_page"]:
        click.echo(model_page.page(), nl=False)
        return
    if given["is_check"]:
        click.echo("\n".join(model_page.check()))
        return
    rate = PEAK * given["a_day"] / DAY_SECONDS
    stages = _asked(own_nodes(model_page.stages(), given["a_day"]), given)
    outcome = Run(stages, rate, given["articles"]).play()
    for stage in stages:
        click.echo(
            f"{stage.name:16} {stage.replicas:5} replicas  {stage.partitions:5} partitions  "
            f"load {rate * stage.load_at:5.2f}  most behind {outcome.behind[stage.name]:,}"
        )
    click.echo(
        f"seen to delivered: p50 {outcome.p(0.5):.2f} s, p99 {outcome.p(0.99):.2f} s; "
        f"{outcome.left:,} articles under way when the last one came"
    )


def _asked(stages: Sequence[Stage], given: Mapping[str, Any]) -> list[Stage]:
    """Return the stages with the replicas and partitions of the command line."""
    own = dict(each.partition("=")[::2] for each in given["replicas"])
    names = [stage.name for stage in stages]
    wrong = [name for name, n in own.items() if name not in names or not n.isdecimal()]
    if wrong:
        raise click.BadParameter(f"{wrong[0]}: a stage is {', '.join(names)}; write tagger=4")
    return [
        replace(
            stage,
            partitions=given["partitions"] or stage.partitions,
            replicas=int(own.get(stage.name, stage.replicas)),
        )
        for stage in stages
    ]


if __name__ == "__main__":
    main()

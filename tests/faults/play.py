"""Plays one schedule: topics and indices of its own, services, input, faults, verdict."""

import json
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec
from elastic_proxy import faulty
from faults.engines import Ours, Place
from faults.judge import Seen, Verdict, judged, naive_verdict, repeats
from faults.material import NOW, Stuff
from faults.nursery import Nursery
from faults.oracle import PARTITIONS, Oracle
from faults.schedule import GROUPS, Fault, Schedule
from faults.sending import POISON, Sender, letters_due, order
from faults.suffering import Suffering, Trouble
from faults.system import System
from faults.topics import make, remove
from receivers.shore import Reply, Request, Shore
from receivers.webhook import Receiver

from services.adapters.elastic import ElasticIndex
from services.adapters.kafka import KafkaBroker
from services.addresses import Allowed
from services.commands import templates
from services.errors import TransientError
from services.messages import ChangeKind, Channel, encode
from services.ports import JsonObject, Outgoing
from services.scenario.player import set_clock
from services.settings import Settings

MOST_SECONDS = 600.0
"""After so many seconds what is wrong stays wrong, also without an engine."""

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

BETWEEN_SECONDS = 0.08
"""Between two messages of the input: fifty take four seconds."""

LOOK_SECONDS = 1.0
"""Between two looks: each asks Kafka a lot."""

NAIVE_CRASHES = 5
"""Ends by itself after which it will not get any further: it dies of the same message again."""

NAIVE_MESSAGES = 4
"""Messages that the naive pipeline hands on for each time that a service may pass its point."""

NAIVE_SECONDS = 120.0
"""Until the naive pipeline has read everything. After that it counts as done."""

STILL_SECONDS = 120.0
"""Seconds without any change after which what is wrong stays wrong."""

EVERY_KIND: tuple[ChangeKind, ...] = (
    "first", "status", "independent", "count", "slot", "denied", "corrected", "retracted",
    "merged", "split", "also",
)  # fmt: skip
"""Recipients here want every kind of change, so what they saw last is the last revision."""


@dataclass(frozen=True)
class Result:
    """What came of a schedule. `verdict`: what is wrong; `naive`: figures of the naive pipeline.

    - `taken`, `again`, `twice`: messages that recipients took, that came again under their id, and
      that told a revision a second time under another.
    - `seconds`: from the first process to the verdict.
    """

    seed: int
    kind: str
    faults: list[JsonObject]
    seconds: float
    articles: int
    claims: int
    alerts: int
    kills: int
    taken: int
    again: int
    twice: int
    crashes: list[str]
    verdict: JsonObject
    naive: dict[str, int] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.crashes and not self.twice and not any(self.verdict.values())


@dataclass
class Stage:
    """What schedules share: the process that forks services, and the receivers' server."""

    nursery: Nursery
    shore: Shore
    folder: Path
    ours: Ours | None = None


def play(schedule: Schedule, stuff: Stuff, place: Place, stage: Stage, *, naive: bool) -> Result:
    """Play a schedule and return what came of it. Its logs stay in a folder if it is not good."""
    return _Play(schedule, stuff, place, stage).run(naive)


class _Play:
    def __init__(self, schedule: Schedule, stuff: Stuff, place: Place, stage: Stage) -> None:
        self._schedule, self._stuff, self._place, self._stage = schedule, stuff, place, stage
        own = f"s{schedule.seed}-{uuid.uuid4().hex[:6]}"
        self._folder = stage.folder / own
        (self._folder / "logs").mkdir(parents=True)
        self._clock = self._folder / "clock"
        set_clock(self._clock, NOW, 0.0)
        self._trouble = Trouble()
        self._hooks = [f"{own}-{end}" for end in "ab"]
        self._receivers = [Receiver(SECRET) for _ in self._hooks]
        self._naive_told = _Told()
        self._naive_hook = f"{own}-naive"
        self._direct = Settings(
            kafka_bootstrap=place.direct_kafka,
            elastic_url=place.direct_elastic,
            topic_prefix=f"{own}-",
            index_prefix=f"{own}-",
            partitions=PARTITIONS,
            data_dir=self._folder,
            run_dir=self._folder / "run",
            clock=f"@{self._clock}",
            lexicon=str(Path(__file__).parents[1] / "data" / "stories" / "actors.yaml"),
            fetch_allow_networks=Allowed.parse("127.0.0.0/8"),
            webhook_secret=SECRET,
            log_level="info",
            log_format="json",
        )

    def run(self, naive: bool) -> Result:
        with ExitStack() as held:
            broker = make(self._direct)
            held.callback(remove, self._direct)
            templates.apply(self._direct)
            self._send_watches(broker)
            url = held.enter_context(
                faulty(self._place.elastic_url, self._trouble.fault, self._trouble.guard)
            )
            through = msgspec.structs.replace(
                self._direct, kafka_bootstrap=self._place.kafka_bootstrap, elastic_url=url
            )
            began = time.monotonic()
            system = System(self._stage.nursery, through.environment(), self._folder / "logs")
            rival = self._rival(through) if naive else None
            held.callback(system.stop)
            if rival:
                held.callback(rival.stop)
            return self._played(broker, system, rival, began)

    def _played(
        self, broker: KafkaBroker, system: System, rival: System | None, began: float
    ) -> Result:
        suffering = Suffering(
            self._schedule, self._direct, self._place, self._stage.ours, system, rival,
            self._trouble, self._clock,
        )  # fmt: skip
        system.start(self._schedule.services, suffering.fuses())
        if rival:
            rival.start(["naive"], {"naive": self._rival_fuses()})
        _eventually(lambda: self._all_joined(broker), 40)
        self._publish(broker, suffering)
        suffering.over()
        due = Oracle(self._stuff.tagged, self._stuff.watches, NOW)
        search = ElasticIndex(self._direct.elastic_url, prefix=self._direct.index_prefix)
        seen = Seen(broker, search, self._receivers)

        def look() -> Verdict:
            search.refresh()
            return judged(seen, due, letters_due(self._schedule))

        verdict = self._settled(broker, look)
        seconds = time.monotonic() - began
        figures = self._naive_figures(broker, search, rival) if rival else {}
        system.stop()
        result = self._result(system, due, verdict, seconds, figures)
        (self._folder / "result.json").write_text(json.dumps(asdict(result), indent=1))
        return result

    def _result(
        self, system: System, due: Oracle, verdict: Verdict, seconds: float, naive: dict[str, int]
    ) -> Result:
        taken, again, twice = repeats(self._receivers)
        return Result(
            seed=self._schedule.seed,
            kind=self._schedule.kind,
            faults=[asdict(fault) for fault in self._schedule.faults],
            seconds=round(seconds, 1),
            articles=len(due.articles),
            claims=len(due.claims),
            alerts=due.n_alerts,
            kills=system.n_killed,
            taken=taken,
            again=again,
            twice=twice,
            crashes=list(system.crashes),
            verdict=asdict(verdict),
            naive=naive,
        )

    def _rival(self, through: Settings) -> System:
        self._stage.shore.add(self._naive_hook, self._naive_told)
        env = dict(through.environment())
        env["NAIVE_INPUT"] = self._source
        env["NAIVE_HOOK"] = f"{self._stage.shore.url}/{self._naive_hook}"
        return System(self._stage.nursery, env, self._folder / "logs")

    def _rival_fuses(self) -> list[Fault]:
        """Return as many deaths as the services die, each after some more messages."""
        deaths = [f for f in self._schedule.faults if f.kind == "killed at a point"]
        return [replace(fault, nth=NAIVE_MESSAGES * fault.nth) for fault in deaths]

    @property
    def _source(self) -> str:
        return "articles" if self._schedule.with_tagger else "tagged-articles"

    def _send_watches(self, broker: KafkaBroker) -> None:
        tos = [
            self._stage.shore.add(name, _Behind(receiver, self._trouble))
            for name, receiver in zip(self._hooks, self._receivers, strict=True)
        ]
        channels = tuple(Channel(to=f"webhook:{to}", when=EVERY_KIND) for to in tos)
        producer = broker.producer()
        for watch in self._stuff.watches:
            own = msgspec.structs.replace(watch, deliver=channels)
            producer.send(Outgoing("watches", own.id, encode(own)))
        producer.close()

    def _publish(self, broker: KafkaBroker, suffering: Suffering) -> None:
        rows = self._stuff.articles if self._schedule.with_tagger else self._stuff.tagged
        values: list[tuple[str | None, bytes]] = [(row.article_id, encode(row)) for row in rows]
        queue = order(self._schedule, values)
        sender = Sender(broker, self._source)
        for i, (key, value) in enumerate(queue):
            self._let_happen(suffering, sender, i / len(queue))
            sender.send(key, value)
            time.sleep(BETWEEN_SECONDS)
        self._let_happen(suffering, sender, 1.0)

    def _let_happen(self, suffering: Suffering, sender: Sender, at: float) -> None:
        for fault in suffering.due(at):
            if fault.kind != "poison":
                suffering.begin(fault)
                continue
            for n, junk in enumerate(POISON):
                sender.send(f"poison-{n}", junk)

    def _all_joined(self, broker: KafkaBroker) -> bool:
        groups = self._groups()
        try:
            found = broker.progress(groups)
        except TransientError:
            return False
        return all(group in found and found[group].members for group in groups)

    def _groups(self) -> list[str]:
        return [group for name in self._schedule.services for group in GROUPS[name]]

    def _settled(self, broker: KafkaBroker, look: Callable[[], Verdict]) -> Verdict:
        """Return the verdict once all is well, or nothing has changed for long."""
        last, changed_at = "", time.monotonic()
        until = changed_at + MOST_SECONDS
        behind: dict[str, int] = {}
        verdict = Verdict(lost=["never looked at"])
        while time.monotonic() < min(until, changed_at + STILL_SECONDS):
            try:
                behind = {g: p.behind for g, p in broker.progress(self._groups()).items()}
                if not any(behind.values()):
                    was_good, verdict = verdict.is_good, look()
                    if verdict.is_good and was_good:
                        return verdict
                mark = f"{behind} {verdict} {[len(r.taken) for r in self._receivers]}"
            except TransientError:
                mark = str(time.monotonic())  # An engine still starts: that is no standstill.
            if mark != last:
                last, changed_at = mark, time.monotonic()
            time.sleep(LOOK_SECONDS)
        if waiting := sorted(group for group, count in behind.items() if count):
            verdict = replace(verdict, lost=[*verdict.lost, f"not read by {', '.join(waiting)}"])
        return verdict

    def _naive_figures(
        self, broker: KafkaBroker, search: ElasticIndex, rival: System
    ) -> dict[str, int]:
        """Return what the naive pipeline made of it, once it has read and sent everything."""
        _eventually(
            lambda: len(rival.crashes) >= NAIVE_CRASHES or self._naive_is_through(broker),
            NAIVE_SECONDS,
        )
        time.sleep(2.0)
        due = {(row.article_id, row.version) for row in self._stuff.tagged}
        search.refresh()
        return naive_verdict(search, due, self._naive_told.rows)

    def _naive_is_through(self, broker: KafkaBroker) -> bool:
        groups = ("naive-1", "naive-2")
        with suppress(TransientError):
            found = broker.progress(groups)
            return all(g in found and found[g].members and not found[g].behind for g in groups)
        return False


class _Told:
    """What the naive pipeline told."""

    def __init__(self) -> None:
        self.rows: list[JsonObject] = []

    def answer(self, request: Request) -> Reply:
        self.rows.append(request.json)
        return Reply(204)


class _Behind:
    """A receiver behind trouble."""

    def __init__(self, receiver: Receiver, trouble: Trouble) -> None:
        self._receiver, self._trouble = receiver, trouble

    def answer(self, request: Request) -> Reply:
        return self._trouble.answer() or self._receiver.answer(request)


def _eventually(probe: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not probe():
        time.sleep(LOOK_SECONDS)

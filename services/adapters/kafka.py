"""Kafka through confluent-kafka.

Callers use logical topic names; on the wire they have a prefix.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Self

from services.adapters import (
    kafka_acls,
    kafka_admin,
    kafka_generation,
    kafka_groups,
    kafka_progress,
)
from services.adapters.kafka_consumer import KafkaConsumer, KafkaReader
from services.adapters.kafka_login import Login, Servers
from services.adapters.kafka_producer import SEND_SECONDS, KafkaProducer, KafkaTransactionalProducer
from services.errors import RefusedError, TransientError
from services.messages.limits import DEAD_LETTER_BYTES
from services.messages.rights import rights
from services.messages.topics import prefix_of, topics
from services.ports import Progress, TopicPartition

TRANSACTION_SECONDS = 15
"""Seconds after which the broker aborts the open transaction of a killed process.

Readers of its partitions wait as long.
"""


PATIENT_MS = 2_000
"""Milliseconds that a fetch waits for the next mark of the first generation.

Every service has one open all the time. What comes is answered at once.
"""

UP_SECONDS = 5.0
"""Seconds within which a cluster that is up answers."""


class KafkaBroker:
    """A cluster, reached by `bootstrap` (host:port, commas between several).

    `login`: who asks it; None: nobody in particular.
    """

    def __init__(
        self,
        bootstrap: str,
        prefix: str = "",
        login: Login | None = None,
        generation: int | None = None,
    ) -> None:
        """`generation`: of the topics; None: the one in use, asked when it is needed."""
        self._servers = Servers(bootstrap, login or Login())
        self._own = prefix
        self._given = generation
        self._refused = ""

    @functools.cached_property
    def generation(self) -> int:
        if self._given is not None:
            return self._given
        return kafka_generation.in_use(
            self._servers, self._own, self._consumer_config(self._own + "reader")
        )

    @functools.cached_property
    def _prefix(self) -> str:
        return prefix_of(self._own, self.generation)

    def base(self) -> Self:
        """Return the first generation, whose mark names the one in use."""
        return self.of_generation(0)

    def of_generation(self, generation: int) -> Self:
        """Return the topics of a generation, which may not be there."""
        found = self._servers
        return type(self)(found.bootstrap, self._own, found.login, generation)

    def physical(self, topic: str) -> str:
        """Return the name of a topic on the wire. Raises TransientError."""
        return self._prefix + topic

    def producer(self) -> "KafkaProducer":
        return KafkaProducer(self._producer_config(), self._prefix, self.n_partitions)

    def transactional_producer(self, transactional_id: str) -> "KafkaTransactionalProducer":
        config = self._producer_config() | {
            "transactional.id": self._own + transactional_id,
            "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
            "delivery.timeout.ms": TRANSACTION_SECONDS * 1000 - 1000,
        }
        return KafkaTransactionalProducer(config, self._prefix, self.n_partitions)

    def consumer(self, group: str) -> "KafkaConsumer":
        return KafkaConsumer(self._consumer_config(self._own + group), self._prefix)

    def reader(self) -> "KafkaReader":
        return KafkaReader(self._consumer_config(self._own + "reader"), self._prefix)

    @functools.cache  # noqa: B019 - a broker lives as long as its process; counts never change
    def n_partitions(self, topic: str) -> int:
        """Return the partition count.

        Raises TransientError if the broker or the topic is missing.
        """
        found = kafka_admin.n_partitions(self._servers, self._prefix + topic)
        if found is None:
            raise TransientError(
                f"topic {self._prefix + topic} is not there: run `reportedly topics apply`"
            )
        return found

    def identity(self, topic: str) -> str:
        """Return the id that the cluster gave a topic when it was made. Raises TransientError."""
        return kafka_admin.topic_id(self._servers, self._prefix + topic)

    def has(self, topic: str) -> bool:
        """True if a topic exists. Raises TransientError if the broker does not answer."""
        return kafka_admin.n_partitions(self._servers, self._prefix + topic) is not None

    def is_up(self) -> bool:
        """True if the cluster answers within seconds, and takes our login."""
        self._refused = ""
        try:
            kafka_admin.cluster(self._servers, timeout_seconds=UP_SECONDS)
        except RefusedError as error:
            self._refused = str(error)
            return False
        except TransientError:
            return False
        return True

    def login_refusal(self) -> str:
        return self._refused

    def apply_topics(self, partitions: int = 0) -> list[str]:
        """Create the missing topics of schemas/topics.yaml and return their names.

        `partitions`, if not 0, replaces the default count. Raises ConfigError if a topic exists
        with another count.
        """
        return kafka_admin.apply_topics(self._servers, self._prefix, partitions)

    def apply_rights(self, *more: int) -> tuple[int, int]:
        """Give each service's user what it needs, and take all else from it.

        `more`: generations of the topics beside this one. Return how many rules were made and
        removed. Raises ConfigError for a cluster that keeps no rules.
        """
        wanted = {r for n in (self.generation, *more) for r in rights(self._own, n)}
        return kafka_acls.apply_rights(self._servers, wanted)

    def group_offsets(self, group: str) -> dict[TopicPartition, int]:
        """Return the next offsets that a group has committed. Raises TransientError."""
        found = kafka_groups.offsets(self._servers, self._own + group)
        ours = {self.physical(spec.name): spec.name for spec in topics()}
        return {TopicPartition(ours[n], p): at for (n, p), at in found.items() if n in ours}

    def set_group_offsets(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit next offsets for a group without members. Raises TransientError."""
        physical = {(self._prefix + tp.topic, tp.partition): at for tp, at in offsets.items()}
        kafka_groups.set_offsets(self._servers, self._own + group, physical)

    def drop_topics(self) -> list[str]:
        """Remove all topics of schemas/topics.yaml with their records, and return their names.

        The mark of the first generation stays, if that was asked for. What groups have committed
        goes with them. Raises TransientError.
        """
        kept = ("data-version",) if self._given == 0 else ()
        return kafka_groups.drop_topics(self._servers, self._prefix, kept)

    def lag(self, group: str) -> tuple[int, int] | None:
        """Return (records behind, members) of a group; None for a group that nobody joined."""
        return kafka_admin.lag(
            self._servers, self._own + group, self._consumer_config(self._own + "lag")
        )

    def progress(self, groups: Sequence[str]) -> dict[str, Progress]:
        """Return how far groups have read, without those that nobody ever joined."""
        physical = {self._own + group: group for group in groups}
        found = kafka_progress.progress(
            self._servers, [*physical], self._consumer_config(self._own + "lag")
        )
        return {physical[name]: each for name, each in found.items()}

    def _producer_config(self) -> dict[str, object]:
        return {
            **self._servers.config(),
            "enable.idempotence": True,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 5,
            "delivery.timeout.ms": int(SEND_SECONDS * 1000),
            # A dead letter holds a message of the largest size and its headers.
            "message.max.bytes": DEAD_LETTER_BYTES,
        }

    def _consumer_config(self, group: str) -> dict[str, object]:
        return {
            **self._servers.config(),
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 3_000,
            "max.poll.interval.ms": 300_000,
            "partition.assignment.strategy": "range",
            "fetch.wait.max.ms": 100 if self._given != 0 else PATIENT_MS,
            "queued.max.messages.kbytes": 16_384,
            "enable.partition.eof": False,
        }

"""Which generation of its topics a system uses: what the mark of the first one says."""

from collections.abc import Mapping

from services.adapters import kafka_admin
from services.adapters.kafka_consumer import KafkaReader
from services.adapters.kafka_login import Servers
from services.errors import ConfigError, InvalidMessage
from services.messages import DataVersion, decode
from services.ports import TopicPartition

MARK = TopicPartition("data-version", 0)


def in_use(servers: Servers, prefix: str, consumer_config: Mapping[str, object]) -> int:
    """Return the generation in use; 0 before there are topics.

    Raises TransientError, RefusedError, and ConfigError for a mark that can't be read.
    """
    if kafka_admin.n_partitions(servers, prefix + MARK.topic) is None:
        return 0
    reader, last = KafkaReader(dict(consumer_config), prefix), None
    try:
        for record in reader.read_to_end([MARK]):
            last = record.value or last
        return decode(DataVersion, last).generation if last is not None else 0
    except InvalidMessage as error:
        raise ConfigError(
            f"the mark on topic {prefix}{MARK.topic} can't be read ({error}): remove it with care"
        ) from error
    finally:
        reader.close()

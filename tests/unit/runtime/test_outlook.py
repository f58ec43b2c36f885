"""What a service says of an engine that is away."""

from dataclasses import replace

import pytest
from loops import world_of
from stand_ins import stand_in
from structlog.testing import capture_logs

from services.adapters.memory import MemoryBroker
from services.runtime.outlook import NEEDS_ELASTICSEARCH, Outlook, engines_of
from services.settings import Settings


@pytest.mark.parametrize("service", [*NEEDS_ELASTICSEARCH, "tagger"])
def test_an_engine_that_is_away_is_named_without_its_password(tmp_path, service):
    broker = MemoryBroker()
    world = replace(
        world_of(broker, tmp_path),
        settings=Settings(elastic_url="http://user:secret@127.0.0.1:9200"),
        search=stand_in(broker),
    )
    sentences = [*engines_of(world, service)]
    kafka = "Kafka does not answer at 127.0.0.1:9092 (REPORTEDLY_KAFKA_BOOTSTRAP)"
    elastic = "Elasticsearch does not answer at http://127.0.0.1:9200 (REPORTEDLY_ELASTIC_URL)"
    assert sentences == [kafka, elastic][: 1 + (service in NEEDS_ELASTICSEARCH)]


def test_an_engine_that_stays_away_is_one_line_and_one_when_it_is_back():
    outlook = Outlook()
    with capture_logs() as lines:
        outlook.saw("said by the start")
        outlook.saw("said by the start")
        outlook.speak()
        for found in ("", "starts", "", "refused", "refused", "refused again", "", "", "away"):
            outlook.saw(found)
    assert [(line["event"], line["reason"]) for line in lines] == [
        ("waiting, nothing is lost", "refused"),
        ("going on", "the engines are up"),
    ]

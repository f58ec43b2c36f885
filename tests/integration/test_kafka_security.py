"""A Kafka that wants a login, and lets each service do only what its topics need."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import admin as ck_admin
from secured_kafka import PASSWORD, secured_kafka
from shared_engines import open_folder

from services import wiring
from services.cli import root
from services.errors import FatalError, RefusedError, TransientError
from services.messages.rights import PARTS
from services.messages.topics import topics
from services.ports import Outgoing, TopicPartition
from services.tagger.service import make_app

pytestmark = pytest.mark.faults
"""It starts a broker of its own, and clients that are refused wait for seconds."""


@pytest.fixture(scope="module")
def kafka():
    with open_folder() as folder, secured_kafka(folder, Path("~/.cache/reportedly")) as running:
        yield running


@pytest.fixture(scope="module")
def applied(kafka, tmp_path_factory):
    """Topics and rules, made by the operator, whose password stands in a file."""
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(PASSWORD + "\n")
    environment = {
        "REPORTEDLY_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "REPORTEDLY_KAFKA_PROTOCOL": "sasl_plaintext",
        "REPORTEDLY_KAFKA_USER": "operator",
        "REPORTEDLY_KAFKA_PASSWORD_FILE": str(secret),
        "REPORTEDLY_PARTITIONS": "1",
    }
    for command in (["topics", "apply"], ["topics", "acls", "--apply"]):
        done = CliRunner().invoke(root, command, env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    again = CliRunner().invoke(root, command, env=environment, catch_exceptions=False)
    assert again.output == "0 access rules made, 0 removed\n"
    return kafka


def broker(kafka, user, **more):
    return wiring.broker(kafka.settings(user, **more))


def polled(consumer, times):
    """Poll some times, within which the broker has said what it refuses."""
    for _ in range(times):
        consumer.poll(10, 0.2)


@pytest.mark.parametrize("user", PARTS)
def test_each_service_reads_and_writes_its_topics_and_no_others(applied, user):
    ours, part = broker(applied, user), PARTS[user]
    reads = [s.name for s in topics() if set(part.names) & set(s.consumers)]
    for name in reads:
        assert ours.n_partitions(name) == 1
    for group in part.groups:
        consumer = ours.consumer(group)
        consumer.subscribe(reads)
        polled(consumer, 20)
        consumer.close()
    list(ours.reader().read_to_end([TopicPartition("data-version", 0)]))
    for group in part.transactions:
        ours.transactional_producer(f"{group}-1").close()
    producer, foreign = ours.producer(), "alerts" if user == "tracker" else "tracker-state"
    producer.send(Outgoing(foreign, "k", b"{}", partition=0))
    with pytest.raises(RefusedError, match=f"forbids the user {user} "):
        producer.flush()


def test_a_right_that_is_missing_is_one_line_with_the_user_and_what_to_do(applied):
    notifier = broker(applied, "notifier")
    with pytest.raises(RefusedError, match=r"Kafka forbids the user notifier .*topics acls --ap"):
        notifier.n_partitions("articles")
    consumer = notifier.consumer("tagger")
    consumer.subscribe(["alerts"])
    with pytest.raises(RefusedError, match=r"forbids the user notifier .*Group"):
        polled(consumer, 50)
    consumer.close()
    with pytest.raises(FatalError, match="forbids the user notifier"):
        notifier.transactional_producer("tracker-fold-1")
    with pytest.raises(RefusedError, match="forbids the user notifier"):
        notifier.apply_rights()


@pytest.mark.parametrize("login", [{"password": "wrong"}, {"user": "nobody-such"}])
def test_a_refused_login_is_one_line_with_the_user_and_the_settings(kafka, login):
    asked = broker(kafka, **({"user": "poller"} | login))
    assert not asked.is_up()
    user = login.get("user", "poller")
    assert asked.login_refusal().startswith(
        f"Kafka refuses the user {user}: check REPORTEDLY_KAFKA_USER and REPORTEDLY_KAFKA_PASSWORD"
    )
    assert "\n" not in asked.login_refusal()
    with pytest.raises(RefusedError, match=f"refuses the user {user}"):
        asked.n_partitions("articles")


def test_who_asks_without_a_login_is_told_of_the_protocol(kafka):
    asked = wiring.broker(kafka.settings("", password="", kafka_protocol="plaintext"))
    with pytest.raises(TransientError, match="REPORTEDLY_KAFKA_PROTOCOL"):
        asked.n_partitions("articles")


def test_a_command_with_a_wrong_password_ends_with_that_line(kafka):
    environment = {
        "REPORTEDLY_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "REPORTEDLY_KAFKA_PROTOCOL": "sasl_plaintext",
        "REPORTEDLY_KAFKA_USER": "operator",
        "REPORTEDLY_KAFKA_PASSWORD": "wrong",
    }
    done = CliRunner().invoke(root, ["topics", "apply"], env=environment)
    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit | RefusedError)


def test_tls_is_taken_only_from_the_authority_that_was_given(applied):
    secure = {"kafka_bootstrap": applied.tls, "kafka_protocol": "sasl_ssl"}
    assert broker(applied, "poller", **secure, kafka_authorities=str(applied.ca)).is_up()
    assert not broker(applied, "poller", **secure).is_up()


def test_scram_is_spoken_too(applied):
    admin = ck_admin.AdminClient(
        {
            "bootstrap.servers": applied.bootstrap,
            "security.protocol": "sasl_plaintext",
            "sasl.mechanism": "PLAIN",
            "sasl.username": "operator",
            "sasl.password": PASSWORD,
        }
    )
    info = ck_admin.ScramCredentialInfo(ck_admin.ScramMechanism.SCRAM_SHA_512, 8192)
    change = ck_admin.UserScramCredentialUpsertion("poller", info, b"other")
    for done in admin.alter_user_scram_credentials([change]).values():
        done.result()
    own = {"password": "other", "kafka_mechanism": "SCRAM-SHA-512"}
    assert broker(applied, "poller", **own).n_partitions("articles") == 1


@pytest.mark.parametrize("protocol", ["sasl_plaintext", "sasl_ssl"])
def test_faust_logs_in_with_the_same_settings(applied, tmp_path, protocol):
    secure = {"kafka_bootstrap": applied.tls, "kafka_authorities": str(applied.ca)}
    settings = applied.settings(
        "tagger",
        data_dir=tmp_path,
        kafka_protocol=protocol,
        **(secure if protocol == "sasl_ssl" else {}),
    )

    async def sent():
        app = make_app(settings)
        await app.producer.start()
        try:
            future = await app.producer.send("tagged-articles", b"k", b"{}", 0, None, None)
            return await asyncio.wait_for(future, 30)
        finally:
            await app.producer.stop()

    assert asyncio.run(sent()).topic == "tagged-articles"

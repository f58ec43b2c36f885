"""Who asks Kafka, and the lines for what it refuses."""

from typing import Any

import confluent_kafka as ck
import pytest

from services import wiring
from services.adapters.kafka_login import Heard, Login, Servers, refusal
from services.adapters.kafka_verdict import as_verdict
from services.errors import ConfigError, FatalError, RefusedError, TransientError
from services.settings import Settings

SASL: dict[str, Any] = {
    "kafka_protocol": "sasl_plaintext",
    "kafka_user": "poller",
    "kafka_password": "secret",
}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (SASL | {"kafka_password": ""}, "sasl_plaintext needs REPORTEDLY_KAFKA_PASSWORD"),
        (SASL | {"kafka_user": ""}, "sasl_plaintext needs REPORTEDLY_KAFKA_USER"),
        (SASL | {"kafka_protocol": "plaintext"}, "plaintext takes no REPORTEDLY_KAFKA_USER"),
        (SASL | {"kafka_authorities": "/none"}, "REPORTEDLY_KAFKA_AUTHORITIES names /none"),
        (SASL | {"kafka_authorities": __file__}, "is for REPORTEDLY_KAFKA_PROTOCOL=sasl_ssl"),
    ],
)
def test_a_login_that_cannot_be_used_is_refused_before_anything_is_asked(given, names):
    with pytest.raises(ConfigError, match=names):
        wiring.broker(Settings(**given))


def test_a_password_stands_in_no_text_of_a_login():
    login = wiring.kafka_login(Settings(**SASL))
    assert login.has_user
    assert "secret" not in repr(Servers("a:1", login))
    assert Servers("a:1", login).config()["sasl.password"] == "secret"
    assert not [name for name in Servers("a:1", Login()).config() if name.startswith("sasl")]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (ck.KafkaError._AUTHENTICATION, "REPORTEDLY_KAFKA_USER and REPORTEDLY_KAFKA_PASSWORD"),
        (ck.KafkaError.TOPIC_AUTHORIZATION_FAILED, "reportedly topics acls --apply"),
        (ck.KafkaError.GROUP_AUTHORIZATION_FAILED, "reportedly topics acls --apply"),
    ],
)
def test_a_refusal_names_the_user_and_what_to_do_in_one_line(code, advice):
    line = refusal(ck.KafkaError(code, "said\nso"), "poller")
    assert "the user poller" in line
    assert advice in line
    assert "\n" not in line
    assert isinstance(as_verdict(ck.KafkaError(code), user="poller"), RefusedError)
    assert isinstance(as_verdict(ck.KafkaError(code, "x", True)), FatalError)


def test_the_same_refusal_reads_the_same_at_each_try():
    said = ("wrong (after 119ms in state AUTH_REQ)", "wrong (after 7ms in state AUTH_REQ)")
    lines = {refusal(ck.KafkaError(ck.KafkaError._AUTHENTICATION, text), "a") for text in said}
    assert len(lines) == 1


def test_any_other_error_is_no_refusal():
    error = ck.KafkaError(ck.KafkaError._TRANSPORT)
    assert refusal(error, "poller") == ""
    assert type(as_verdict(error, user="poller")) is TransientError


@pytest.mark.parametrize(("user", "is_hinted"), [("", True), ("poller", False)])
def test_silence_without_a_login_hints_at_the_protocol(user, is_hinted):
    login = Login("sasl_plaintext", user=user) if user else Login()
    said = str(Servers("a:1", login).silent(ck.KafkaError(ck.KafkaError._TIMED_OUT)))
    assert ("REPORTEDLY_KAFKA_PROTOCOL" in said) is is_hinted


def test_a_client_hears_of_refused_logins_alone():
    heard = Heard()
    heard.take(ck.KafkaError(ck.KafkaError._TRANSPORT))
    assert heard.refused is None
    heard.take(ck.KafkaError(ck.KafkaError._AUTHENTICATION))
    assert heard.refused is not None

"""A feed behind a login: the secret goes into the request, and nowhere else."""

import pytest
from loops import everything, send
from polling import GOOD, Web, answer, eventually, feed, last_error, polling, states, titles, world

from services.messages import encode
from services.messages.topics import topics
from services.ports import Outgoing

SECRET = "Xq7-vault"


@pytest.fixture
def secrets(tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text(f"herald: {{headers: {{X-Api-Key: {SECRET}}}}}\n")
    path.chmod(0o600)
    return path


def subscribe(broker, *feeds):
    send(broker, *(Outgoing("feeds", one.feed_id, encode(one)) for one in feeds))


def test_each_feed_gets_its_own_headers_and_no_topic_and_no_log_a_secret(tmp_path, secrets, capfd):
    web = Web(a=GOOD, b=answer(b"no", 401))
    there = world(tmp_path / "run", web, feed_secrets=str(secrets))
    subscribe(
        there.broker,
        feed("a", credentials="herald", user_agent="Herald reader"),
        feed("b", credentials="herald"),
    )
    with polling(there):
        eventually(lambda: titles(there.broker) and "b" in states(there.broker))
    sent = web.asked["http://feed.example/a"][0]
    assert (sent["X-Api-Key"], sent["User-Agent"]) == (SECRET, "Herald reader")
    for spec in topics():
        for record in everything(there.broker, spec.name):
            assert SECRET.encode() not in (record.value or b""), spec.name
    assert SECRET not in "".join(capfd.readouterr())


def test_a_feed_whose_credentials_are_missing_fails_alone_and_says_what_to_do(tmp_path, secrets):
    web = Web(a=GOOD, b=GOOD)
    there = world(tmp_path / "run", web, feed_secrets=str(secrets))
    subscribe(there.broker, feed("a", credentials="courier"), feed("b"))
    with polling(there):
        eventually(lambda: titles(there.broker))
        eventually(lambda: "a" in states(there.broker))
    assert "has no entry courier: add it" in last_error(there.broker, "a")
    assert web.n_asked("a") == 0

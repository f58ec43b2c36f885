"""The file of feeds' credentials: its forms, its mode, and errors that hold no value."""

import base64

import pytest

from services.errors import ConfigError
from services.runtime.feed_secrets import FeedSecrets, read_secrets

SECRET = "Xq7-vault"


@pytest.fixture
def write(tmp_path):
    def to(text, mode=0o600):
        path = tmp_path / "secrets.yaml"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    return to


def test_each_form_becomes_headers(write):
    login = base64.b64encode(f"reader:{SECRET}".encode()).decode()
    found = read_secrets(
        write(
            f"a: {{user: reader, password: {SECRET}}}\nb: {{bearer: {SECRET}}}\n"
            f"c: {{headers: {{X-Api-Key: {SECRET}, X-Client: us}}}}\n"
        )
    )
    assert found == {
        "a": {"Authorization": f"Basic {login}"},
        "b": {"Authorization": f"Bearer {SECRET}"},
        "c": {"X-Api-Key": SECRET, "X-Client": "us"},
    }
    assert SECRET not in repr(found)
    assert login not in repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(write, mode):
    with pytest.raises(ConfigError, match=r"others can read .*: run chmod 600"):
        read_secrets(write("", mode))


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"a: {SECRET}",
        f"a: [{SECRET}]",
        f"a: {{user: {SECRET}}}",
        f"a: {{password: {SECRET}}}",
        f"a: {{user: 'x:y', password: {SECRET}}}",
        f"a: {{bearer: {SECRET}, user: x}}",
        f"a: {{bearer: '{SECRET}é'}}",
        f'a: {{bearer: "{SECRET}\\r\\nX: y"}}',
        f"a: {{headers: {{Host: {SECRET}}}}}",
        f"a: {{headers: {{'X Y': {SECRET}}}}}",
        f"a: {{headers: [{SECRET}]}}",
        f"a: {{bearer: *{SECRET}}}",
        f"a: {{bearer: &{SECRET} x}}",
        f"a: {{bearer: !{SECRET} x}}",
        f"a: '{SECRET}",
        f'a: "\\q{SECRET}"',
    ],
)
def test_what_can_not_be_used_is_told_without_a_value(write, text):
    with pytest.raises(ConfigError) as caught:
        read_secrets(write(text))
    assert SECRET not in str(caught.value)
    assert "secrets.yaml:1" in str(caught.value)


def test_an_unknown_name_or_a_missing_file_is_a_reason_to_fail_the_poll(write, tmp_path):
    def why(path):
        with pytest.raises(ConfigError) as caught:
            FeedSecrets(path).headers("b")
        return str(caught.value)

    assert "REPORTEDLY_FEED_SECRETS is not set" in why("")
    assert "has no entry b: add it" in why(write("a: {bearer: x}"))
    assert "No such file" in why(str(tmp_path / "none.yaml"))
    assert "chmod 600" in why(write("a: {bearer: x}", 0o644))


def test_a_changed_file_counts_at_once_and_a_feed_without_a_name_needs_none(write):
    secrets = FeedSecrets(write("a: {bearer: one}"))
    assert secrets.headers("a") == {"Authorization": "Bearer one"}
    write("a: {bearer: another}")
    assert secrets.headers("a") == {"Authorization": "Bearer another"}
    assert FeedSecrets("").headers(None) == {}

"""The file of channels' secrets: its fields, its mode, and errors that hold no value."""

import pytest

from services.errors import ConfigError
from services.runtime.channel_secrets import ChannelSecrets, read_channel_secrets

SECRET = "xoxb-Xq7-vault"


@pytest.fixture
def write(tmp_path):
    def to(text, mode=0o600):
        path = tmp_path / "channels.yaml"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    return to


def test_an_entry_is_found_by_its_name_and_the_keys_of_a_webhook_by_its_address(write):
    secrets = ChannelSecrets(
        write(
            f"desk: {{token: {SECRET}, server: 'https://chat.example.org'}}\n"
            "hooks: {address: 'https://example.org/hook', keys: [whsec_new, whsec_old]}\n"
        )
    )
    assert secrets.fields("desk") == {"token": SECRET, "server": "https://chat.example.org"}
    assert secrets.keys_of("https://example.org/hook") == ("whsec_new", "whsec_old")
    assert secrets.keys_of("https://example.org/other") == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://discord.com/api/webhooks/1100000000000000000/aB_9-x",
        "https://discord.com/api/v10/webhooks/1/aB_9-x",
        "http://127.0.0.1:8080/discord/api/webhooks/1/aB_9-x",
        "pover://user@token",
    ],
)
def test_a_url_is_a_webhook_of_discord_or_one_of_apprise(write, url):
    assert ChannelSecrets(write(f"desk: {{url: '{url}'}}")).fields("desk") == {"url": url}


def test_no_value_is_shown(write):
    found = read_channel_secrets(write(f"desk: {{token: {SECRET}, keys: [{SECRET}]}}"))
    assert SECRET not in repr(found)
    assert SECRET not in str(found["desk"].fields)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(write, mode):
    with pytest.raises(ConfigError, match=r"CHANNEL_SECRETS: others can read .*: run chmod 600"):
        read_channel_secrets(write("", mode))


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"desk: {SECRET}",
        f"desk: [{SECRET}]",
        f"desk: {{{SECRET}: x}}",
        f"desk: {{{SECRET}}}",
        f"desk: {{token: [{SECRET}]}}",
        f"desk: {{token: '{SECRET} x'}}",
        f"desk: {{token: '{SECRET}é'}}",
        f'desk: {{token: "{SECRET}\\r\\nX: y"}}',
        "desk: {token: ''}",
        f"desk: {{keys: {SECRET}}}",
        f"desk: {{keys: ['{SECRET} x']}}",
        f"'a/b': {{token: {SECRET}}}",
        f"desk: {{token: *{SECRET}}}",
        f"desk: '{SECRET}",
        f"desk: {{url: '{SECRET}'}}",
        f"desk: {{url: 'https://discord.com/api/webhooks/1/{SECRET}/'}}",
        f"desk: {{url: 'https://discord.com/api/webhooks/1/{SECRET}/slack'}}",
        f"desk: {{url: 'https://discord.com/api/webhooks/1/{SECRET}?thread_id=7'}}",
        f"desk: {{url: 'https://discord.com/api/webhooks/1/{SECRET}#x'}}",
        f"desk: {{url: 'HTTPS://discord.com/api/webhooks/{SECRET}'}}",
        f"desk: {{url: 'https://ann:{SECRET}@discord.com/api/webhooks/1/x'}}",
    ],
)
def test_what_can_not_be_used_is_told_with_its_line_and_without_a_value(write, text):
    with pytest.raises(ConfigError) as caught:
        read_channel_secrets(write(text))
    assert SECRET not in str(caught.value)
    assert "channels.yaml:1" in str(caught.value)


def test_what_is_missing_is_told_with_what_to_do(write, tmp_path):
    def why(path):
        with pytest.raises(ConfigError) as caught:
            ChannelSecrets(path).fields("desk")
        return str(caught.value)

    assert "REPORTEDLY_CHANNEL_SECRETS is not set" in why("")
    assert "has no entry desk: add it" in why(write("other: {token: x}"))
    assert "No such file" in why(str(tmp_path / "none.yaml"))


def test_a_changed_file_counts_at_once_and_webhooks_need_none(write):
    secrets = ChannelSecrets(write("desk: {token: one}"))
    assert secrets.fields("desk") == {"token": "one"}
    write("desk: {token: another}")
    assert secrets.fields("desk") == {"token": "another"}
    assert ChannelSecrets("").keys_of("https://example.org/hook") == ()

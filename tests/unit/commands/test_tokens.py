"""`reportedly tokens`: what it makes, what it shows, and what it takes back."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from services.adapters.memory import MemoryBroker
from services.api.access.tokens import person_of
from services.api.tables import Tables
from services.cli import root
from services.commands.world import Instead
from services.runtime.shutdown import SignalStop


@pytest.fixture
def broker():
    return MemoryBroker()


@pytest.fixture
def run(broker):
    def command(*words):
        return CliRunner().invoke(root, ["tokens", *words], obj=Instead(broker=broker), env={})

    return command


def test_a_token_is_shown_once_opens_the_api_and_is_revoked(run, broker):
    text = run("add", "amira", "--scope", "editor", "--group", "levant").stdout.strip()
    tables, now = Tables(broker, SignalStop()), datetime.now(UTC)
    person = person_of(text, tables.tokens(), now)
    assert person is not None
    assert (person.name, person.scope, *person.groups) == ("amira", "editor", "levant")
    listed = run("list").stdout
    assert json.loads(listed)["person"] == "amira"
    assert "digest" not in listed
    assert text.split("_", 2)[2] not in listed
    assert run("revoke", person.token_id).exit_code == 0
    assert person_of(text, tables.tokens(), now) is None


def test_what_would_name_nobody_is_refused_and_nothing_is_saved(run):
    assert run("add", "group:levant").exit_code != 0
    assert run("add", "amira", "--days", "-1").exit_code != 0
    assert run("revoke", "x").exit_code != 0
    assert run("list").stdout == ""

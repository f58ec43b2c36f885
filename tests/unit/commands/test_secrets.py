"""The passwords of the compose system's engines: who reads them, and what the engines get."""

import base64
import hashlib
import os

import pytest
import yaml
from click.testing import CliRunner

from services.cli import root
from services.commands.logins import ELASTIC_ROLES, KAFKA_USERS, elastic_hash, logins


@pytest.fixture
def owners(monkeypatch):
    """Whom each file was given to; the tests themselves need not run as root."""
    given = {}
    monkeypatch.setattr(os, "chown", lambda path, uid, gid: given.update({path.name: uid}))
    return given


def written(folder):
    done = CliRunner().invoke(root, ["secrets", "write", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output, {path.name: path.read_text() for path in folder.iterdir()}


def test_each_user_has_a_password_of_its_own_that_its_container_alone_reads(tmp_path, owners):
    said, files = written(tmp_path / "secrets")
    passwords = [files[login.file] for login in logins()]
    assert said.startswith(f"{len(passwords)} passwords made")
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 43
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert owners["kafka-poller"] == owners["elastic-indexer"] == 10001
    assert owners["kafka.properties"] == owners["kibana.yml"] == owners["elastic-health"] == 1000


@pytest.mark.usefixtures("owners")
def test_the_engines_get_all_users_and_the_passwords_stay(tmp_path):
    _, files = written(tmp_path)
    assert all(
        f'user_{user}="{files[f"kafka-{user}"]}"' in files["kafka.properties"]
        for user in KAFKA_USERS
    )
    hashes = dict(line.split(":") for line in files["elasticsearch-users"].splitlines())
    assert set(hashes) == set(ELASTIC_ROLES)
    roles = yaml.safe_load(files["elasticsearch-roles.yml"])
    theirs = dict(line.split(":") for line in files["elasticsearch-users-roles"].splitlines())
    assert set(theirs) - set(roles) == {"kibana_system", "kibana_admin"}
    assert theirs["reportedly_reader"] == "notifier,api"
    assert roles["reportedly_health"] == {"cluster": ["monitor"]}
    assert yaml.safe_load(files["kibana.yml"])["elasticsearch.password"] == files["elastic-kibana"]
    (tmp_path / "kafka-api").unlink()
    said, again = written(tmp_path)
    assert said.startswith("1 password made")
    assert again["kafka-poller"] == files["kafka-poller"]
    assert again["kafka-api"] != files["kafka-api"]
    assert again["kafka-api"] in again["kafka.properties"]


def test_who_may_not_give_files_away_is_told_how_to(tmp_path, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(os, "chown", refuse)
    done = CliRunner().invoke(root, ["secrets", "write", str(tmp_path)])
    assert "docker compose run --rm secrets" in str(done.exception) + done.output


def test_a_hash_is_that_of_its_password():
    made = elastic_hash("word", b"s" * 32)
    _, salt, digest = made.removeprefix("{PBKDF2}").split("$")
    assert base64.b64decode(salt) == b"s" * 32
    assert base64.b64decode(digest) == hashlib.pbkdf2_hmac("sha512", b"word", b"s" * 32, 10_000, 32)

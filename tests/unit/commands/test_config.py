"""`config check` looks at all that is configured and writes a line for each thing."""

import sys

import pytest
from click.testing import CliRunner
from streams import free_port

from services.cli import root
from services.commands import preflight
from services.commands.config import lines
from services.settings import PREFIX, SECRETS, Settings


@pytest.fixture
def good(tmp_path, monkeypatch):
    """An environment that nothing is wrong with, on a machine that has all that is needed."""
    monkeypatch.setattr(preflight, "find_jdk", lambda: tmp_path)
    monkeypatch.setattr(preflight, "LEAST_FREE_BYTES", 1)
    folders = {"DATA_DIR": tmp_path / "data", "CACHE_DIR": tmp_path / "cache"}
    return {PREFIX + name: str(path) for name, path in folders.items()} | {
        f"{PREFIX}API_PORT": str(free_port())
    }


def secret(tmp_path, mode, text="s" * 20):
    path = tmp_path / "secret"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def found(environ, files=((), (), ()), *, offline=True):
    return [*lines(environ, files, offline=offline)]


def of(name, found):
    return {(line.how, line.what) for line in found if line.name.endswith(name)}


def test_each_thing_has_a_line_and_all_are_well_where_nothing_is_wrong(good, tmp_path):
    paths = [tmp_path / name for name in ("feeds.yaml", "watches.yaml", "people.yaml")]
    paths[0].write_text("- {url: 'https://example.org/feed', outlet: Example}\n")
    paths[1].write_text("- {id: a, name: A, query: bridge, deliver: [{to: 'log:'}]}\n")
    paths[2].write_text("- {id: ann, name: Ann, targets: [{to: 'log:'}]}\n")
    told = found(good, [[str(path)] for path in paths])
    assert {line.how for line in told} == {"ok"}
    names = {line.name for line in told}
    assert {*good, *map(str, paths), "the JDK", f"{PREFIX}SPACY_MODEL"} <= names


def test_one_wrong_variable_hides_no_other_thing_and_gets_a_suggestion(good, tmp_path):
    good |= {f"{PREFIX}LOG_LEVL": "info", f"{PREFIX}LEXICON": str(tmp_path / "none.yaml")}
    told = found(good, ((), [str(tmp_path / "none.yaml")], ()))
    assert of("LOG_LEVL", told) == {("wrong", f"is no setting: did you mean {PREFIX}LOG_LEVEL?")}
    assert [how for how, _ in of("LEXICON", told)] == ["wrong"]
    assert [how for how, _ in of("none.yaml", told)] == ["wrong"]
    assert of("SPACY_MODEL", told) == {("ok", "")}


@pytest.mark.parametrize(("mode", "how"), [(0o600, "ok"), (0o640, "warning"), (0o604, "warning")])
def test_the_file_of_a_secret_is_its_owners_alone(good, tmp_path, mode, how):
    path = secret(tmp_path, mode)
    told = found(good | {f"{PREFIX}LINK_SECRET_FILE": path})
    ((was, what),) = of("LINK_SECRET_FILE", told)
    assert was == how
    assert what == (path if how == "ok" else f"others can read {path}: run chmod 600 {path}")


@pytest.mark.parametrize(("has_extra", "how"), [(True, "ok"), (False, "wrong")])
def test_a_collector_of_traces_needs_the_extra(good, monkeypatch, has_extra, how):
    if not has_extra:
        monkeypatch.delitem(sys.modules, "services.adapters.otlp", raising=False)
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    told = found(good | {f"{PREFIX}TRACES_URL": "http://127.0.0.1:4318"})
    ((was, what),) = of("TRACES_URL", told)
    assert was == how
    assert ("pip install '.[traces]'" in what) is not has_extra


def test_a_value_that_is_given_twice_is_wrong(good, tmp_path):
    twice = {f"{PREFIX}LINK_SECRET": "t" * 20, f"{PREFIX}LINK_SECRET_FILE": secret(tmp_path, 0o600)}
    told = found(good | twice)
    assert of("LINK_SECRET_FILE", told) == {
        ("wrong", f"{PREFIX}LINK_SECRET is set, too: take one of them out")
    }


@pytest.mark.parametrize("name", SECRETS)
def test_no_line_shows_a_secret(good, name):
    told = found(good | {PREFIX + name.upper(): "Xq7-vault-Xq7-vault-Xq7"})
    assert of(name.upper(), told)
    assert not any("Xq7" in line.what for line in told)


@pytest.mark.parametrize(
    ("name", "text"),
    [("FEED_SECRETS", "herald: {usr: a}\n"), ("CHANNEL_SECRETS", "desk: {tokn: a}\n")],
)
def test_files_of_secrets_are_read(good, tmp_path, name, text):
    told = found(good | {PREFIX + name: secret(tmp_path, 0o600, text)})
    assert {how for how, _ in of(name, told)} == {"wrong"}


def test_engines_that_are_named_must_answer_unless_nobody_asks_them(good):
    named = {
        f"{PREFIX}KAFKA_BOOTSTRAP": "127.0.0.1:1",
        f"{PREFIX}ELASTIC_URL": "http://127.0.0.1:1",
    }
    told = found(good | named, offline=False)
    assert [line.how for line in told if line.name in ("Kafka", "Elasticsearch")] == ["wrong"] * 2
    assert not {line.name for line in found(good | named)} & {"Kafka", "Elasticsearch"}
    notes = [line.how for line in found(good, offline=False) if line.name == "Kafka"]
    assert notes == ["note"]


def test_a_mail_server_that_can_not_be_reached_is_told(good):
    mail = {f"{PREFIX}SMTP_URL": "smtp-plain://127.0.0.1:1", f"{PREFIX}MAIL_FROM": "a@example.org"}
    told = found(good | mail, offline=False)
    assert [how for how, _ in of("the mail server", told)] == ["wrong"]


def test_every_setting_can_be_checked(good):
    for name in Settings.__struct_fields__:
        assert of(name.upper(), found({**good, PREFIX + name.upper(): "\n"})), name


def test_the_command_ends_with_2_and_counts_what_is_wrong(good):
    done = CliRunner().invoke(root, ["config", "check", "--offline"], env=good)
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(
        root, ["config", "check", "--offline"], env=good | {f"{PREFIX}LOG_LEVEL": "loud"}
    )
    assert str(done.exception) == "1 thing is wrong, see above"
    assert f"wrong    {PREFIX}LOG_LEVEL: is 'loud', allowed is debug" in done.output

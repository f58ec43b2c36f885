"""Whatever a person gives to a command, the answer is words:
what is wrong, what is allowed, no traceback.
"""

import click
import pytest
from click.testing import CliRunner
from command_lines import TAKES_FILES, words_of

from services.cli import root
from services.commands.choices import OneOf
from services.errors import ReportedlyError

NOWHERE = {
    "REPORTEDLY_KAFKA_BOOTSTRAP": "127.0.0.1:9",
    "REPORTEDLY_ELASTIC_URL": "http://127.0.0.1:9",
}
WATCHES = "- id: leadership\n  name: L\n  query: halvane\n  deliver: [{to: 'log:'}]\n"
LINES = (
    b'{"id": "1", "title": "A", "text": "B"\n{"id":\n[]\n"x"\n'
    b'null\n{"id":{}}\n{"id": "1", "title": 5}\n'
    b'{"id":"2","title":"x","text":"","published_at":"0000-99-99"}\n' + b"[" * 5000 + b"\n"
)


def invoke(*arguments):
    """Run a command as `main` does; return (exit code, all that a person sees)."""
    done = CliRunner().invoke(root, arguments, env=NOWHERE)
    error = done.exception
    if isinstance(error, ReportedlyError):
        return 2, f"{done.output}{error}"
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return done.exit_code, done.output


def tree(command=root, path=()):
    """Yield (words, command) of a command and of all below it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from tree(command.get_command(context, name), (*path, name))


COMMANDS = [(path, one) for path, one in tree() if not isinstance(one, click.Group)]
GROUPS = [(path, one) for path, one in tree() if isinstance(one, click.Group)]


def closed(parameter):
    return isinstance(parameter.type, click.Choice | OneOf)


CLOSED = [
    (path, parameter, command)
    for path, command in COMMANDS
    for parameter in command.params
    if closed(parameter)
]


def filled(command, wrong):
    """Return arguments for a command that give one parameter a wrong value
    and the required ones something.
    """
    words = []
    for parameter in command.params:
        value = (
            "nonsense"
            if parameter is wrong
            else "7"
            if isinstance(parameter.type, click.IntRange)
            else "x"
        )
        if closed(parameter) and parameter is not wrong:
            value = next(
                iter(
                    parameter.type._allowed()
                    if isinstance(parameter.type, OneOf)
                    else parameter.type.choices
                )
            )
        if isinstance(parameter, click.Argument) and (parameter.required or parameter is wrong):
            words.append(value)
        elif isinstance(parameter, click.Option) and (parameter.required or parameter is wrong):
            words += [parameter.opts[0], value]
    return words


@pytest.mark.parametrize(
    ("path", "parameter", "command"), CLOSED, ids=[f"{' '.join(p)} {q.name}" for p, q, _ in CLOSED]
)
def test_a_value_that_is_none_of_a_closed_list_is_refused_with_the_list(path, parameter, command):
    code, said = invoke(*path, *filled(command, parameter))
    assert code == 2
    allowed = (
        parameter.type._allowed() if isinstance(parameter.type, OneOf) else parameter.type.choices
    )
    assert all(value in said for value in allowed)


def test_the_closed_lists_that_filter_are_found_by_that():
    """Else the test above would pass by testing nothing."""
    found = {(" ".join(path), parameter.name) for path, parameter, _ in CLOSED}
    assert found >= {
        ("claims list", "status"),
        ("claims list", "event"),
        ("dlq redrive", "topic"),
        ("dlq list", "topic"),
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["claims", "list", "--status", "kiled"], "allowed: reported, claimed, corroborated"),
        (["claims", "list", "--event", "air-strike"], "did you mean airstrike?"),
        (["dlq", "redrive", "artickles"], "did you mean articles?"),
        (["dlq", "redrive", "tracker-state"], "`reportedly state --help`"),
        (["events", "show", "airstrik"], "did you mean airstrike?"),
        (["alerts", "snooze", "a1", "--for", "5x"], "write 45s, 90m, 1h, or 2d"),
        (["backtest", "--watches", __file__, "--from", "2031-13-01"], "2031-05-02"),
        (
            ["backtest", "--watches", __file__, "--from", "2031-02-01", "--to", "2031-02-01"],
            "is not before",
        ),
        (["dashboards", "import", "--timeout", "0", "--url", "127.0.0.1:5601"], "http://"),
        (["dashboards", "import", "--timeout", "0", "--url", "http://["], "no address"),
        (["dashboards", "import", "--timeout", "nan"], "nan"),
        (["dashboards", "import", "--timeout", "-1"], "range"),
        (["state", "show", "nonsense", "0/x"], "alerter-state"),
        (["health", "tager"], "tagger"),
        (["nonsense"], "No such command"),
        (["claim", "list"], "did you mean claims?"),
        (["claims", "lst"], "did you mean list?"),
    ],
)
def test_a_wrong_value_exits_2_and_says_what_is_allowed(arguments, says):
    code, said = invoke(*arguments)
    assert (code, says in said) == (2, True), said


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "folder").mkdir()
    (folder / "empty").write_bytes(b"")
    (folder / "lines").write_bytes(LINES)
    (folder / "binary").write_bytes(bytes(range(256)) * 50)
    (folder / "nul").write_bytes(b"\0\0\n")
    (folder / "watches").write_text(WATCHES, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["missing", "folder", "binary", "lines", "nul"])
@pytest.mark.parametrize("line", TAKES_FILES)
def test_a_file_that_is_no_such_file_is_told_in_words(files, line, name):
    code, said = invoke(*words_of(line, files, name))
    assert code in (0, 1, 2)
    assert said.strip() or code == 0
    if name in ("missing", "folder") and "FILE" in line and "schemas" not in line:
        assert code == 2, said
        assert name in said


@pytest.mark.parametrize("place", ["folder", "missing/page.html"])
def test_a_page_that_can_be_written_nowhere_is_told_before_the_work(files, place):
    code, said = invoke("tag", "--html", str(files / place), str(files / "lines"))
    assert (code, str(files / place) in said) == (2, True)
    assert "not-json" not in said


@pytest.mark.parametrize(
    ("path", "group"),
    GROUPS,
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_every_group_names_the_command_that_was_meant(path, group):
    for name in group.list_commands(click.Context(group)):
        code, said = invoke(*path, name + "z")
        assert (code, f"No such command '{name}z': did you mean " in said) == (2, True), said


def test_every_command_that_reads_files_is_among_those_tried():
    reading = {
        " ".join(path)
        for path, command in COMMANDS
        if {"files", "file", "path"} & {p.name for p in command.params}
    }
    assert not [
        name for name in reading if not any(line.startswith(name + " ") for line in TAKES_FILES)
    ]

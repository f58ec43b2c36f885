"""`reportedly watches check` and `import --dry-run`:
everything that is wrong with watch files, without any server.
"""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import root
from services.commands.watches import MOST_TOLD, check_files, fate
from services.messages import Watch
from services.settings import Settings
from services.text.problems import FileProblems

NOWHERE = "127.0.0.1:1"
"""Where no Kafka is."""

DICTIONARY = """\
actors:
  - {id: idris-halvane, type: person, name: Idris Halvane}
  - {id: tarvan, type: state, name: Tarvan}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs `reportedly watches …` on files
    of the given texts, which follow the words.
    """
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(DICTIONARY)

    def command(*words, texts=(), **environment):
        paths = [f"w{number}.yaml" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            Path(path).write_text(text, encoding="utf-8")
        env = {
            "REPORTEDLY_LEXICON": "own.yaml",
            "REPORTEDLY_KAFKA_BOOTSTRAP": NOWHERE,
            **environment,
        }
        return CliRunner().invoke(root, ["watches", *words, *paths], env=env)

    return command


def watch(*, query="halvane", claim="{}", name="A", id="a"):
    return f"- id: {id}\n  name: {name}\n  query: '{query}'\n  claim: {claim}\n"


def test_a_clean_file_is_said_to_be_so(run):
    done = run(
        "check",
        texts=[
            watch(query="kadrin AND actor:idris-halvane", claim="{actor: [idris-halvane, france]}")
        ],
    )
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "w0.yaml: 1 watch can be used\n"
        "  a: articles with kadrin AND actor:idris-halvane; claims of any event, "
        "about Idris Halvane (idris-halvane) or France (france), with a confidence of at least "
        "0.4; about 8 alerts a day\n"
    )


def test_a_file_that_can_not_be_opened_is_told_and_not_counted(run):
    done = run("check", "nowhere.yaml", texts=[watch()])
    assert str(done.exception) == "nowhere.yaml: No such file or directory"
    assert done.output.startswith("w0.yaml: 1 watch can be used\n")


def test_mistakes_of_all_files_are_told_together(run):
    done = run("check", texts=[watch(query="event:kiled"), watch(claim="{event: [kiled]}")])
    assert isinstance(done.exception, FileProblems)
    assert [problem.file for problem in done.exception.problems] == ["w0.yaml", "w1.yaml"]


@pytest.mark.parametrize(
    ("actor", "says"),
    [
        ("halvane", "no actor has the id halvane: write idris-halvane for Idris Halvane"),
        ("idris-halvan", "no actor has the id idris-halvan: did you mean idris-halvane?"),
        (
            "tarvna",
            "did you mean tarvan? Somebody else is added to a "
            "dictionary of your own (docs/actors.md)",
        ),
        ("!?", "!? holds no letter or digit"),
    ],
)
def test_an_actor_that_could_never_match_is_answered_with_the_id_that_was_meant(run, actor, says):
    assert says in str(run("check", texts=[watch(claim=f"{{actor: ['{actor}']}}")]).exception)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("Idris Halvane", "Idris Halvane (idris-halvane)"),
        ("Ідріс Халване", "Idris Halvane (idris-halvane)"),
        ("Bashar Assad", "Bashar al-Assad (bashar-al-assad)"),
        ("France", "France (france)"),
        ("Jana Wirth", "anybody called Jana Wirth"),
    ],
)
def test_an_actor_may_be_written_as_people_write_it(run, name, means):
    done = run("check", texts=[watch(claim=f"{{actor: '{name}', patient: '{name}'}}")])
    assert done.exit_code == 0
    assert f"about {means}, that befell {means}" in done.stdout


@pytest.mark.parametrize("place", ["Syria", "UK", "Texas", "Aleppo", "Tarvan", "tarvan"])
def test_a_place_of_a_condition_is_a_country_a_region_or_a_town(run, place):
    done = run("check", texts=[watch(claim=f"{{place: {place}, killed: 10}}")])
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"in {place} and what lies there, with at least 10 dead" in done.stdout


def test_a_mistyped_place_is_answered_with_the_one_that_was_meant(run):
    done = run("check", texts=[watch(claim="{place: Damascuss}")])
    assert "the gazetteer has no place called Damascuss: did you mean damascus?" in done.stderr


@pytest.mark.parametrize("word", ["murdered", "Murders", "beheading"])
def test_a_word_of_texts_for_an_event_is_answered_with_the_event(run, word):
    refused = str(run("check", texts=[watch(claim=f"{{event: {word}}}")]).exception)
    assert f"no event is called {word}; did you mean killed? The events are " in refused


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("actor:halvane", "no actor has the id halvane: write idris-halvane for Idris Halvane"),
        ('actor:"Bashar Assad"', "write bashar-al-assad for Bashar al-Assad"),
        ("actor:tarvna OR actor:halvane", "did you mean tarvan?"),
    ],
)
def test_an_actor_in_a_query_is_answered_so_as_well(run, query, says):
    assert says in str(run("check", texts=[watch(query=query)]).exception)


def test_a_name_whose_words_are_the_id_finds_the_actor_in_a_query(run):
    assert run("check", texts=[watch(query='actor:"Idris Halvane"')]).exit_code == 0


def test_an_actor_that_no_dictionary_knows_is_found_by_name_and_warned_of(run):
    done = run(
        "check",
        texts=[watch(claim="{actor: [jana-wirth]}"), watch(id="b", query="actor:jana-wirth")],
    )
    assert done.exit_code == 0
    assert (
        done.stderr.count(
            "warning: no dictionary knows jana-wirth: only people and groups written so are found"
        )
        == 2
    )


def test_a_state_is_no_place_and_an_unknown_place_is_warned_of(run):
    done = run("check", texts=[watch(query="place:tarvan")])
    assert "Tarvan is no place but a state: write actor:tarvan" in str(done.exception)


def test_a_dry_run_needs_no_kafka_and_shows_what_to_expect(run):
    done = run("import", "--dry-run", texts=[watch() + watch(id="b", query="attack OR killed")])
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first.split()[0] == "valid"
    assert first.endswith("a day  a")
    assert int(second.split()[1].replace(",", "")) > 20
    assert f"No Kafka at {NOWHERE}" in done.stderr
    assert "warning: about" in done.stderr


def test_a_dry_run_ends_as_the_import_would(run):
    done = run("import", "--dry-run", texts=[watch(id="'a b'") + watch(id="b")])
    assert isinstance(done.exception, FileProblems)
    assert done.stdout == ""


def test_a_file_with_a_mistake_is_refused_before_kafka_is_asked(run):
    with socket.create_server(("127.0.0.1", 0)) as broker:
        broker.settimeout(0.2)
        address = f"127.0.0.1:{broker.getsockname()[1]}"
        done = run("import", texts=[watch(id="'a b'")], REPORTEDLY_KAFKA_BOOTSTRAP=address)
        assert isinstance(done.exception, FileProblems)
        with pytest.raises(TimeoutError):
            broker.accept()


def test_what_an_import_makes_of_a_watch_is_new_changed_or_unchanged():
    old = Watch(id="a", name="A", query="halvane", version=3)
    assert fate(Watch(id="a", name="A", query="halvane"), {}) == "new"
    assert fate(Watch(id="a", name="A", query="halvane"), {"a": old}) == "unchanged"
    assert fate(Watch(id="a", name="A", query="kadrin"), {"a": old}) == "changed"


def test_an_id_in_two_files_is_told(run):
    run("check", texts=[watch(), watch()])
    (problem,) = check_files(["w0.yaml", "w1.yaml"], Settings())
    assert str(problem) == "w1.yaml:1: the id a stands in w0.yaml, too: give one of them another"
    assert isinstance(run("check", texts=[watch(), watch()]).exception, FileProblems)


def test_a_file_that_is_not_there_is_told_in_one_line(run):
    assert str(run("check", "nowhere.yaml").exception) == "nowhere.yaml: No such file or directory"


def test_a_query_that_can_not_be_saved_is_not_tried_either():
    done = CliRunner().invoke(
        root, ["watches", "test", "lang:english AND event:kiled AND stance:denyed"], input=""
    )
    refused = str(done.exception).splitlines()
    assert [line.split()[0] for line in refused] == ["event:kiled", "stance:denyed", "english"]


@pytest.mark.parametrize(("n", "more"), [(MOST_TOLD, ""), (MOST_TOLD + 1, "  and 1 more watch\n")])
def test_the_meaning_of_many_watches_is_told_of_the_first_ones(run, n, more):
    done = run("check", texts=["".join(watch(id=f"w{number}") for number in range(n))])
    assert done.stdout.count("alerts a day") == MOST_TOLD
    assert done.stdout.endswith(more or "alerts a day\n")

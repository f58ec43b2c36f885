"""`watches` on a real broker: what is imported is in force,
changes get a version, and what is removed is gone.
"""

import json

import pytest
from click.testing import CliRunner

from services.cli import root

pytestmark = pytest.mark.engines

TWO = """\
- id: leaders
  name: Leaders
  query: '"orran front" AND leader'
- id: floods
  name: Floods
  query: flood
"""


@pytest.fixture
def watches(settings, broker, tmp_path):  # noqa: ARG001 - its topics
    """A function that runs `reportedly watches …`; `FILE` stands for a file of the given text."""

    def run(*words, text=""):
        path = tmp_path / "watches.yaml"
        path.write_text(text)
        arguments = [str(path) if word == "FILE" else word for word in words]
        return CliRunner().invoke(root, ["watches", *arguments], env=settings.environment())

    return run


def versions(watches):
    return {w["id"]: w["version"] for w in map(json.loads, watches("list").stdout.splitlines())}


def test_only_a_watch_that_changed_gets_a_new_version(watches):
    assert watches("import", "FILE", text=TWO).stdout == "2 watches saved\n"
    assert versions(watches) == {"leaders": 1, "floods": 1}
    watches("import", "FILE", text=TWO.replace("query: flood", "query: flood OR deluge"))
    assert versions(watches) == {"leaders": 1, "floods": 2}


def test_a_file_with_one_wrong_watch_saves_none_and_names_its_line(watches):
    said = watches("import", "FILE", text=TWO + "- id: broken\n  name: Broken\n  query: '(flood'\n")
    assert "watches.yaml:9" in str(said.exception)
    assert versions(watches) == {}


def test_a_removed_watch_is_gone_and_one_that_is_not_there_is_an_error_that_names_those_that_are(
    watches,
):
    watches("import", "FILE", text=TWO)
    assert watches("remove", "leaders").stdout == "leaders removed\n"
    assert versions(watches) == {"floods": 1}
    assert "there is floods" in str(watches("remove", "leaders").exception)

"""`feeds import` on a real broker: what is saved is a feed once,
under whatever spelling of its address it comes again.
"""

import json

import pytest
from click.testing import CliRunner

from services.cli import root

pytestmark = pytest.mark.engines


@pytest.fixture
def feeds(settings, broker, tmp_path):  # noqa: ARG001 - its topics
    """A function that runs `reportedly feeds …`;
    `FILE` stands for a YAML file of the given addresses.
    """

    def run(*words, urls=()):
        path = tmp_path / "feeds.yaml"
        path.write_text("".join(f"- url: {url}\n" for url in urls))
        arguments = [str(path) if word == "FILE" else word for word in words]
        return CliRunner().invoke(root, ["feeds", *arguments], env=settings.environment())

    return run


def test_another_spelling_of_a_saved_address_is_told_and_left_out(feeds):
    assert (
        feeds("import", "FILE", urls=["https://a.example/rss", "https://b.example/"]).stdout
        == "2 feeds saved\n"
    )
    done = feeds(
        "import",
        "FILE",
        urls=["http://a.example/rss/?utm_source=x", "https://b.example/", "https://c.example/"],
    )
    assert done.stdout == "2 feeds saved\n"
    assert (
        "http://a.example/rss/?utm_source=x is left out: it is the feed https://a.example/rss"
        in done.stderr
    )
    saved = [json.loads(line)["url"] for line in feeds("list").stdout.splitlines()]
    assert saved == ["https://a.example/rss", "https://b.example/", "https://c.example/"]


def test_a_file_with_a_mistake_saves_nothing(feeds):
    assert (
        feeds("import", "FILE", urls=["https://a.example/rss", "ftp://b.example/"]).exit_code != 0
    )
    assert feeds("list").stdout == ""

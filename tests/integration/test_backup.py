"""A system saved in mid-story, wiped, and restored tells the story to its end as if nothing was."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from story_halves import GROUPS, N_ARTICLES, WATCHES, alerts_on, articles, claims_on, expected
from streams import broker_of, eventually, send, service

from services.cli import root
from services.messages import encode
from services.runtime.data_version import DATA_VERSION, marked

pytestmark = [pytest.mark.engines, pytest.mark.faults]


def run(settings, *words):
    done = CliRunner().invoke(root, words, env=settings.environment())
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def publish(broker, some):
    send(broker, *(("tagged-articles", a.article_id, encode(a)) for a in some))


def all_read(broker):
    return all(broker.lag(group) == (0, 1) for group in GROUPS)


def test_a_story_goes_on_after_a_wipe_and_a_restore(broker, settings, tmp_path):
    story = articles()
    claims, alerts = expected(story)
    path = str(tmp_path / "half.backup")
    send(broker, *(("watches", watch.id, encode(watch)) for watch in WATCHES))
    with ExitStack() as running:
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(broker, story[: N_ARTICLES // 2])
        eventually(lambda: len(claims_on(broker)) > 3)
        # The services are at work: what they have in hand is in the backup or is read again.
        assert "messages of" in run(settings, "backup", path)
        publish(broker, story[N_ARTICLES // 2 :])
        eventually(lambda: all_read(broker))
    assert claims_on(broker) == claims
    told = run(settings, "restore", path, "--replace")
    assert "restored" in told
    again = broker_of(settings)
    assert marked(again).version == DATA_VERSION
    assert claims_on(again) != claims, "what came after the backup is gone"
    with ExitStack() as running:
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(again, story[N_ARTICLES // 2 :])
        eventually(lambda: all_read(again))
    assert claims_on(again) == claims
    assert alerts_on(again, claims) == alerts
    assert Path(path).stat().st_mode & 0o077 == 0

"""What `reportedly replay` says that it did."""

from collections import Counter

import pytest

from services.commands.replay import told
from services.indexer.replay import Replayed


@pytest.mark.parametrize(
    ("done", "keep", "lines"),
    [
        (
            Replayed(n_messages=1, outcomes=Counter(stored=2), made=["a-v2"], replaced=["a-v1"]),
            False,
            ["1 message read, 2 documents written", "1 new index in use; 1 former one removed"],
        ),
        (
            Replayed(n_messages=2, n_copied=1, made=["a-v2", "b-v2"]),
            True,
            [
                "2 messages read, 0 documents written",
                "1 document copied, whose messages Kafka no longer has",
                "2 new indices in use; 0 former ones kept",
            ],
        ),
    ],
)
def test_a_replay_says_what_was_written_copied_and_replaced(done, keep, lines):
    assert told(done, keep=keep) == lines

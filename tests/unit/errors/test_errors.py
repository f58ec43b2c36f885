"""Errors as values."""

import pickle

from services.errors import InvalidMessage


def test_an_invalid_message_crosses_processes_with_reason_and_detail():
    back = pickle.loads(pickle.dumps(InvalidMessage("untaggable", "why")))
    assert (back.reason, back.detail, str(back)) == ("untaggable", "why", "untaggable: why")

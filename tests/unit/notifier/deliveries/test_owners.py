"""Two owners of one partition: what the later one wrote stays, whatever comes when."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.deliveries.owners import CLAIM, NOBODY, claim, current, number_of, owned
from services.ports import Outgoing, Record

KEYS = ("a|log:", "b|log:")


class Log:
    """A partition, which may be compacted."""

    def __init__(self):
        self.records = []
        self.end = 0

    def append(self, message):
        headers = dict(message.headers)
        record = Record(message.topic, 0, self.end, message.key, message.value, 0, headers)
        self.records.append(record)
        self.end += 1

    def compact(self):
        last = {record.key: record.offset for record in self.records}
        self.records = [r for r in self.records if last[r.key] == r.offset]

    def loaded(self, id):
        """Load as an owner does. Return its number, and the rows as it has them."""
        self.append(claim(0, id))
        number = number_of(self.records, id)
        assert number is not None
        found = current(self.records)
        for row in found.overtaken:
            again = Outgoing(row.topic, row.key, row.value, partition=0, headers=row.headers)
            self.append(owned(again, number))
        return number, {r.key: r.value for r in found.rows if r.key != CLAIM}


class Owner:
    """Claims, then writes a row of each key that it is given."""

    def __init__(self, id, keys):
        self.id, self.keys, self.n_written = id, keys, 0
        self.number = NOBODY

    def step(self, log):
        if self.number == NOBODY:
            self.number, _ = log.loaded(self.id)
            return
        key, value = self.keys[self.n_written], f"{self.id}{self.n_written}".encode()
        log.append(owned(Outgoing("delivery-states", key, value, partition=0), self.number))
        self.n_written += 1


def last_of(owner, key):
    return next((f"{owner.id}{n}".encode() for n in (2, 1, 0) if owner.keys[n] == key), None)


def interleavings(n):
    """Yield all orders of `n` steps of one and `n` of another."""
    for of_first in combinations(range(2 * n), n):
        yield tuple(0 if k in of_first else 1 for k in range(2 * n))


@pytest.mark.parametrize("order", [*interleavings(4)])
def test_what_the_later_of_two_owners_wrote_stays_at_every_interleaving(order):
    for keys in product(product(KEYS, repeat=3), repeat=2):
        log, owners = Log(), [Owner("one", keys[0]), Owner("two", keys[1])]
        for index in order:
            owners[index].step(log)
        later, earlier = sorted(owners, key=lambda owner: -owner.number)
        expected = {key: last_of(later, key) or last_of(earlier, key) for key in KEYS}
        _, rows = log.loaded("three")
        assert {key: rows.get(key) for key in KEYS} == expected
        # What was overtaken was written again, so it also survives that the topic forgets.
        log.compact()
        _, again = log.loaded("four")
        assert again == rows


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 3))
def test_an_owner_comes_after_all_rows_before_its_claim_also_in_a_copied_log(n, above, n_behind):
    log = Log()
    for _ in range(n_behind):
        log.append(Outgoing("delivery-states", "x", b"", partition=0))
    log.append(owned(Outgoing("delivery-states", KEYS[0], b"old", partition=0), n + above))
    first, _ = log.loaded("one")
    second, _ = log.loaded("two")
    assert n + above < first < second


def test_rows_from_before_there_were_claims_are_the_oldest():
    log = Log()
    log.append(Outgoing("delivery-states", KEYS[0], b"old", partition=0))
    number, rows = log.loaded("one")
    assert rows == {KEYS[0]: b"old"}
    log.append(owned(Outgoing("delivery-states", KEYS[0], b"new", partition=0), number))
    log.append(Outgoing("delivery-states", KEYS[0], b"late", partition=0))
    assert log.loaded("two")[1] == {KEYS[0]: b"new"}


def test_a_claim_that_is_not_there_has_no_number():
    log = Log()
    log.loaded("one")
    assert number_of(log.records, "two") is None

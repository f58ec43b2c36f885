"""The bench of freshness: its delays, and a small replay in which the goal holds."""

from bench.freshness import DAY, GOAL, KINDS, compared, delays, made, replayed


def test_a_delay_lasts_until_the_next_poll_of_the_feed():
    feeds, polls = [[5.0, 20.0, 90.0], [1.0]], [[10.0, 50.0], []]
    assert delays(feeds, polls, since=0.0) == [[5.0, 30.0], []]
    assert delays(feeds, polls, since=6.0) == [[30.0], []]


def test_the_same_seed_makes_the_same_times():
    assert made(20, 3.0, 1) == made(20, 3.0, 1)
    assert made(20, 3.0, 1) != made(20, 3.0, 2)
    assert set(made(200, 1.0, 1)[0]) == set(KINDS)


def test_by_rhythm_entries_are_found_sooner_with_as_many_requests():
    _, feeds = made(30, 6.0, 7)
    ours, theirs, n_ours, n_theirs = compared(feeds, 6.0, 6000.0, 7)
    assert abs(n_ours - n_theirs) < 0.02 * n_theirs
    assert mean(ours) < 1.3 * GOAL * mean(theirs)


def mean(delays_of):
    found = [delay for one in delays_of for delay in one]
    return sum(found) / len(found)


def test_real_times_keep_their_hours_and_are_repeated_by_whole_days():
    midnight = 20_000 * DAY
    two_days = [midnight + 3600.0, midnight + DAY + 7200.0]
    assert replayed(two_days, 4.0) == [3600.0, DAY + 7200.0, 2 * DAY + 3600.0, 3 * DAY + 7200.0]
    assert replayed([midnight, *(time + 9 * DAY for time in two_days)], 2.0) == [
        3600.0,
        DAY + 7200.0,
    ]

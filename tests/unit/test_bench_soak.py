"""The slope of a process's memory: what moves it, and where it is too steep."""

import random

from bench.soak import SERVICE_MB_AN_HOUR, WORKER_MB, judged, slope

HOUR = 3600


def points(mb_an_hour, noise_mb=0.0, n=400, seed=1):
    dice = random.Random(seed)
    times = [HOUR * i / n for i in range(n)]
    return [(t, 1e6 * (200 + mb_an_hour * t / HOUR + dice.gauss(0, noise_mb))) for t in times]


def test_a_steady_growth_is_its_slope():
    assert abs(slope(points(12.0)).value - 12.0) < 0.01


def test_a_spike_does_not_move_it():
    seen = points(0.0, noise_mb=1.0)
    for i in range(100, 130):
        seen[i] = (seen[i][0], seen[i][1] + 500e6)
    assert abs(slope(seen).value) < 1.0


def test_noise_widens_the_interval_about_the_true_slope():
    calm, noisy = slope(points(5.0, 0.1)), slope(points(5.0, 20.0))
    assert calm.high - calm.low < noisy.high - noisy.low
    assert noisy.low < 5.0 < noisy.high


def judgement(mb_an_hour, part="tracker", own=(7,)):
    (row,) = judged({7: points(mb_an_hour, 0.5)}, {7: part}, own)
    return row.fault is None


def test_a_service_fails_just_beyond_its_bound_and_an_engine_later():
    assert judgement(SERVICE_MB_AN_HOUR - 1)
    assert not judgement(SERVICE_MB_AN_HOUR + 1)
    assert judgement(SERVICE_MB_AN_HOUR + 1, "Kafka")


def test_the_bench_itself_and_processes_hardly_seen_are_not_judged():
    seen = {7: points(900.0), 8: points(900.0, n=9)}
    assert judged(seen, {7: "bench", 8: "tagger"}, (7, 8)) == []


def test_a_worker_that_is_replaced_may_grow_but_only_to_its_most():
    from_200 = WORKER_MB["tagger"] - 200
    assert judgement(from_200 - 5, "tagger", own=())
    assert not judgement(from_200 + 5, "tagger", own=())
    assert not judgement(from_200 - 5, "tagger", own=(7,))
    assert not judgement(SERVICE_MB_AN_HOUR + 1, "poller", own=())

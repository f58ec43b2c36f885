"""The queue model of bench/model.py against formulas, and where they end."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.model import LOAD, Run, Stage, spread_over
from bench.model_page import planned


def mean(values):
    return sum(values) / len(values)


def waits(stage, rate, n=12_000, seed=3):
    """The mean wait before the work begins."""
    return mean(Run([stage], rate, n, seed=seed).play().latencies) - stage.work


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_exponential_work_waits_as_long_as_in_m_m_1(load):
    expected = load / (1 - load)  # in units of the work
    assert waits(Stage("only", 1.0), load) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 0.8)])
def test_even_work_waits_as_long_as_in_m_d_c(servers, load):
    stage = Stage("only", 1.0, spread=0.0, processes=servers)
    # Cosmetatos 1975: half of the wait of M/M/c, with a correction.
    erlang = erlang_c(servers, load * servers)
    plain = erlang / (servers * (1 - load))
    more = (1 - load) * (servers - 1) * (math.sqrt(4 + 5 * servers) - 2) / (16 * load * servers)
    assert waits(stage, load * servers) == pytest.approx(plain / 2 * (1 + more), rel=0.15)


def erlang_c(servers, offered):
    """The share of articles that wait in M/M/c."""
    top = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return top / (sum(offered**k / math.factorial(k) for k in range(servers)) + top)


def test_beyond_its_bound_the_queue_grows_by_what_is_too_much():
    n, rate, work = 4_000, 2.0, 1.0
    outcome = Run([Stage("only", work, spread=0.0)], rate, n).play()
    arriving = n / rate
    assert outcome.left == pytest.approx((rate - 1 / work) * arriving, rel=0.15)
    assert outcome.behind["only"] == pytest.approx(outcome.left, rel=0.01)


def test_inside_its_bound_hardly_an_article_is_left():
    assert Run([Stage("only", 1.0, spread=0.0)], 0.5, 4_000).play().left < 10


def test_replicas_that_own_partitions_wait_longer_than_servers_of_one_queue():
    shared = waits(Stage("shared", 1.0, processes=4), 2.8, 5_000)
    own = waits(Stage("own", 1.0, replicas=4), 2.8, 5_000)
    assert own > 2 * shared


def test_stages_that_share_cores_delay_each_other():
    stages = [Stage("told", 1.0, spread=0.0), Stage("other", 1.0, spread=0.0, is_told=False)]
    apart = Run(stages, 0.45, 1_500).play().p(0.5)
    together = Run(stages, 0.45, 1_500, cores=1).play().p(0.5)
    assert together > 1.5 * apart


def test_a_stage_has_no_more_replicas_than_partitions():
    assert Stage("only", 1.0, replicas=12).replicas == 12
    with pytest.raises(ValueError, match="13 replicas of 12"):
        Stage("only", 1.0, replicas=13)


@given(st.floats(0.01, 3_000.0), st.floats(0.0001, 0.2))
def test_no_replica_is_planned_to_work_more_than_it_should(rate, work):
    stage = spread_over(Stage("only", work), rate)
    assert rate * stage.load_at <= LOAD * (1 + 1e-9)
    assert stage.partitions % 12 == 0
    assert stage.partitions % stage.replicas == 0


def test_the_plan_of_a_day_follows_from_the_formulae_of_the_page():
    cpu = {"poller": 0.01, "tagger": 0.06, "tracker": 0.01, "alerter": 0.01, "indexer": 0.01}
    cpu |= {"notifier": 0.01, "Kafka": 0.02, "Elasticsearch": 0.03}
    row = planned(4.32, cpu, {"kafka": 1e5, "elasticsearch": 1e4})  # 100 a second at twice the mean
    name, rate, *replicas, partitions, engines, cores, nodes, disks = row.strip("| ").split(" | ")
    assert (name, rate, partitions) == ("4.32 million", "100.0", "12")
    assert replicas == ["2", "10", "2", "2", "2", "2"]
    assert (engines, cores, nodes) == ("4, 5", "30", "4")
    assert disks == "675.8, 45.1"

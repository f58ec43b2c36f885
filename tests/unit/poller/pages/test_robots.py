"""Which pages may be fetched."""

from datetime import timedelta

import pytest
from pages import AT

from services.poller.pages.robots import (
    KEPT_FOR,
    MAX_BYTES,
    MAX_HOSTS,
    MAX_KEPT_BYTES,
    UNKNOWN_FOR,
    Robots,
    read_rules,
    robots_url,
)

URL = "https://herald.example/news/1?a=b"
AGENT = "Reportedly/0.1 (news monitor)"


def told(text="", status=200):
    robots = Robots()
    robots.learn(URL, read_rules(status, text.encode()), AT)
    return robots


def test_rules_stand_at_the_root_of_the_host():
    assert robots_url(URL) == "https://herald.example/robots.txt"
    assert robots_url("http://herald.example:8080/x") == "http://herald.example:8080/robots.txt"


def test_a_user_name_makes_no_other_host():
    assert robots_url("https://a:b@Herald.example/x") == "https://herald.example/robots.txt"


def test_an_unknown_host_must_be_asked():
    assert Robots().allows(URL, AGENT, AT) is None


def test_the_longest_rule_counts_and_names_of_robots_go_before_the_star():
    rules = (
        "User-agent: *\nDisallow: /\nAllow: /news/\n\nUser-agent: Reportedly\nDisallow: /news/*a=b$"
    )
    assert told(rules).allows(URL, "Other", AT) is True
    assert told(rules).allows(URL, AGENT, AT) is False
    assert told(rules).allows("https://herald.example/news/2", AGENT, AT) is True


@pytest.mark.parametrize(
    ("status", "is_allowed"), [(404, True), (403, True), (429, False), (503, False), (0, False)]
)
def test_no_rules_allow_all_and_no_answer_forbids_all(status, is_allowed):
    assert told(status=status).allows(URL, AGENT, AT) is is_allowed


def test_rules_hold_for_a_day_and_silence_for_minutes():
    second = timedelta(seconds=1)
    assert told().allows(URL, AGENT, AT + KEPT_FOR - second) is True
    assert told().allows(URL, AGENT, AT + KEPT_FOR) is None
    assert told(status=0).allows(URL, AGENT, AT + UNKNOWN_FOR - second) is False
    assert told(status=0).allows(URL, AGENT, AT + UNKNOWN_FOR) is None


def test_the_host_asked_longest_ago_is_forgotten_first():
    robots = told()
    for n in range(MAX_HOSTS - 1):
        robots.learn(f"https://h{n}.example/", read_rules(404, b""), AT)
    assert robots.allows(URL, AGENT, AT) is True
    robots.learn("https://last.example/", read_rules(404, b""), AT)
    assert robots.allows(URL, AGENT, AT) is None


def test_hosts_are_forgotten_so_that_the_bytes_of_all_rules_stay_bounded():
    robots, sizes = Robots(), [MAX_BYTES, MAX_KEPT_BYTES - MAX_BYTES, 1]
    urls = [f"https://h{n}.example/" for n in range(len(sizes))]
    known = []
    for url, size in zip(urls, sizes, strict=True):
        robots.learn(url, read_rules(200, b"#" * size), AT)
        known.append([robots.allows(u, AGENT, AT) is not None for u in urls])
    assert known == [[True, False, False], [True, True, False], [False, True, True]]


def test_rules_learned_again_take_their_bytes_once():
    robots = told("#" * (MAX_KEPT_BYTES - MAX_BYTES))
    large = read_rules(200, b"#" * (MAX_BYTES + 1))
    for _ in range(3):
        robots.learn("https://large.example/", large, AT)
    assert robots.allows(URL, AGENT, AT) is True


def test_what_is_no_rule_forbids_nothing():
    assert told("<html>\x00 not: a rule").allows(URL, AGENT, AT) is True

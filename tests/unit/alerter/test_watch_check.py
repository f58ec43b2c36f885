"""What is looked at in each field of a watch, and what a mistake is answered with."""

import pytest
from watch_files import EVENTS, NAMES, said, watch

from services.addresses import LOOPBACK
from services.alerter.channel import channel_refusal
from services.alerter.vocabulary import Remark, Vocabulary
from services.alerter.watch_check import MAX_UNKNOWN, query_remarks
from services.alerter.watch_file import NOTHING_MORE, check_watches, read_watches
from services.errors import ConfigError
from services.text.findings import MAX_ID_CHARS, MAX_NAME_CHARS

MISTAKES = {
    "waits for nothing": (
        "- {id: a, name: A}\n",
        "w.yaml:1: the watch waits for nothing: it needs query: … or claim: …",
    ),
    "mixed operators": (
        "- {id: b, name: B, query: 'a1 AND b1 OR c'}\n",
        "w.yaml:1: AND and OR are mixed without brackets",
    ),
    "only exclusions": (
        "- {id: a, name: A, query: 'NOT x'}\n",
        "w.yaml:1: the query matches nearly everything",
    ),
    "unknown field": (
        "- {id: a, name: A, query: x, colour: red}\n",
        "colour is no field of a watch; the fields are id, name",
    ),
    "mistyped field": (
        "- id: a\n  nmae: A\n  query: x\n",
        "w.yaml:2: nmae is no field of a watch; did you mean name?",
    ),
    "mistyped field inside": (
        "- id: a\n  name: A\n  claim:\n    evnet: [killed]\n",
        "w.yaml:4: evnet is no field of claim of a watch; did you mean event? "
        "The fields are event, actor, patient, agent, place, status, independent",
    ),
    "no such event": (
        "- id: a\n  name: A\n  claim:\n    event: [kiled]\n",
        f"w.yaml:4: no event is called kiled; did you mean killed? {EVENTS}",
    ),
    "no such event in a query": (
        "- id: a\n  name: A\n  query: event:kiled\n",
        "w.yaml:3: event:kiled could never match; did you mean killed? "
        "The values of event: are arrested, killed",
    ),
    "no such stance in a query": (
        watch(query="stance:denyed"),
        "did you mean denied? The values of stance: are asserted",
    ),
    "no such status": (
        "- id: a\n  name: A\n  claim: {status: sure}\n",
        "w.yaml:3: sure can't be given for status; the allowed values "
        "are claimed, confirmed, corroborated, reported",
    ),
    "no such kind": (
        watch(deliver=[{"to": "log:", "when": ["frist"]}]),
        "frist can't be given for when; did you mean first?",
    ),
    "no such exception": (
        watch(quiet={"from": "22:00", "to": "7:00", "except": ["denid"]}),
        "did you mean denied?",
    ),
    "field of the server": (
        "- id: a\n  name: A\n  query: x\n  version: 3\n",
        "w.yaml:4: version is no field of a watch",
    ),
    "an id twice": (
        "- {id: a, name: A, query: x}\n- {id: a, name: B, query: y}\n",
        "w.yaml:2: the id a is given twice, first in line 1",
    ),
    "a field twice": (
        "- id: a\n  id: b\n  name: B\n  query: y\n",
        "w.yaml:2: id is given twice, first in line 1",
    ),
    "a word for a number": (
        watch(claim={"independent": "two"}),
        "'two' can't be given for independent: write a whole number",
    ),
    "fewer voices than none": (
        watch(claim={"independent": -1}),
        "independent counts voices: write 0 or more",
    ),
    "fewer dead than none": (
        watch(claim={"killed": -1}),
        "killed counts the dead: write 0 or more",
    ),
    "a confidence above one": (
        watch(claim={"confidence": 1.01}),
        "confidence is a probability: write 0 to 1; without it, 0.4 holds",
    ),
    "a patient that no dictionary knows": (
        watch(claim={"patient": ["Idris Halvan"]}),
        "no actor has the id Idris Halvan",
    ),
    "a list for a text": (watch(query=["a"]), "query takes a text, not a list or fields"),
    "quiet hours alone": (
        "- {id: a, name: A, query: x, quiet: night}\n",
        "quiet of a watch is written as fields and values: quiet: {from: …, to: …}",
    ),
    "a channel alone": (
        "- {id: a, name: A, query: x, deliver: log}\n",
        'deliver of a watch is written as fields and values: deliver: [{to: "log:"}]',
    ),
    "no fields": ("- 3\n", "w.yaml:1: a watch is written as fields and values: - {id: …, name: …}"),
    "no fields inside": (
        watch(throttle="10m"),
        "throttle of a watch is written as fields and values: throttle: {every: …}",
    ),
    "nothing": ("", "w.yaml:1: a list of watches was expected, each beginning with - id: …"),
    "no list": ("id: a\n", "a list of watches was expected"),
    "an empty list": ("[]", "a list of watches was expected"),
    "no id": ("- {name: A, query: x}\n", "id is missing: a watch needs id: …"),
    "an empty id": (watch(id=""), "the id is empty: write letters, digits, - _ and ."),
    "an odd id": (
        watch(id="Orran Front!"),
        "the id 'Orran Front!' can't be used: write letters, digits, - _ and .",
    ),
    "an odd id is mended": (watch(id="Orran Front!"), "such as orran-front"),
    "an empty name": (
        watch(name=" "),
        "the name is empty: write what alerts are to be headed with",
    ),
    "control characters": (watch(name="A\x1b[2J"), "the name is one line of at most"),
    "an actor by name": (
        watch(claim={"actor": ["Idris Halvane"]}),
        "no actor has the id Idris Halvane",
    ),
    "a language by name": (
        watch(query="halvane lang:english"),
        "english is no code of a language: write en",
    ),
    "single quotes": (
        watch(query="'orran front' AND x1"),
        'single quotes don\'t make a phrase: write "orran front"',
    ),
    "a dash": (
        watch(query="halvane –rebels"),
        "a dash (–) excludes nothing: write NOT, or - as on the keyboard",
    ),
    "an operator in small letters": (
        watch(query="halvane Or rebels"),
        'write OR in capitals, or "Or" for the word',
    ),
    "an operator of nearness": (
        watch(query="drone NEAR/5 strike"),
        'w.yaml:1: NEAR/5 would be read as a word: write "drone',
    ),
    "delivery by another word for mail": (
        watch(deliver=[{"to": "mailto:me@example.org"}]),
        'mailto:me@example.org is no channel: write "mail:me@example.org"',
    ),
    "delivery to what is no address of mail": (
        watch(deliver=[{"to": "mail:me"}]),
        "a mail address has the form ann@example.org",
    ),
    "delivery to an address of mail": (
        watch(deliver=[{"to": "me@example.org"}]),
        'me@example.org is no channel: write "mail:me@example.org"',
    ),
    "delivery by teams": (
        watch(deliver=[{"to": "teams:news"}]),
        'the channels are "log:", "webhook:https://…"',
    ),
    "a channel of Slack by its name": (
        watch(deliver=[{"to": "slack:#news"}]),
        'write "slack:NAME/C…", such as "slack:desk/C0123ABCD"',
    ),
    "a topic without its server": (
        watch(deliver=[{"to": "ntfy:https://ntfy.example.org/x"}]),
        'write "ntfy:[NAME/]…", such as "ntfy:desk/alerts"',
    ),
    "an address without channel": (
        watch(deliver=[{"to": "https://example.org/h"}]),
        "https://example.org/h is an address without its channel: "
        'write "webhook:https://example.org/h"',
    ),
    "a mistyped channel": (
        watch(deliver=[{"to": "webhok:https://example.org"}]),
        "did you mean webhook:?",
    ),
    "a channel without colon": (watch(deliver=[{"to": "log"}]), 'write "log:" with a colon'),
    "a curly channel": (watch(deliver=[{"to": "“log:”"}]), "“log:” holds a curly quotation mark"),
    "a scheme of other things": (
        watch(deliver=[{"to": "webhook:ftp://x"}]),
        "only addresses that begin with http:// or https://",
    ),
    "a webhook by mail": (
        watch(deliver=[{"to": "webhook:mailto:x@y.org"}]),
        "only addresses that begin with http://",
    ),
    "no host": (watch(deliver=[{"to": "webhook:https:///x"}]), "the address names no host"),
    "no address": (
        watch(deliver=[{"to": "webhook:"}]),
        'the address is missing: write "webhook:https://example.org/hook"',
    ),
    "the metadata address": (
        watch(deliver=[{"to": "webhook:http://169.254.169.254/"}]),
        "is where clouds give credentials",
    ),
    "a private address": (
        watch(deliver=[{"to": "webhook:http://127.0.0.1:9200/"}]),
        "127.0.0.1 is not public (loopback)",
    ),
    "a password": (
        watch(deliver=[{"to": "webhook:https://a:b@example.org/"}]),
        "must not hold a user name or password",
    ),
    "another protocol's port": (
        watch(deliver=[{"to": "webhook:https://example.org:25/"}]),
        "port 25 belongs to another protocol",
    ),
    "an impossible port": (
        watch(deliver=[{"to": "webhook:https://example.org:99999/"}]),
        "the address can't be read: Port out",
    ),
    "a channel twice": (
        watch(deliver=[{"to": "log:"}, {"to": "log:"}]),
        "the channel log: is given twice",
    ),
    "no kind of change": (
        watch(deliver=[{"to": "log:", "when": []}]),
        "when is empty, so nothing would go there",
    ),
    "no channel": (
        watch(deliver=[]),
        "the watch delivers nowhere: name a channel, or leave deliver out",
    ),
    "a length in words": (
        watch(digest={"every": "1 hour"}),
        "'1 hour' is no length of time: write 1h",
    ),
    "a length of weeks": (
        watch(throttle={"every": "2 weeks"}),
        "'2 weeks' is no length of time: write 14d",
    ),
    "a digest too long": (watch(digest={"every": "8d"}), "8d is too long: write 7d or less"),
    "no time of day": (
        watch(quiet={"from": "10pm", "to": "7:00"}),
        "'10pm' is no time of day: write hours and minutes",
    ),
    "quiet for ever": (
        watch(quiet={"from": "7:00", "to": "07:00"}),
        "quiet hours that end when they begin would never end",
    ),
    "a town for a zone": (
        watch(quiet={"from": "22:00", "to": "7:00", "zone": "london"}),
        "no time zone: write Europe/London",
    ),
    "a query in double quotes": (
        '- id: a\n  name: A\n  query: "a b" OR c\n',
        "w.yaml:3: text follows a closing quotation mark, or a field begins in another column",
    ),
    "a colon in a text": (
        "- id: a\n  name: O'Neil: chief\n",
        "w.yaml:2: a colon stands where none can stand",
    ),
    "a tab": ("- id: a\n\tname: A\n", "w.yaml:2: a tab stands here: indent with blanks"),
    "a star": (
        "- id: a\n  name: A\n  query: *strike\n",
        "w.yaml:3: *strike can't be read: put a text that begins with * in quotes",
    ),
    "an open bracket": ("- {id: a, name: [\n", "w.yaml:2: a [ or { is never closed"),
    "an open quotation mark": (
        '- id: a\n  name: "A\n  query: x\n',
        "w.yaml:2: a quotation mark is opened here and never closed",
    ),
    "no encoding": (
        b"- id: \xff\n",
        "w.yaml:1: the file is not in UTF-8: save it with this encoding",
    ),
    "no text": ("a\x00b", "a character that no YAML file may hold (code 0)"),
}


@pytest.mark.parametrize(("text", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_answered_with_its_place_and_what_to_write(text, says):
    assert any(says in line for line in said(text)), said(text)
    with pytest.raises(ConfigError, match=r"w\.yaml:\d+: "):
        read_watches(text, "w.yaml", NAMES)


@pytest.mark.parametrize(
    ("id", "is_used"),
    [
        ("a" * MAX_ID_CHARS, True),
        ("a" * (MAX_ID_CHARS + 1), False),
        ("a.b_c-9", True),
        ("حلفا-1", True),
        ("a/b", False),
        ("-a", False),
    ],
)
def test_an_id_is_letters_digits_and_three_signs(id, is_used):
    assert (said(watch(id=id)) == []) is is_used


@pytest.mark.parametrize(("n", "is_used"), [(MAX_NAME_CHARS, True), (MAX_NAME_CHARS + 1, False)])
def test_a_name_is_a_line_of_bounded_length(n, is_used):
    assert (said(watch(name="n" * n)) == []) is is_used


@pytest.mark.parametrize(("n", "reported"), [(MAX_UNKNOWN, 20), (MAX_UNKNOWN + 1, 20)])
def test_unknown_values_of_a_query_are_reported_up_to_a_bound(n, reported):
    vocabulary = Vocabulary(events=("killed",))
    query = " OR ".join(f"event:unknown{i}" for i in range(n))
    assert len(list(query_remarks(query, vocabulary))) == reported


@pytest.mark.parametrize(
    "to", ["log:", "webhook:https://example.org/hook?token=1", "webhook:http://8.8.8.8:8080/"]
)
def test_a_channel_that_something_can_be_delivered_to_is_taken(to):
    assert channel_refusal(to, NOTHING_MORE) is None


def test_a_network_that_is_allowed_may_be_delivered_to():
    hook = watch(deliver=[{"to": "webhook:http://127.0.0.1:9000/"}])
    assert said(hook, allowed=LOOPBACK) == []
    assert said(hook) != []


def test_a_watch_that_nobody_could_read_is_warned_of_with_a_number_and_can_be_saved():
    (line,) = said(watch(query="attack OR killed"))
    assert line.startswith("w.yaml:1: warning: about ")
    assert "alerts a day are expected of a (of 10,000 articles a day)" in line
    assert len(read_watches(watch(query="attack OR killed"), "w.yaml")) == 1


@pytest.mark.parametrize(
    "quiet",
    [
        {"query": "attack OR killed", "digest": {"every": "1h"}},
        {"query": "attack OR killed", "enabled": False},
        {"query": '"Orran Liberation Front" OR Halvane'},
        {"query": "attack AND halvane"},
        {"query": None, "claim": {"event": ["killed"], "actor": ["idris-halvane"]}},
    ],
)
def test_a_watch_that_can_be_read_is_not_warned_of(quiet):
    assert said(watch(**quiet)) == []


def test_a_name_of_several_actors_is_answered_with_their_ids():
    names = Vocabulary(ids_of=lambda _: ["jordan-a", "jordan-b"])
    lines = check_watches(watch(claim={"actor": "Jordan"}), "w.yaml", names).problems
    assert [line.what for line in lines] == [
        "Jordan is the name of several: write jordan-a or jordan-b"
    ]


def test_a_place_of_a_condition_is_looked_at_as_a_place():
    names = Vocabulary(scene=lambda name: Remark(f"no place is called {name}"))
    lines = check_watches(watch(claim={"place": ["Meriss"]}), "w.yaml", names).problems
    assert [line.what for line in lines] == ["no place is called Meriss"]

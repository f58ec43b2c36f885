"""What every service that alerts go to has in common, against its stand-in over loopback HTTP.

A service differs from the others only by what its target says that it can do, and by its `Case`.
"""

import pytest
from letters import ALERT, HOSTILE_WORDS, hostile
from linking import clicked
from receivers.cases import CASES, TOKEN, Case
from receivers.shore import Reply, Shore

from services.addresses import Allowed
from services.channels import KINDS
from services.notifier.content import Letter, Notice
from services.notifier.targets.target import Done, Later, Refused
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.harmless import JOINER, visible


@pytest.fixture(scope="module")
def one_shore():
    with Shore() as shore:
        yield shore


@pytest.fixture(params=CASES, ids=lambda make: make.__name__)
def case(request, one_shore):
    one_shore.trouble = lambda _name, _request: None
    one_shore.requests.clear()
    return request.param(one_shore)


def of(number: int, key: str = "") -> Letter:
    """Return the letter of a revision: 1 first, 2 one more voice, 3 confirmed, 4 denied."""
    return letter(ALERT, ALERT.revisions[number - 1], key=key or f"key-{number}")


def posted(case: Case, number: int = 1) -> str:
    done = case.post(of(number))
    assert isinstance(done, Done), done
    return done.handle


def test_every_case_is_of_a_channel_that_may_be_saved(case):
    refusal = KINDS[case.scheme].refusal
    assert refusal is not None
    assert refusal(case.address, Allowed()) is None
    assert case.target.takes_digests == KINDS[case.scheme].takes_digests


def test_a_first_message_says_what_happened_who_says_so_and_rings(case):
    assert posted(case)
    (shown,) = case.seen()
    assert "Blast in Meris market kills Halvane" in shown.text
    assert "Police, in Coast Post" in shown.text
    assert "https://coast-post.example/2031/05/13/meris" in shown.links
    assert shown.rings


def test_a_change_that_does_not_ring_replaces_the_message_in_silence(case):
    handle = posted(case)
    done = case.edit(of(2), handle)
    assert isinstance(done, Done), done
    shown = case.seen()[-1]
    assert "3 independent of 7 reports" in shown.text
    if case.replaces:
        assert len(case.seen()) == 1
        assert shown.n_edits == 1
        assert done.handle == handle
    else:
        assert not shown.rings


def test_a_message_may_be_replaced_again_and_by_the_same_words(case):
    handle = posted(case)
    for number in (2, 3, 3):
        done = case.edit(of(number), handle)
        assert isinstance(done, Done), done
        handle = done.handle
    assert "Now confirmed by Marta Olvin" in case.seen()[-1].text
    assert len(case.seen()) == (1 if case.replaces else 4)


def test_a_correction_rings_once_in_the_thread_or_under_a_title_of_its_own(case):
    handle = posted(case)
    handle = case.edit(of(4), handle).handle
    assert isinstance(case.note(of(4), handle), Done)
    first, note = case.seen()
    assert "Now denied by the Orran Front" in note.text
    assert note.rings
    if case.replaces:
        assert "Now denied by the Orran Front" in first.text
    assert bool(note.thread) == case.has_threads
    if note.thread:
        assert note.thread == first.id


def test_what_follows_a_note_goes_to_the_first_message(case):
    handle = case.note(of(3), posted(case)).handle
    handle = case.edit(of(4), handle).handle
    case.note(of(4), handle)
    first, *notes = case.seen()
    if case.replaces:
        assert "Now denied by the Orran Front" in first.text
        assert len(notes) == 2
    assert {note.thread for note in notes} == ({first.id} if case.has_threads else {""})


def test_a_correction_that_was_followed_in_silence_rings_nevertheless(case):
    """The message was brought to the last revision at once; what rings is told then."""
    handle = case.edit(of(2), posted(case, number=1)).handle
    last = letter(ALERT, ALERT.revisions[1], key="again")
    handle = case.edit(last, handle).handle
    assert isinstance(case.note(of(4), handle), Done)
    assert case.seen()[-1].rings
    assert "Now denied by the Orran Front" in case.seen()[-1].text


def test_a_letter_that_does_not_ring_is_posted_in_silence_where_the_service_can(case):
    posted(case, number=2)
    (shown,) = case.seen()
    assert shown.rings != case.is_silent


def test_a_message_that_was_removed_is_known_as_lost(case):
    lose = case.lose
    if lose is None:
        pytest.skip("the service shows a message that was removed again")
    handle = posted(case)
    lose()
    lost = case.edit(of(2), handle)
    assert isinstance(lost, Refused)
    assert lost.is_lost
    assert not lost.is_gone


def test_a_repeat_is_shown_once_where_the_service_knows_keys(case):
    posted(case)
    posted(case)
    assert len(case.seen()) == (1 if case.is_idempotent else 2)


def test_a_service_that_asks_for_less_is_busy_and_names_its_time(case, one_shore):
    one_shore.trouble = lambda _name, _request: Reply(429, {}, {"Retry-After": "7"})
    told = case.post(of(1))
    assert told == Later(told.reason, 7.0, is_busy=True)


@pytest.mark.parametrize("trouble", [Reply(500), Reply(502, b"<html>Bad gateway</html>"), "drop"])
def test_a_service_in_trouble_is_tried_later(case, one_shore, trouble):
    handle = posted(case)
    one_shore.trouble = lambda _name, _request: trouble
    for told in (case.post(of(1)), case.edit(of(2), handle)):
        assert isinstance(told, Later), told
        assert not told.is_busy


def test_an_answer_that_is_not_one_of_the_service_is_no_success(case, one_shore):
    one_shore.trouble = lambda _name, _request: Reply(200, b"<html>Sign in to this network</html>")
    assert isinstance(case.post(of(1)), Later)


PROXIES = [
    b"<html>Sign in to this network</html>",
    b"404 page not found",
    {"error": "Not found"},
    {"message": "no Route matched with those values", "code": 404},
    {"code": 403, "status": "error", "error": "forbidden", "description": "blocked"},
    ["no"],
    b"",
]


@pytest.mark.parametrize("body", PROXIES, ids=range(len(PROXIES)))
def test_a_proxy_that_answers_for_the_service_switches_nothing_off(case, one_shore, body):
    handle = posted(case)
    for status in (401, 403, 404, 407, 410):
        one_shore.trouble = lambda _name, _request, status=status: Reply(status, body)
        for told in (case.post(of(1)), case.edit(of(2), handle), case.note(of(4), handle)):
            assert isinstance(told, Later), (status, told)


def test_a_place_that_is_gone_is_known_as_gone(case):
    posted(case)
    case.leave()
    told = case.post(of(2))
    assert isinstance(told, Refused)
    assert told.is_gone
    assert told.reason


def test_a_key_that_is_wrong_is_told_at_once(case):
    field = next(name for name in ("token", "url", "key") if name in case.entry)
    case.entry[field] = case.entry[field].replace(TOKEN, "tok-another")
    told = case.post(of(1))
    assert isinstance(told, Refused)
    assert case.seen() == []


def test_words_of_a_hostile_article_call_nobody_lead_nowhere_and_can_be_read(case):
    evil = hostile()
    handle = posted(case)
    for number, send in ((1, case.edit), (2, case.note)):
        told = send(letter(evil, evil.revisions[-1], key=f"evil-{number}"), handle)
        assert isinstance(told, Done), told
    for shown in case.seen():
        assert shown.pings == ()
        assert not [link for link in shown.links if "evil.example" in link or "script" in link]
        assert not clicked(shown.text)
    seen = case.seen()[-1].text.replace(JOINER, "")
    legible = visible(HOSTILE_WORDS)
    assert f"Now denied by {legible[:90]}" in seen
    assert "\u202e" not in seen


@pytest.mark.parametrize(
    "words", ["<&>", "**__`", "@everyone ", "語", "👩‍🚒", "\\", '"', "http://a.b/ "]
)
def test_any_amount_of_any_words_is_shortened_to_what_the_service_takes(case, words):
    long = letter(ALERT, ALERT.revisions[0], key="long")
    filled = Letter(
        key="long",
        alert=ALERT,
        revision=long.revision,
        kind="denied",
        rings=True,
        change=words * 50,
        sentence=words * 500,
        headline=words * 100,
        also=(words * 100,) * 5,
        quotes=long.quotes * 10,
        voices=words * 50,
        history=((None, words * 20),) * 20,
    )
    told = case.edit(filled, posted(case))
    assert isinstance(told, Done), told
    assert case.seen()[-1].text.strip()


def test_digests_and_notices_are_taken(case):
    letters = [of(number) for number in (1, 2, 3, 4)] * 30
    assert isinstance(case.post(digest(letters, key="d")), Done)
    assert "120 alerts" in case.seen()[-1].text
    notice = Notice("n", "A test of this channel", ("It works.",) * 200)
    assert isinstance(case.post(notice), Done)
    assert "A test of this channel" in case.seen()[-1].text


def test_no_outcome_shows_a_secret(case, one_shore):
    handle = posted(case)
    told = []
    for trouble in (Reply(400, {"error": TOKEN}), Reply(500, TOKEN.encode()), "drop"):
        one_shore.trouble = lambda _name, _request, trouble=trouble: trouble
        told += [case.post(of(1)), case.edit(of(2), handle)]
    case.allowed = Allowed()
    told += [case.post(of(1)), case.edit(of(2), handle), case.note(of(2), handle)]
    assert not [each for each in told if TOKEN in repr(each)]


def test_a_name_without_an_entry_waits_for_it(case):
    case.address = case.address.replace("desk", "nobody")
    told = case.post(of(1))
    assert isinstance(told, Later)
    assert "nobody" in told.reason

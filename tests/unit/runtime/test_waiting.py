"""What is waited for is shown from its first moment, and goes on by itself while a step blocks."""

import io
import threading

from rich.console import Console

from services.runtime.waiting import TELL_SECONDS, Steps, Waiting


def console(*, is_terminal=False):
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=100)


def written(console):
    return console.file.getvalue()


class Told(list):
    """Lines as they are said; `more` is set by the next one."""

    def __init__(self):
        super().__init__()
        self.more = threading.Event()

    def __call__(self, line):
        self.append(line)
        self.more.set()


def test_elsewhere_than_on_a_terminal_a_step_is_a_line_as_it_begins():
    output = console()
    with Steps(output) as steps:
        steps("start Kafka")
        steps("make topics")
    assert written(output).splitlines() == ["  start Kafka (0 s)", "  make topics (0 s)"]


def test_the_same_step_with_another_detail_is_not_another_line_at_once():
    output = console()
    with Steps(output) as steps:
        for done in range(1000):
            steps("fetch", f"{done} of 1000 MB")
    assert written(output).splitlines() == ["  fetch: 0 of 1000 MB (0 s)"]


def test_on_a_terminal_a_step_that_is_done_stays_as_a_line():
    output = console(is_terminal=True)
    with Steps(output) as steps:
        steps("start Kafka")
        steps.end()
        output.print("Kafka is there")
    text = written(output)
    assert text.index("  start Kafka (0 s)") < text.index("Kafka is there")


def test_a_step_that_blocks_is_told_again_with_its_seconds(monkeypatch):
    monkeypatch.setattr("services.runtime.waiting.TELL_SECONDS", 0.0)
    monkeypatch.setattr("services.runtime.waiting.TICK_SECONDS", 0.01)
    said = Told()
    with Steps(console(), said) as steps:
        steps("start Kafka")
        said.more.clear()
        assert said.more.wait(30)
    assert set(said) == {"start Kafka (0 s)"}
    assert len(said) >= 2


def test_nothing_is_told_between_the_end_of_a_step_and_the_next(monkeypatch):
    monkeypatch.setattr("services.runtime.waiting.TELL_SECONDS", 0.0)
    said = Told()
    with Steps(console(), said) as steps:
        steps("start")
        steps.end()
        n = len(said)
        steps._show()
        assert len(said) == n


def test_what_may_be_over_at_once_is_told_only_after_some_seconds():
    at, output = [0.0], console()
    with Waiting(output, lambda: at[0]) as waiting:
        waiting.tell("waiting")
        at[0] = TELL_SECONDS - 0.1
        waiting.tell("waiting")
        assert written(output) == ""
        at[0] = TELL_SECONDS
        waiting.tell("waiting")
    assert written(output) == f"  waiting ({TELL_SECONDS:.0f} s)\n"

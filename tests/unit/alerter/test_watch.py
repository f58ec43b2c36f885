"""Watch files: errors name file and line and say what to do."""

import pytest

from services.alerter.watch import read_watches
from services.errors import ConfigError


def test_a_good_file_gives_its_watches():
    (watch,) = read_watches("- {id: a, name: A, query: halvane}\n", "w.yaml")
    assert (watch.id, watch.query) == ("a", "halvane")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("- {id: a, name: A}\n", "w.yaml:1: watch a: it needs a query", id="empty"),
        pytest.param(
            "- {id: a, name: A, query: x}\n- {id: b, name: B, query: 'a AND b OR c'}\n", "w.yaml:2: AND and OR", id="mixed"
        ),
        pytest.param("- {id: a, name: A, query: 'NOT x'}\n", "nearly everything", id="only-not"),
        pytest.param("- {id: a, name: A, query: x, colour: red}\n", "'colour' is no field", id="unknown-field"),
        pytest.param("- {id: a, name: A, claim: {status: sure}}\n", "w.yaml:1: Invalid enum value", id="bad-status"),
        pytest.param("- {id: a, name: [\n", "w.yaml:2:", id="not-yaml"),
        pytest.param("id: a\n", "expected a list", id="no-list"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(text, says):
    with pytest.raises(ConfigError) as error:
        read_watches(text, "w.yaml")
    assert says in str(error.value)

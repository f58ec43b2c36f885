"""Watch files: errors name file and line and say what to do."""

import pytest

from services.alerter.watch_file import read_watches
from services.errors import ConfigError


def test_a_good_file_gives_its_watches():
    (watch,) = read_watches("- {id: a, name: A, query: halvane}\n", "w.yaml")
    assert (watch.id, watch.query) == ("a", "halvane")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("- {id: a, name: A}\n", "w.yaml:1: watch a: it needs a query", id="empty"),
        pytest.param(
            "- {id: a, name: A, query: x}\n- {id: b, name: B, query: 'a AND b OR c'}\n",
            "w.yaml:2: AND and OR are mixed without brackets: write (a OR b) AND c (at character 1)",
            id="mixed",
        ),
        pytest.param("- {id: a, name: A, query: 'NOT x'}\n", "nearly everything", id="only-not"),
        pytest.param(
            "- {id: a, name: A, query: x, colour: red}\n", "'colour' is no field of a watch; known are", id="unknown-field"
        ),
        pytest.param(
            "- id: a\n  nmae: A\n  query: x\n", "w.yaml:2: 'nmae' is no field of a watch; did you mean name?", id="typo"
        ),
        pytest.param(
            "- id: a\n  name: A\n  claim:\n    evnet: [killed]\n",
            "w.yaml:4: 'evnet' is no field of claim of a watch; did you mean event?",
            id="typo-inside",
        ),
        pytest.param(
            "- id: a\n  name: A\n  claim:\n    event: [kiled]\n",
            "w.yaml:4: no event is called kiled; did you mean killed?",
            id="no-event",
        ),
        pytest.param(
            "- id: a\n  name: A\n  query: event:kiled\n", "w.yaml:3: event:kiled could never match", id="no-event-in-query"
        ),
        pytest.param("- id: a\n  name: A\n  claim: {status: sure}\n", "w.yaml:3: Invalid enum value", id="bad-status"),
        pytest.param("- id: a\n  name: A\n  query: x\n  version: 3\n", "w.yaml:4: 'version' is no field", id="server-field"),
        pytest.param(
            "- {id: a, name: A, query: x}\n- {id: a, name: B, query: y}\n", "w.yaml:2: the id a stands in line 1", id="twice"
        ),
        pytest.param(
            "- id: a\n  name: A\n  query: x\n  deliver: [{to: 3}]\n", "w.yaml:4: Expected `str`, got `int`", id="bad-type"
        ),
        pytest.param("- 3\n", "w.yaml:1: Expected `object`", id="no-mapping"),
        pytest.param("a\x00b", "this is no YAML", id="control-character"),
        pytest.param("- {id: a, name: [\n", "w.yaml:2:", id="not-yaml"),
        pytest.param("id: a\n", "expected a list", id="no-list"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(text, says):
    with pytest.raises(ConfigError) as error:
        read_watches(text, "w.yaml", {"event": ["killed", "arrested"]})
    assert says in str(error.value)

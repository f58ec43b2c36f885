"""The dashboards' import, against a server that answers as Kibana does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from services.commands.dashboards import dashboards
from services.dashboards.boards import DASHBOARDS
from services.dashboards.files import files

GOOD = {"success": True, "successCount": 7, "successResults": []}
AVAILABLE = (200, {"status": {"overall": {"level": "available"}}})


class Kibana:
    """Answers from two scripts, one for the status and one for the import;
    the last answer of each is repeated.
    """

    def __init__(self):
        self.statuses, self.imports, self.puts = [AVAILABLE], [(200, GOOD)], [(200, {"id": "d"})]
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        kibana = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(kibana.statuses, b"")

            def do_POST(self):
                self.answer(kibana.imports, self.rfile.read(int(self.headers["Content-Length"])))

            def do_PUT(self):
                self.answer(kibana.puts, self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, script, body):
                kibana.asked.append((self.path, dict(self.headers), body))
                status, answer = script.pop(0) if len(script) > 1 else script[0]
                raw = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def imported(self):
        return [row for row in self.asked if row[0].startswith("/api/saved_objects/_import")]


@pytest.fixture
def kibana():
    running = Kibana()
    running.thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def objects(tmp_path):
    path = tmp_path / "objects.ndjson"
    path.write_text('{"type":"tag","id":"t"}\n')
    return path


def run(kibana, path, timeout=10.0, url=None):
    arguments = [
        "import",
        "--url",
        url or kibana.url,
        "--file",
        str(path),
        "--timeout",
        str(timeout),
    ]
    return CliRunner().invoke(dashboards, arguments)


def test_an_import_replaces_what_is_there_and_sends_the_file_by_its_name(kibana, objects):
    done = run(kibana, objects)
    assert (done.exit_code, done.output) == (
        0,
        "7 objects imported, none in place of an earlier one\n",
    )
    ((path, headers, body),) = kibana.imported
    assert path == "/api/saved_objects/_import?overwrite=true"
    assert headers["kbn-xsrf"]
    assert b'filename="objects.ndjson"' in body
    assert objects.read_bytes() in body


def test_a_second_import_is_the_same_request(kibana, objects):
    assert [run(kibana, objects).exit_code for _ in range(2)] == [0, 0]
    assert len({path for path, _, _ in kibana.imported}) == 1


def test_it_waits_while_kibana_starts(kibana, objects):
    degraded = (200, {"status": {"overall": {"level": "critical"}}})
    kibana.statuses = [(503, "Kibana server is not ready yet"), degraded, AVAILABLE]
    assert run(kibana, objects).exit_code == 0
    assert len(kibana.asked) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_an_import_that_may_pass_later_is_tried_again(kibana, objects, status):
    kibana.imports = [(status, "busy"), (200, GOOD)]
    assert run(kibana, objects).exit_code == 0
    assert len(kibana.imported) == 2


def test_a_refused_object_is_named_although_the_answer_is_200(kibana, objects):
    missing = {
        "type": "missing_references",
        "references": [{"type": "index-pattern", "id": "gone"}],
    }
    answer = {
        "success": False,
        "successCount": 6,
        "errors": [{"type": "dashboard", "id": "d", "error": missing}],
    }
    kibana.imports = [(200, answer)]
    done = run(kibana, objects)
    assert done.exit_code == 1
    assert "dashboard d: missing_references (index-pattern gone)" in done.stderr
    assert "imported" not in done.stdout


def test_an_answer_that_does_not_say_success_is_none(kibana, objects):
    kibana.imports = [(200, {"successCount": 7})]
    assert run(kibana, objects).exit_code == 1


def test_a_refusal_that_stays_ends_at_once(kibana, objects):
    kibana.imports = [(400, {"message": "Invalid file extension .txt"})]
    done = run(kibana, objects)
    assert done.exit_code == 1
    assert "Invalid file extension" in done.stderr
    assert len(kibana.imported) == 1


def test_it_gives_up_when_the_time_is_up(kibana, objects):
    kibana.statuses = [(503, "Kibana server is not ready yet")]
    done = run(kibana, objects, timeout=0.5)
    assert done.exit_code == 1
    assert "not ready" in done.stderr
    assert kibana.imported == []


def test_nobody_at_the_address_is_told_with_the_reason(objects):
    done = run(None, objects, timeout=0.5, url="http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "ConnectError" in done.stderr


def test_what_an_import_replaced_is_named(kibana, objects):
    rows = [
        {"type": "index-pattern", "id": "v", "meta": {"title": "claims"}, "overwrite": True},
        {"type": "dashboard", "id": "d", "meta": {"title": "Situation"}, "overwrite": True},
        {"type": "map", "id": "m", "meta": {"title": "Map"}},
    ]
    kibana.imports = [(200, {"success": True, "successCount": 3, "successResults": rows})]
    assert run(kibana, objects).stdout.splitlines() == [
        "3 objects imported, 2 in place of an earlier one",
        "  replaced data view v: claims",
        "  replaced dashboard d: Situation",
    ]


def imported(kibana, *more):
    return CliRunner().invoke(dashboards, ["import", "--url", kibana.url, *more])


def test_without_a_file_the_dashboards_of_this_version_are_imported(kibana):
    assert imported(kibana).exit_code == 0
    ((_, _, body),) = kibana.imported
    assert b'filename="reportedly.ndjson"' in body
    assert files()["reportedly.ndjson"].encode() in body


def test_the_api_gets_each_dashboard_by_its_id_after_what_they_name(kibana):
    assert imported(kibana, "--api").exit_code == 0
    paths = [path for path, _, _ in kibana.asked if path != "/api/status"]
    assert paths[0].startswith("/api/saved_objects/_import")
    assert paths[1:] == [f"/api/dashboards/{board.id}" for board in DASHBOARDS]
    _, headers, body = kibana.asked[-1]
    assert headers["elastic-api-version"]
    assert json.loads(body)["title"] == DASHBOARDS[-1].title


def test_the_api_gets_nothing_if_the_import_is_refused(kibana):
    kibana.imports = [(200, {"success": False, "errors": []})]
    assert imported(kibana, "--api").exit_code == 1
    assert not [path for path, _, _ in kibana.asked if path.startswith("/api/dashboards")]


def test_a_kibana_without_the_api_is_told(kibana):
    kibana.puts = [(404, {"message": "Not Found"})]
    done = imported(kibana, "--api")
    assert done.exit_code == 1
    assert "404 to /api/dashboards/reportedly-situation" in done.stderr


def test_a_file_has_no_form_for_the_api(kibana, objects):
    done = imported(kibana, "--api", "--file", str(objects))
    assert done.exit_code == 2
    assert kibana.asked == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--since", "2031-05-02", "--until", "2031-05-02"], "not before"),
        (["--since", "2031-05-02", "--days", "3"], "not both"),
        (["--days", "0"], "0 is not in the range"),
    ],
)
def test_a_range_of_time_that_holds_nothing_is_refused_before_anything_is_asked(words, told):
    done = CliRunner().invoke(dashboards, ["render", *words])
    assert done.exit_code == 2
    assert told in done.stderr

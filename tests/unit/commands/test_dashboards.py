"""The dashboards' import, against a server that answers as Kibana does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from services.commands.dashboards import dashboards

GOOD = {"success": True, "successCount": 7, "successResults": []}
AVAILABLE = (200, {"status": {"overall": {"level": "available"}}})


class Kibana:
    """Answers from two scripts, one for the status and one for the import;
    the last answer of each is repeated.
    """

    def __init__(self):
        self.statuses, self.imports = [AVAILABLE], [(200, GOOD)]
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        kibana = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(kibana.statuses, b"")

            def do_POST(self):
                self.answer(kibana.imports, self.rfile.read(int(self.headers["Content-Length"])))

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
    assert (done.exit_code, done.output) == (0, "7 objects imported\n")
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

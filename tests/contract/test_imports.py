"""The import rule of docs/architecture.md, checked on the syntax tree of every module."""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "services"
STAGES = ("poller", "tagger", "tracker", "indexer", "alerter", "notifier", "api")
LEAVES = (
    "messages",
    "errors",
    "text",
    "query",
    "addresses",
    "channels",
    "rows",
    "index_names",
    "orders",
)
NOUNS = ("messages", "errors", "addresses", "rows", "index_names")
"""What an adapter may import besides adapters and ports."""

CLIENTS = (
    "confluent_kafka",
    "elasticsearch",
    "elastic_transport",
    "httpx",
    "httpcore",
    "faust",
    "aiokafka",
    "requests",
    "urllib",
)
EFFECTS = (
    "os socket random secrets time subprocess threading asyncio http tempfile shutil sys".split()
)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def is_shell(path: Path) -> bool:
    """Return whether a module is the impure part of its stage:
    service.py, or a folder of that name.
    """
    return path.name == "service.py" or path.parent.name == "service"


@functools.cache
def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


@functools.cache
def called(path: Path) -> set[str]:
    """Return what a module calls, as it is written there."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}


def ours(path: Path) -> list[list[str]]:
    return [name.split(".")[1:] for name in imports(path) if name.startswith("services.")]


@pytest.mark.parametrize("leaf", [*LEAVES])
def test_leaves_import_only_leaves(leaf):
    paths = modules(leaf) or [ROOT / f"{leaf}.py"]
    assert paths
    for path in paths:
        assert all(parts[0] in LEAVES for parts in ours(path)), path


@pytest.mark.parametrize("stage", STAGES)
def test_pure_modules_of_a_stage_know_no_world(stage):
    """`ports` is allowed: it holds only types and pure functions."""
    for path in modules(stage):
        if is_shell(path) or stage == "api":
            continue
        for parts in ours(path):
            assert parts[0] in (*LEAVES, stage, "ports"), f"{path}: {parts}"
            assert "service" not in parts, path
        for name in imports(path):
            # The parser of addresses lives in the package of a client, but touches nothing.
            assert name == "urllib.parse" or name.split(".")[0] not in (*CLIENTS, *EFFECTS), (
                f"{path}: {name}"
            )


@pytest.mark.parametrize("stage", STAGES)
def test_stages_never_import_each_other(stage):
    for path in modules(stage):
        others = [parts[0] for parts in ours(path) if parts[0] in STAGES and parts[0] != stage]
        assert not others, f"{path}: {others}"


@pytest.mark.parametrize("stage", STAGES)
def test_a_service_asks_ports_for_the_world(stage):
    allowed = (*LEAVES, stage, "ports", "runtime", "settings")
    shells = [path for path in modules(stage) if is_shell(path)]
    assert shells
    for path in shells:
        for parts in ours(path):
            assert parts[0] in allowed, f"{path}: {parts}"


def test_adapters_know_only_nouns_and_ports():
    for path in modules("adapters"):
        for parts in ours(path):
            assert parts[0] in ("adapters", "ports", *NOUNS), f"{path}: {parts}"


def test_only_wiring_and_commands_name_adapters():
    for path in sorted(ROOT.rglob("*.py")):
        folder = path.relative_to(ROOT).parts[0]
        if folder in ("adapters", "commands", "wiring.py"):
            continue
        assert not [parts for parts in ours(path) if parts[0] == "adapters"], path


MADE_IN = {
    "KafkaBroker": "wiring.py",
    "ElasticIndex": "wiring.py",
    "HttpFetcher": "wiring.py",
    "HttpPoster": "wiring.py",
    "SmtpMailer": "wiring.py",
    "clock_from": "wiring.py",
    "Settings.parse": "commands/world.py",
}
"""What a program has of the world, and the one module that makes it:
so a test can hand in another."""


@pytest.mark.parametrize("name", [*MADE_IN])
def test_what_a_program_has_of_the_world_is_made_in_one_place(name):
    makers = set()
    for path in sorted(ROOT.rglob("*.py")):
        if name in called(path):
            makers.add(str(path.relative_to(ROOT)))
    assert makers == {MADE_IN[name]}


FLOORS = {
    "poller": (
        "service",
        "timings",
        "turns",
        "roster",
        "pushed",
        "answer",
        "decide",
        "versions",
        "websub",
        "pages",
        "reading",
        "identity",
        "schedule",
        "hosts",
        "waits",
        "walls",
        "rhythm",
        "redirects",
        "rows",
        "outbox",
    ),
    "tagger": (
        "service",
        "pipeline",
        "bounds",
        "explain",
        "rulebook",
        "completion",
        "reports",
        "denials",
        "incidents",
        "models",
        "timing",
        "discourse",
        "events",
        "sources",
        "stance",
        "names",
        "layout",
        "values",
        "parse",
        "lexicon",
        "steps",
    ),
    "notifier": (
        "service",
        "subscriber_file",
        "deliveries",
        "targets",
        "webhook_body",
        "signing",
        "texts",
        "policies",
        "content",
    ),
    "tracker": (
        "service",
        "route",
        "resolving",
        "sources",
        "membership",
        "block",
        "claims",
        "grouping",
        "reports",
    ),
}
"""The rooms of a stage from the roof down; a room may ask only those below it."""

ROOMS = [(stage, room) for stage, floors in FLOORS.items() for room in floors]


def rooms_asked(path: Path, stage: str) -> set[str]:
    return {parts[1] for parts in ours(path) if parts[0] == stage and len(parts) > 1}


@pytest.mark.parametrize("stage", FLOORS)
def test_every_room_of_a_stage_has_its_floor(stage):
    modules_of_it = {path.stem for path in (ROOT / stage).glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in (ROOT / stage).glob("*/__init__.py")}
    assert modules_of_it | folders == set(FLOORS[stage])


@pytest.mark.parametrize(("stage", "room"), ROOMS)
def test_arrows_between_the_rooms_of_a_stage_go_down_only(stage, room):
    paths = modules(f"{stage}/{room}") or [ROOT / stage / f"{room}.py"]
    above = set(FLOORS[stage][: FLOORS[stage].index(room)])
    for path in paths:
        assert not rooms_asked(path, stage) & above, f"{path}: {rooms_asked(path, stage) & above}"


def test_dashboards_know_no_world():
    for path in modules("dashboards"):
        assert all(parts[0] in (*LEAVES, "dashboards", "ports") for parts in ours(path)), path
        clients = {name.split(".")[0] for name in imports(path)} & {*CLIENTS, *EFFECTS}
        assert not clients, f"{path}: {clients}"


def test_the_desk_knows_no_world_and_no_page():
    for path in modules("desk"):
        assert all(parts[0] in (*LEAVES, *BELOW_THE_DESK, "ports") for parts in ours(path)), path
        clients = {name.split(".")[0] for name in imports(path) if name != "urllib.parse"}
        assert not clients & {*CLIENTS, *EFFECTS, "fastapi", "starlette", "jinja2"}, path


BELOW_THE_DESK = ("desk", "search", "dashboards")
"""What the desk may ask besides leaves: what a search finds, and how charts are drawn."""


YAML_OF_OURS = {
    "messages/topics.py", "poller/pages/lines.py",
    "poller/versions/meaning.py",
    "poller/reading/zones.py", "scenario/story.py", "text/happening.py",
    "text/language.py",
    "text/language_codes.py", "text/names.py", "text/outlets.py", "tracker/reports/words.py",
}  # fmt: skip
"""Modules that read a YAML file of the project beside them."""


def test_files_of_users_are_read_by_the_reader_that_bounds_them():
    """`yaml.safe_load` and its like build whatever they are given;
    only what comes with the project may go there.
    """
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        loads = [
            call
            for call in calls
            if ast.unparse(call.func)
            in ("yaml.safe_load", "yaml.load", "yaml.compose", "yaml.parse")
        ]
        if name == "text/yaml_file.py":
            assert loads
            continue
        for call in loads:
            assert "read_lexicon" in ast.unparse(call) or name in YAML_OF_OURS, (
                f"{name}:{call.lineno}: use services/text/yaml_file.py"
            )


@pytest.mark.parametrize("stage", ["tracker", "alerter"])
def test_claims_and_alerts_know_incidents_and_no_reports_of_sentences(stage):
    for path in modules(stage):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = {a.name for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}
        assert names.isdisjoint({"Report", "SentenceReport"}), path

"""The figures that `bench/model.py` reckons with: written by benches, kept in bench/measured.json.

Each bench has one entry with the day, the machine, its arguments, and its figures.
"""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")

Figures = Mapping[str, "float | int | str | Mapping[str, float]"]


def machine() -> dict[str, str | int | float]:
    """Return what a reader needs to know of this machine."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(memory / 1e9, 1),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def record(
    bench: str, figures: Figures, arguments: Sequence[str] = (), file: Path | None = None
) -> None:
    """Put the figures of a bench in place of its earlier ones. `arguments`: as it was called."""
    path = file or FILE
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found[bench] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "arguments": [*(arguments or sys.argv[1:])],
        "figures": figures,
    }
    text = json.dumps(dict(sorted(found.items())), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")

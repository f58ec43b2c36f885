"""The API process of bench/live.py: as in service, but with the window that the bench asks for."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.api import service
from services.api.stream.live import Live
from services.api.stream.window import Window
from services.cli import root
from services.ports import Broker, Stop


def live(broker: Broker, stop: Stop) -> Live:
    return Live(broker, stop, Window(most_events=int(os.environ["BENCH_WINDOW"])))


if __name__ == "__main__":
    vars(service)["Live"] = live
    root(["api"])

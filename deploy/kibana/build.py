"""Writes the dashboards for Kibana beside this file, in both of its forms."""

import sys
from pathlib import Path

from services.dashboards.files import files

FOLDER = Path(__file__).parent

if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name} written\n")

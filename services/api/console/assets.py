"""The files of the pages: read once, at addresses that change with their content, compressed."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Endings of the files that are served, and their media types."""

FOREVER = "public, max-age=31536000, immutable"
"""For an address that holds the digest of what is there (RFC 8246)."""

_DIGEST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes
    media_type: str


class Assets:
    """The files beside the templates. All share one digest: a script may import its neighbour."""

    def __init__(self) -> None:
        root = files("services.api.console").joinpath("static")
        self._files: dict[str, _File] = {}
        digest = hashlib.sha256()
        for each in sorted(root.iterdir(), key=lambda entry: entry.name):
            ending = each.name[each.name.rfind(".") :]
            if ending not in TYPES:
                continue
            body = each.read_bytes()
            digest.update(each.name.encode() + body)
            self._files[each.name] = _File(body, gzip.compress(body, 9, mtime=0), TYPES[ending])
        self._digest = digest.hexdigest()[:_DIGEST_LETTERS]

    def path(self, name: str) -> str:
        """Return the address of a file. Raises KeyError if there is none."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self._digest}/{name}"

    def add_to(self, app: FastAPI) -> None:
        """Serve them. An address of another version is answered too, and is not to be kept."""

        @app.get("/static/{digest}/{name}", include_in_schema=False)
        def static(request: Request, digest: str, name: str) -> Response:
            found = self._files.get(name)
            if found is None:
                raise HTTPException(404, "there is no such file")
            headers = {
                "vary": "accept-encoding",
                "cache-control": FOREVER if digest == self._digest else "no-cache",
            }
            if not takes_gzip(request):
                return Response(found.body, media_type=found.media_type, headers=headers)
            headers["content-encoding"] = "gzip"
            return Response(found.packed, media_type=found.media_type, headers=headers)


def takes_gzip(request: Request) -> bool:
    """Return True if the reader takes gzip; one that names no weight takes it."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False

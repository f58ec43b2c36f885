"""Forms with a file: flat and bounded.

Parts are cut at the boundary and never read as messages of their own, so nothing nests.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from services.api.bodies import read_up_to
from services.api.problems import Problem

MOST_PARTS = 20
"""Parts of a form: a file and some fields."""

MOST_FIELD_BYTES = 4_096
"""Bytes of a field that is no file."""

_BOUNDARY = re.compile(r';\s*boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"\r\n]{1,100})"', re.IGNORECASE)
_FILE = re.compile(rb"\bfilename\*?=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of a form, and its files by the name of their field; an empty one is left out."""

    fields: dict[str, str]
    files: dict[str, bytes]


async def upload_of(request: Request, most_bytes: int, large: Collection[str] = ()) -> Upload:
    """Return a form of the type multipart/form-data. Raises Problem, TransientError.

    `large`: the fields that may be longer than others.
    """
    kind = request.headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind)
    if not kind.lower().startswith("multipart/form-data") or boundary is None:
        raise Problem(415, "send the form as multipart/form-data")
    body = await body_of(request, most_bytes)
    return parts_of(body, boundary[1].strip().encode("ascii"), large)


async def body_of(request: Request, most_bytes: int) -> bytes:
    """Return the body of a request. Raises Problem 413, TransientError."""
    body = await read_up_to(request, most_bytes)
    if body is None:
        raise Problem(413, f"at most {most_bytes / 2**20:.0f} MB are read at once")
    return body


def parts_of(body: bytes, boundary: bytes, large: Collection[str] = ()) -> Upload:
    """Return the parts of a form. Raises Problem 422."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS + 1)[1:]
    if not pieces or not pieces[-1].startswith(b"--"):
        raise Problem(422, f"the form is cut off, or has more than {MOST_PARTS} parts")
    found = Upload({}, {})
    for piece in pieces[:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise Problem(422, "a part of the form has no name")
        key = name[1].decode("utf-8", "replace")
        if _FILE.search(head):
            if content:
                found.files.setdefault(key, content)
        elif len(content) > MOST_FIELD_BYTES and key not in large:
            raise Problem(422, f"the field {key} is too long")
        else:
            found.fields.setdefault(key, content.decode("utf-8", "replace").strip())
    return found

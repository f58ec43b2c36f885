"""Names of zones agree with the time zone database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.poller.reading.zones import offset, zone_named

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "when", "name", "language"),
    [
        ("Europe/Paris", WINTER, "CET", None), ("Europe/Paris", SUMMER, "CEST", None),
        ("Europe/Athens", WINTER, "EET", None), ("Europe/Athens", SUMMER, "EEST", None),
        ("Europe/Lisbon", SUMMER, "WEST", None), ("Europe/London", SUMMER, "BST", "en"),
        ("Europe/Moscow", WINTER, "MSK", None), ("Africa/Nairobi", WINTER, "EAT", None),
        ("Africa/Lagos", WINTER, "WAT", None), ("Africa/Johannesburg", WINTER, "SAST", None),
        ("Asia/Karachi", WINTER, "PKT", None), ("Asia/Kolkata", WINTER, "IST", "hi"),
        ("Asia/Jerusalem", WINTER, "IST", "he"), ("Europe/Dublin", SUMMER, "IST", "en-IE"),
        ("Asia/Jakarta", WINTER, "WIB", None), ("Asia/Hong_Kong", WINTER, "HKT", None),
        ("Asia/Shanghai", WINTER, "CST", "zh-CN"), ("America/Chicago", WINTER, "CST", "en"),
        ("Asia/Tokyo", WINTER, "JST", None), ("Asia/Seoul", WINTER, "KST", None),
        ("Australia/Sydney", WINTER, "AEDT", None), ("Australia/Sydney", SUMMER, "AEST", None),
        ("Australia/Darwin", WINTER, "ACST", None), ("Pacific/Auckland", WINTER, "NZDT", None),
        ("America/New_York", WINTER, "EST", None), ("America/New_York", SUMMER, "EDT", None),
        ("America/Chicago", SUMMER, "CDT", None), ("America/Denver", WINTER, "MST", None),
        ("America/Denver", SUMMER, "MDT", None), ("America/Los_Angeles", WINTER, "PST", None),
        ("America/Los_Angeles", SUMMER, "PDT", None), ("America/Anchorage", WINTER, "AKST", None),
        ("America/St_Johns", WINTER, "NST", None), ("America/Halifax", SUMMER, "ADT", None),
        ("America/Halifax", WINTER, "AST", "en-CA"), ("Pacific/Honolulu", WINTER, "HST", None),
    ],
)  # fmt: skip
def test_a_name_has_the_offset_that_the_database_gives_it(place, when, name, language):
    there = when.astimezone(ZoneInfo(place))
    assert there.tzname() == name
    assert zone_named(name, language).utcoffset(when) == there.utcoffset()


@pytest.mark.parametrize(
    ("text", "is_zone"),
    [("+14:00", True), ("+14:01", False), ("-0930", True), ("+05:60", False), ("+3", True)],
)
def test_no_place_is_more_than_fourteen_hours_from_utc(text, is_zone):
    assert (offset(text) is not None) == is_zone


def test_a_name_that_nobody_knows_is_no_zone():
    assert zone_named("QQT", None) is None

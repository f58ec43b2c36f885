"""The map shows where reports put it, with names as text and nothing that runs."""

import pytest
from lxml import etree

from services.desk.map import MOST_SPOTS, map_of, places_of


def incident(name="Aden", lat=12.78, lon=45.03, **kw):
    return {"place_name": name, "location": {"lat": lat, "lon": lon}, "precision": "town"} | kw


def drawing(*incidents):
    return etree.fromstring(map_of(incidents).svg.encode())


def texts(svg, kind):
    return ["".join(each.itertext()) for each in svg.iter("text") if each.get("class") == kind]


def test_places_are_counted_and_named_beside_towns_that_one_knows():
    svg = drawing(incident(), incident(), incident("Taiz", 13.58, 44.02))
    assert texts(svg, "name") == ["Aden", "Taiz"]
    assert "Sanaa" in texts(svg, "town") or "Djibouti" in texts(svg, "town")
    assert texts(svg, "town")[-1].endswith(" km")
    assert [(p.name, p.reports) for p in places_of([incident(), incident()])] == [("Aden", 2)]


def test_names_of_strangers_are_text():
    hostile = '<script>alert(1)</script>" onload="x'
    svg = drawing(incident(hostile))
    assert texts(svg, "name") in ([hostile], [])
    assert not [each for each in svg.iter() if each.tag == "script" or each.get("onload")]
    assert not [each for each in svg.iter() if each.get("style")]


@pytest.mark.parametrize(
    "location", [None, {}, {"lat": 91, "lon": 0}, {"lat": 0, "lon": "x"}, "POINT", {"lat": 1}]
)
def test_what_has_no_place_on_earth_is_not_on_the_map(location):
    assert map_of([incident(location=location)]) is None


def test_places_beyond_the_bound_are_counted():
    many = [incident(f"P{n}", lon=n) for n in range(MOST_SPOTS + 2)]
    found = map_of(many)
    assert (len(found.places), found.left_out) == (MOST_SPOTS, 2)


def test_poles_and_the_date_line_can_be_drawn():
    drawing(incident("Pole", 90, 0), incident("Line", -90, 180), incident("Other", 0, -180))


def test_no_name_lies_on_a_place():
    svg = drawing(incident("Meris", 44.6, 22.6), incident("Aden", 44.6, 21.3), incident())
    spots = [(float(c.get("cx")), float(c.get("cy"))) for c in svg.iter("circle") if is_spot(c)]
    assert len(spots) == 3
    for text in svg.iter("text"):
        left, baseline = float(text.get("x")), float(text.get("y"))
        if text.get("text-anchor") == "end":
            left -= 7 * len(text.text)
        right = left + 6 * len(text.text)
        for x, y in spots:
            assert not (left < x < right and baseline - 13 < y < baseline + 5), text.text


def is_spot(element):
    return element.get("class") == "spot"

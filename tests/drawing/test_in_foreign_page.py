"""A drawing inside a foreign page: what it names, and what its rules hold for."""

import re

import pytest

import cnncalc
from cnncalc.drawing import embedded
from tests.drawing._drawn import drawn, read

LENET = drawn(cnncalc.load("lenet5"))
FAULTY = drawn(cnncalc.load("INPUT 8x8x3 -> CONV9 4 -> CONV3 4"))


def names(picture: str) -> set[str]:
    return {element.attrib["id"] for element in read(picture).iter() if "id" in element.attrib}


@pytest.mark.parametrize("picture", [LENET, FAULTY], ids=["lenet5", "faulty"])
def test_each_reference_leads_to_a_name_in_it(picture: str) -> None:
    inside = embedded(picture)
    known = names(inside)
    assert len(known) == len(names(picture))
    referred = set(re.findall(r"url\(#([^)]+)\)", inside))
    labels = read(inside).attrib["aria-labelledby"].split()
    assert referred
    assert referred | set(labels) <= known


def test_two_drawings_share_no_name() -> None:
    assert names(embedded(LENET)).isdisjoint(names(embedded(FAULTY)))
    assert embedded(LENET) == embedded(LENET)


def test_no_rule_is_lost() -> None:
    """As many as before, and the dark ones once more: for a page that says that it is dark."""
    rules = re.compile(r"[^{}]+\{[^{}]*\}")
    light, dark = (read(LENET).findtext(".//{*}style") or "").split("@media")
    inside = read(embedded(LENET)).findtext(".//{*}style") or ""
    assert len(rules.findall(inside)) == len(rules.findall(light)) + 2 * len(rules.findall(dark))


def test_what_is_drawn_and_written_is_the_same() -> None:
    before, after = read(LENET), read(embedded(LENET))
    assert [element.tag for element in before.iter()] == [element.tag for element in after.iter()]
    words = [element.text for element in before.iter() if not element.tag.endswith("style")]
    assert words == [element.text for element in after.iter() if not element.tag.endswith("style")]

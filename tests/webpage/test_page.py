"""The whole page: it is sound, links lead somewhere, nothing of a spec is markup, and it is small."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from cnncalc.webpage import report_page
from cnncalc.webpage.markup import json_script
from tests.webpage._read import ReadPage, network, read

WRONG = """\
cnncalc: 1
input: 8x8x3
blocks:
  unit:
    layers: [conv: {filters: 4, kernel: 3}, relu]
layers:
  - unit:
    repeat: 2
  - conv: {filters: 4, kernel: 9}
  - nosuch: 3
"""
TWO = """\
cnncalc: 1
input:
  a: 8x8x3
  r: 8x8x3
layers:
  - conv: {filters: 4, from: a}
    name: u
  - conv: {filters: 4, from: r}
    name: b
  - add: [u, b]
outputs: [u, add1]
"""
HOSTILE = """</script><script>alert(1)</script> ]]> --> <!-- <svg onload=x> & "q" 'p' \\u202e \\u2028"""
QUOTED = HOSTILE.replace('"', '\\"')
SPECS = {
    "shipped": "resnet18",
    "with errors": WRONG,
    "no layers": "cnncalc: 1\ninput: 8x8x3\nlayers: []\n",
    "one layer": "cnncalc: 1\ninput: 8x8x3\nlayers: [relu]\n",
    "no input": "cnncalc: 1\nlayers: [relu]\n",
    "several inputs and outputs": TWO,
    "features alone": "cnncalc: 1\ninput: 12\nlayers: [fc: 3]\n",
    "not readable": "cnncalc: 1\ninput: [8x8\n",
    "hostile": f'cnncalc: 1\nname: "{QUOTED}"\ninput: 8x8x3\nlayers: [conv: 4] # {HOSTILE}\n',
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_element_is_closed_and_every_id_and_link_is_of_one_element(spec: str) -> None:
    page = read(spec)
    assert [id for id, count in Counter(page.ids).items() if count > 1] == []
    ids = set(page.ids)
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert links <= {f"#{id}" for id in ids}
    for _, attributes in page.tags:
        assert set((attributes.get("aria-labelledby") or "").split()) <= ids


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_nothing_is_loaded_and_only_the_own_script_runs(spec: str) -> None:
    text = report_page([network(spec)])
    page = ReadPage(text)
    assert page.scripts == 1
    assert "default-src 'none'" in text
    for tag, attributes in page.tags:
        assert tag not in {"img", "iframe", "object", "embed", "link", "base", "form"}
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset")]
        assert (attributes.get("href") or "#").startswith("#")


def test_texts_of_a_spec_are_shown_as_they_are_and_marks_that_turn_the_line_as_escapes() -> None:
    text = report_page([network(SPECS["hostile"])])
    page = ReadPage(text)
    assert "</script><script>alert(1)</script> ]]> -->" in page.text
    assert "\\u202e" in page.text
    assert not re.search("[\u202e\u2028]", text)


def test_data_for_the_script_cannot_end_its_element_or_be_misread() -> None:
    script = json_script({"a": "</script><!-- & \u2028\u2029"}, ":a")
    assert ReadPage(script).data == {":a": {"a": "</script><!-- & \u2028\u2029"}}
    assert script.count("<") == 2
    assert script.isascii()


def test_equal_networks_have_equal_pages() -> None:
    assert report_page([network("lenet5")]) == report_page([network("lenet5")])


@pytest.mark.parametrize(("name", "most"), [("resnet50", 400_000), ("efficientnet_b7", 3_000_000)])
def test_it_is_small(name: str, most: int) -> None:
    assert len(report_page([network(name)]).encode()) < most


def test_several_networks_have_ids_of_their_own() -> None:
    page = read("lenet5", "alexnet", "lenet5")
    assert [id for id, count in Counter(page.ids).items() if count > 1] == []
    assert {"conv1", "2:conv1", "3:conv1", ":table", "2::table"} <= set(page.ids)
    assert [attributes["data-prefix"] for _, attributes in page.tags if "data-network" in attributes] == [
        "",
        "2:",
        "3:",
    ]


def test_headings_go_down_step_by_step() -> None:
    for page in (read("lenet5"), read("lenet5", "alexnet")):
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))

"""Shapes that all differ in size from what is stated are one finding: another input is one cause."""

import cnncalc
from cnncalc.diagnostic import edited

NET = """\
cnncalc: 1
input: {size}
layers:
  - conv: {{filters: 8, kernel: 3, padding: 1}}
    expect: 32x32x8
  - maxpool: 2
    expect: 16x16x8
  - conv: {{filters: {filters}, kernel: 3, padding: 1}}
    expect: 16x16x16
"""


def test_another_input_makes_one_finding_with_every_place() -> None:
    (item,) = cnncalc.load(NET.format(size="48x48x3", filters=16)).diagnostics
    assert (item.code, item.span.line) == ("S102", 5)
    assert [note.text.partition(":")[0] for note in item.notes] == ["line 7", "line 9"]
    assert "`maxpool1` gives 24x24x8, but `expect` is 16x16x8" in item.notes[0].text
    assert "perhaps because of another input" in (item.help or "")


def test_its_second_fix_writes_all_of_them() -> None:
    text = NET.format(size="48x48x3", filters=16)
    (item,) = cnncalc.load(text).diagnostics
    assert [fix.text for fix in item.fixes] == ["expect: 48x48x8", "write all 3 computed shapes"]
    assert cnncalc.load(edited(text, item.fixes[1])).ok


def test_a_mismatch_of_channels_stays_a_finding_of_its_own() -> None:
    diagnostics = cnncalc.load(NET.format(size="48x48x3", filters=12)).diagnostics
    assert [(item.code, item.span.line) for item in diagnostics] == [("S102", 5), ("S102", 9)]


def test_one_alone_is_reported_as_before() -> None:
    (item,) = cnncalc.load(NET.format(size="32x32x3", filters=16).replace("16x16x8", "15x15x8")).diagnostics
    assert (item.span.line, item.notes) == (7, ())

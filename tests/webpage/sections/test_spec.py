"""The text of the spec: every line has its number, and every finding is below its line."""

import re

import pytest

from cnncalc.webpage import lines as shown_lines
from cnncalc.webpage.sections import spec
from tests.webpage._read import ReadPage, network, read
from tests.webpage.test_page import SPECS, WRONG


@pytest.mark.parametrize("name", ["with errors", "shipped", "several inputs and outputs", "not readable"])
def test_every_finding_is_below_its_line_with_its_code_and_help(name: str) -> None:
    reported = network(SPECS[name])
    section = spec.section(reported)
    assert section is not None
    lines = dict(re.findall(r'<li id=":line(\d+)"[^>]*>(.*?)</li>', section.html, re.DOTALL))
    own = next(iter(reported.graph.sources))
    for item in reported.diagnostics:
        if item.span.file == own:
            shown = ReadPage(lines[str(item.span.line)]).text
            assert f"{item.severity.word}[{item.code}]" in shown
            assert " ".join(item.message.split()) in shown
            assert item.help is None or " ".join(item.help.split()) in shown


def test_every_line_is_there() -> None:
    section = spec.section(network(WRONG))
    assert section is not None
    shown = re.findall("<code>(.*?)</code>", section.html)
    assert [ReadPage(line).texts for line in shown] == [[line] for line in WRONG.rstrip("\n").split("\n")]


def test_a_line_has_the_layers_that_it_makes() -> None:
    section = spec.section(network(WRONG))
    assert section is not None
    assert section.data is not None
    lines = dict(section.data["lines"])
    assert lines[":line5"] == ["unit1.conv1", "unit1.relu1", "unit2.conv1", "unit2.relu1"]
    assert lines[":line7"] == ["unit1", "unit2"]
    page = read(WRONG)
    assert {name for layers in lines.values() for name in layers} <= set(page.ids)


def test_a_long_text_is_shown_around_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_lines, "MOST", 20)
    text = (
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n"
        + "  - relu\n" * 30
        + "  - conv: {filters: 4, kernel: 9}\n"
        + "  - relu\n" * 30
    )
    section = spec.section(network(text))
    assert section is not None
    assert "lines are left out" in section.html
    assert 'id=":line34"' in section.html
    assert 'id=":line50"' not in section.html
    assert section.html.count("<li") < 30


def test_a_spec_over_another_has_both_texts() -> None:
    reported = network("resnext50_32x4d")
    section = spec.section(reported)
    assert section is not None
    for source in reported.graph.sources.values():
        assert source.name in section.html

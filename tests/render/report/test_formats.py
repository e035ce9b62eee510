"""What every format of a report does alike."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.render.formats import names
from tests._each import each

Rendered: TypeAlias = Callable[..., str]
# Names that mean something to a terminal, to rich, to Markdown, to CSV.
NAMES = [
    "[/red] [bold]x",
    "*a* _b_ `c` <d>",
    'a, "b"',
    "a | b",
    "=1+1",
    "網 é",
    "\\u001b[31mred",
    "\\u202eabc",
    "\\u0007",
]
NET = 'cnncalc: 1\nname: "{name}"\nsource: "{name}"\ninput: 8x8x3\nlayers:\n  - conv: 4\n    name: a-b_c.d\n  - relu\n'


def test_are_those_of_the_issue() -> None:
    assert {"csv", "json", "markdown", "text"} <= set(names("report"))


@each("format", names("report"))
@each("name", NAMES)
def test_no_control_sequence_is_printed(rendered: Rendered, format: str, name: str) -> None:
    text = rendered(NET.replace("{name}", name.replace('"', '\\"')), format, width=200)
    # A format may separate columns by tabs: then the same table of a plain name has as many.
    tabs = rendered(NET.replace("{name}", "net"), format, width=200).count("\t")
    assert text.count("\t") == tabs
    assert text.replace("\n", "").replace("\t", "").isprintable()
    assert "CONV1-4" in text


@pytest.mark.parametrize("format", names("report"))
def test_ends_with_one_line_feed(rendered: Rendered, format: str) -> None:
    text = rendered(NET, format, width=80)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


@pytest.mark.parametrize("format", names("report"))
def test_of_a_faulty_spec_can_be_made(rendered: Rendered, format: str) -> None:
    assert rendered(NET.replace("conv: 4", "conv: {filters: 4, kernel: 9}"), format, width=80)

"""The table as GitHub-flavoured Markdown: it reads the same when it is rendered."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest
from markdown_it import MarkdownIt

Rendered: TypeAlias = Callable[..., str]
NET = """\
cnncalc: 1
name: "{name}"
source: "{name}"
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3}
  - flatten
  - fc: 10
"""
# Names that mean something in Markdown.
NAMES = [
    "*a* **b** _c_", "`a` <b>x</b>", "[a](b) ![c](d)", "a | b", "# a", "1. a", "- a", "> a", "\\\\* a \\\\\\\\",
    "&amp; &lt;", "~~a~~", "a_b_c", "<https://a.b>",
]  # fmt: skip


def html(text: str) -> str:
    html: str = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    # What keeps a text from being a reference is not seen.
    return html.replace("\u200b", "")


def cells(text: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html(text).split("<tr>")[1:]]


def test_has_a_heading_a_table_and_lists(rendered: Rendered) -> None:
    text = rendered(NET.replace("{name}", "Net"), "markdown")
    assert text.startswith(
        "### Net · input 8x8x3 · float32 · batch 1\n\nSource: Net\n\n| name | layer | volume | "
    )
    assert cells(text) == [
        ["name", "layer", "volume", "memory", "weights", "MACs", "field"],
        ["input", "INPUT", "[8x8x3]", "8*8*3 = 192", "0", "0", "1"],
        ["conv1", "CONV3-4", "[6x6x4]", "6*6*4 = 144", "(3*3*3)*4 = 108", "3,888", "3"],
        ["fc1", "FC", "[1x1x10]", "10", "6*6*4*10 = 1,440", "1,440", "8"],
    ]
    assert html(text).count("<li>") == len(re.findall(r"^- ", text, re.MULTILINE)) >= 3


def test_figures_stand_at_the_right(rendered: Rendered) -> None:
    line = rendered(NET.replace("{name}", "Net"), "markdown").splitlines()[5]
    assert line == "| :--- | :--- | :--- | ---: | ---: | ---: | ---: |"


@pytest.mark.parametrize("name", NAMES)
def test_names_read_as_they_are(rendered: Rendered, name: str) -> None:
    text = rendered(NET.replace("{name}", name), "markdown")
    meant = name.replace("\\\\", "\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert html(text).splitlines()[:2] == [
        f"<h3>{meant} · input 8x8x3 · float32 · batch 1</h3>",
        f"<p>Source: {meant}</p>",
    ]


def test_has_the_columns_asked_for(rendered: Rendered) -> None:
    assert cells(rendered(NET, "markdown", columns=("name", "line")))[0] == ["name", "line"]

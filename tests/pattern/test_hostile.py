"""Patterns that nobody would write: no exception, every finding in the text, and no fix of YAML."""

from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import names
from cnncalc.lint.engine import check
from cnncalc.lint.settings import Settings
from cnncalc.pattern import is_pattern, means_pattern
from cnncalc.rules import Selection
from cnncalc.spec import read_spec
from cnncalc.text import from_text

SIGNS = (
    "->", "-", "→", "*", "?", "[", "(", "]", ")", ",", "=", ":", "/", "#c\n", "\n", "\t", '"', "{", "|", "!",
    "0", "2", "-1", "1e9", ".5", "5.", "9" * 20, "3x3", "FxF", "/2", "*3", "*N", "*0", "N", "x", "K=3", "pad 1",
    "stride=2", "half", "true", "padding=top:1,left:2", "order=channels,height", "flatten=false", "foo", "é",
    "INPUT", "INPUT 32x32x3", "CONV", "CONV 8", "CONV3-64", "POOL", "FC", "RELU", "RESIDUAL", "LEAKY-RELU",
    *map(str.upper, names()),
)  # fmt: skip
WORDS = st.lists(st.sampled_from(SIGNS), max_size=12).map(" ".join)
CHAINS = st.lists(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=2).map(" ".join), max_size=8)
TEXTS = WORDS | CHAINS.map(" -> ".join).map("INPUT 32x32x3 -> {}".format) | st.text(max_size=30)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_is_read_to_its_end(text: str) -> None:
    assert is_pattern(text) or not means_pattern(text)
    spec = read_spec(*from_text(text), pattern=True)
    findings = check(spec, Settings(Selection(preview=True))).findings
    letters = {
        name: 2
        for name, parameter in spec.parameters.items()
        if parameter.default and not parameter.default.constant
    }
    graph = cnncalc.graph.build(spec, values=letters, max_nodes=1000)
    assert cnncalc.analyse(graph).totals is not None
    for item in (*findings, *graph.diagnostics):
        span = item.span
        assert (1, 1) <= span.start <= (span.end_line, span.end_column)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert span.end_line <= len(lines)
        assert span.end_column <= len(lines[span.end_line - 1]) + 2
        assert not item.fixes or item.code[0] == "Y"

"""Written out by `expand` a network is the same: figures and findings, also where the spec accepts some of them.

Random specs by the layers' own statements; half of them get comments and `allow:` for what is found in them.
"""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph, build
from cnncalc.render.expansion import expansion
from cnncalc.rules import checked
from cnncalc.spec import read_spec
from cnncalc.text import from_text
from tests._depth import cases
from tests.fuzz import _specs

CASES = cases(10, 300, of=10)
SEEDS = st.integers(0, 2**64 - 1)
# What is found of how a text says it (a shape, or `groups` from `defaults`): it is gone when all is written out.
OF_THE_TEXT = ("L", "Y", "S105", "D106")
# What is found of `residual` alone, which is written out as `add`.
OF_RESIDUALS = {"D108"}


def built(text: str, mode: str) -> Graph:
    return build(read_spec(*from_text(text)), mode=mode, max_nodes=500)


def errors(graph: Graph) -> list[Diagnostic]:
    return [
        item
        for item in (*graph.diagnostics, *checked(Analysis(graph)).diagnostics)
        if not item.code.startswith(OF_THE_TEXT)
    ]


def accepted(text: str, graph: Graph, random: Random) -> str:
    """The text with comments after lines on which something is found."""
    lines = text.split("\n")
    codes: dict[int, list[str]] = {}
    for item in errors(graph):
        if random.random() < 0.5 and item.span.line == item.span.end_line:
            codes.setdefault(item.span.line - 1, []).append(item.code)
    for line, said in codes.items():
        if "#" not in lines[line]:
            lines[line] += f"  # cnncalc: ignore[{', '.join(sorted(set(said)))}] a test"
    return "\n".join(lines)


@pytest.mark.fuzz
@settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
@given(SEEDS)
def test_figures_and_findings_are_the_same(seed: int) -> None:
    random = Random(seed)
    text = _specs.Sound(random).spec()
    for mode in ("inference", "training"):
        graph = built(text, mode)
        if not graph.ok:
            continue
        if random.random() < 0.5:
            text = accepted(text, graph, random)
            graph = built(text, mode)
        written = "".join(expansion(graph))
        after = built(written, mode)
        assert after.ok, (written, after.diagnostics)
        assert Analysis(after).totals == Analysis(graph).totals, written
        # Of a spec with two modes one is written out, which is then a network of its own: rules look at it in the same.
        compared = after.with_(spec=after.spec._replace(two_modes=graph.spec.two_modes))
        expected = {item.code for item in errors(graph)} - OF_RESIDUALS
        assert {item.code for item in errors(compared)} == expected, f"{text}\n{written}"
        assert "".join(expansion(after)) == written

"""What could not be read is never replaced by a guess: no total that a broken spec gives differs from the real one.

Every word and number of ten shipped specs is replaced by what gives an error there, one at a time: a sample in
`make test` and a larger one in `make test-all`, all of them in `make fuzz`.
"""

from collections.abc import Iterator
from random import Random

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.comparison import side
from cnncalc.diagnostic import Edit, Fix, Severity, edited
from cnncalc.graph import Graph, build
from cnncalc.render.explanation import explanation
from cnncalc.spec import read_spec
from cnncalc.text import Mapping, Node, Scalar, from_text, load
from tests._depth import FUZZING, cases
from tests.fuzz import _specs

BROKEN = (
    "3x3", "-1", "nope", "[1, 2, 3, 4]", "$nowhere", "1 // min(0)", "{a: 1}", "010", "true", "2.5", "''", "1 + $",
    "9999999999999999999", "1_000", "[relu]", "0",
)  # fmt: skip
SPECS = (
    "vgg16", "resnet50", "googlenet", "mobilenet_v2", "densenet121", "unet", "efficientnet_b0", "shufflenet_v2_x1_0",
    "vit_b_16", "squeezenet1_1",
)  # fmt: skip
SAMPLE = cases(6, 30)
# In place of these a list of layers is read: it is another network, with other layers, and nothing is left unread.
LISTS_TOO = ("identity", "optional", "project")
MAX_NODES = 2000


def scalars(node: Node) -> Iterator[Scalar]:
    """Every word and number, keys included."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for entry in node:
            yield entry.key
            yield from scalars(entry.value)
    else:
        for item in node:
            yield from scalars(item)


def built(text: str) -> Graph:
    return build(read_spec(*from_text(text)), max_nodes=MAX_NODES)


def broken(name: str) -> Iterator[tuple[str, str, Graph]]:
    """What was replaced, the text, and its graph: of replacements that give an error."""
    text = _specs.ZOO[name].decode()
    source, _ = from_text(text)
    assert source is not None
    tree, _ = load(source)
    assert tree is not None
    replacements = [
        (scalar, value)
        for scalar in scalars(tree)
        for value in BROKEN
        if not (scalar.raw in LISTS_TOO and value == "[relu]")
    ]
    if not FUZZING:
        replacements = Random(name).sample(replacements, SAMPLE)
    for scalar, value in replacements:
        changed = edited(text, Fix("", (Edit(scalar.span, value),)))
        graph = built(changed)
        errors = {item.code for item in graph.diagnostics if item.severity is Severity.ERROR}
        if errors:
            yield f"line {scalar.span.line}: {scalar.raw!r} -> {value}: {sorted(errors)}", changed, graph


@pytest.mark.fuzz
@pytest.mark.parametrize("name", SPECS)
def test_no_total_of_a_broken_spec_is_another_than_the_real_one(name: str) -> None:
    real = cnncalc.analyse(cnncalc.load(name)).totals
    count = 0
    for case, text, graph in broken(name):
        count += 1
        analysis = Analysis(graph)
        totals = analysis.totals
        for figure, value in (totals._asdict() | {"macs": totals.macs}).items():
            if figure == "inexact":
                continue
            assert (value is None) == (figure in totals.inexact), case
            assert value is None or value == getattr(real, figure), f"{figure}: {case}\n{text}"
        compared = side(analysis)
        for figure, amount in compared.totals.items():
            if figure != "memory":
                assert amount is None or amount == getattr(real, figure), f"diff, {figure}: {case}\n{text}"
        if totals.params is None:
            assert compared.totals["memory"] is None, case
            if not graph.disputed:
                with pytest.raises(ValueError, match="shape"):
                    cnncalc.estimate(graph)
        for node in graph.nodes[-2:]:
            page = "".join(explanation(analysis, node))
            assert ("unknown" in page) == (node.shape is None or not (node.fit or node.is_input)), page
    assert count, "no value gave an error"

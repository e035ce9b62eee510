"""G003: `inplace: true` although something else needs the overwritten value."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import overwriting
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.graph import Node
from cnncalc.rules.overwritten_value import OverwrittenValue

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 8x8x3\n"
STEM = "layers:\n  - conv: {filters: 3, kernel: 3, padding: 1}\n    name: stem\n"
IN_PLACE = "  - relu: {inplace: true}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{STEM}{IN_PLACE}  - add: [prev, stem]\n", "`relu1` overwrites `stem`, which `add1` reads later"),
        (f"layers:\n{IN_PLACE}  - tanh\n", "`relu1` overwrites `input`, which is an input of the network"),
        (
            f"outputs: [stem, relu1]\n{STEM}{IN_PLACE}",
            "`relu1` overwrites `stem`, which is an output of the network",
        ),
        (
            f"{STEM}  - tanh\n{IN_PLACE}",
            "`relu1` overwrites `tanh1`, which `tanh1` keeps for its backward pass",
        ),
        (
            f"{STEM}  - tanh\n  - flatten\n{IN_PLACE}",
            "`relu1` overwrites `flatten1`, which `tanh1` keeps for its backward pass",
        ),
        (
            f"{STEM}  - slice: {{stop: 2}}\n{IN_PLACE}  - concat: [prev, stem]\n",
            "`relu1` overwrites `slice1`, which shares its memory with `stem`, which `concat1` reads later",
        ),
        (
            f"{STEM}  - tanh\n  - slice: {{stop: 1}}\n    name: left\n{IN_PLACE}  - concat: [prev, left]\n",
            "`relu1` overwrites `left`, which `tanh1` keeps for its backward pass",
        ),
        (
            f"{STEM}  - chunk: {{of: 3, index: 0}}\n{IN_PLACE}",
            "`relu1` overwrites `chunk1`, which is one of several views made at once, which PyTorch refuses",
        ),
        (
            f"{STEM}  - stochastic_depth: 0.2\n{IN_PLACE}  - add: [prev, stem]\n",
            "`relu1` overwrites `stochastic_depth1`, which shares its memory with `stem`, which `add1` reads "
            "later, at inference",
        ),
    ],
)
class TestFinding:
    def test_says_who_needs_it(self, diagnose: Found, text: str, says: str) -> None:
        (item,) = diagnose(HEAD + text)
        assert item.message == says

    def test_stands_at_the_word(self, diagnose: Found, text: str, says: str) -> None:
        (item,) = diagnose(HEAD + text)
        line = (HEAD + text).splitlines()[item.span.line - 1]
        assert line[item.span.column - 1 : item.span.end_column - 1] == "true"

    def test_its_fix_works(self, diagnose: Found, text: str, says: str) -> None:
        (item,) = diagnose(HEAD + text)
        (fix,) = item.fixes
        assert fix.text == "inplace: false"
        assert diagnose(edited(HEAD + text, fix)) == []

    def test_is_allowed_where_it_says_why(self, diagnose: Found, text: str, says: str) -> None:
        allowed = text.replace(IN_PLACE, IN_PLACE + "    allow: {G003: never trained}\n")
        assert diagnose(HEAD + allowed) == []


@pytest.mark.parametrize("inplace", ["true", "false"])
def test_over_a_value_that_nobody_needs_is_fine(diagnose: Found, inplace: str) -> None:
    assert diagnose(f"{HEAD}{STEM}  - relu: {{inplace: {inplace}}}\n") == []


def test_left_out_it_is_decided_where_it_is_safe(diagnose: Found) -> None:
    assert diagnose(f"{HEAD}{STEM}  - relu\n  - add: [prev, stem]\n") == []


def test_given_by_defaults_is_found_at_the_layer(diagnose: Found) -> None:
    text = f"{HEAD}defaults: {{relu: {{inplace: true}}}}\n{STEM}  - relu\n  - add: [prev, stem]\n"
    (item,) = diagnose(text)
    assert item.span.line == 7
    assert item.fixes == ()


def test_as_norm_or_act_is_found_at_the_layer(diagnose: Found) -> None:
    text = f"{HEAD}defaults: {{relu: {{inplace: true}}}}\nlayers:\n  - conv: {{filters: 3, norm: none, act: relu}}\n"
    assert diagnose(text) == []
    (item,) = diagnose(text.replace("act: relu", "act: tanh") + "  - relu\n")
    assert item.message == "`relu1` overwrites `conv1.tanh`, which `conv1.tanh` keeps for its backward pass"
    assert item.span.line == 6


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("before", ["sigmoid", "tanh", "relu", "softmax", {"elu": {"inplace": True}}])
def test_dropout_in_place_after_what_keeps_its_output(diagnose: Found, mode: str, before: Any) -> None:
    """Both modes are one network, which is trained."""
    for dropout in ("dropout", "dropout2d"):
        text = f"{HEAD}{STEM}  - {json.dumps(before)}\n  - {dropout}: {{inplace: true}}\n"
        (item,) = diagnose(text, mode=mode)
        assert item.code == "G003"
        assert item.message.endswith("keeps for its backward pass")


def test_dropout_in_place_is_not_there_at_inference(diagnose: Found) -> None:
    dropout = "  - dropout: {p: 0.5, inplace: true}\n"
    text = f"{HEAD}{STEM}{dropout}  - add: [prev, stem]\n"
    assert [item.code for item in diagnose(text)] == ["G003"]
    apart = text.replace("  - add", "  - identity:\n    only: training\n  - add")
    assert [item.code for item in diagnose(apart, mode="training")] == ["G003"]
    assert diagnose(apart, mode="inference") == []


@pytest.mark.parametrize(
    "layers",
    [
        # It was read before it was overwritten, and nothing of it is kept.
        "  - sigmoid:\n    from: stem\n    name: gate\n  - relu: {inplace: true}\n    from: stem\n"
        "  - add: [prev, gate]\n",
        # Nothing learns before it: no gradient passes.
        "  - tanh:\n    from: input\n  - relu: {inplace: true}\n  - add: [prev, stem]\n",
        # Other channels of one tensor.
        "  - slice: {stop: 1}\n    name: left\n  - slice: {start: 1}\n    from: stem\n  - relu: {inplace: true}\n"
        "  - concat: [left, prev]\n",
        # Of the second operand no more is read than its size.
        "  - relu: {inplace: true}\n  - zero_pad: 1\n  - crop_to: [prev, stem]\n",
    ],
)
def test_where_nothing_is_lost_nothing_is_found(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + STEM + layers) == []


def test_no_layer_is_compared_with_every_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a chain in place over one tensor each node's operands are asked for a few times, however long it is."""
    asked: list[int] = []
    values = vars(Node)["values_of"].fget

    def counted(node: Node) -> tuple[int, ...]:
        asked.append(node.index)
        operands: tuple[int, ...] = values(node)
        return operands

    monkeypatch.setattr(Node, "values_of", property(counted))
    monkeypatch.setattr(overwriting, "overlap", None)
    chain = "  - dropout: {inplace: true}\n    repeat: 500\n"
    graph = cnncalc.load(f"{HEAD}{STEM}{chain}")
    assert list(OverwrittenValue().check(cnncalc.analyse(graph))) == []
    assert 0 < len(asked) <= 4 * len(graph.nodes)

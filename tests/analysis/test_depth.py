"""The depth of networks: as papers count it, as PyTorch's own graphs have it, and on average under stochastic depth."""

import random
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.depth import Depth, PathLength


def depth(spec: Any, mode: str = "inference") -> Depth:
    known = cnncalc.analyse(cnncalc.load(spec, mode=mode)).depth
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("resnet18", 18), ("resnet34", 34), ("resnet50", 50), ("resnet101", 101), ("resnet152", 152),
        ("resnet110_cifar", 110), ("vgg16", 16), ("vgg19", 19), ("alexnet", 8), ("googlenet", 22),
        ("inception_v3", 48), ("densenet121", 121), ("densenet201", 201),
    ],
)  # fmt: skip
def test_is_the_number_that_papers_give(name: str, layers: int) -> None:
    assert depth(name).longest.layers == layers


def test_of_fractalnet_counts_40_and_5_convolutions() -> None:
    known = depth("fractalnet")
    assert (known.longest, known.shortest) == (PathLength(41, 40), PathLength(6, 5))


def test_of_a_wide_resnet_leaves_out_the_projections_that_its_name_counts() -> None:
    """WRN-28 counts 25 convolutions of the longest path and 3 projections beside it, and no classifier."""
    spec = cnncalc.load("wrn_28_10")
    projections = cnncalc.analyse(spec).totals.weight_layers - 26  # type: ignore[operator]
    assert depth("wrn_28_10").longest == PathLength(26, 25)
    assert 25 + projections == 28


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet50", "googlenet", "densenet121", "squeezenet1_1", "vgg11"]
)
def test_is_that_of_the_graph_of_torchvision(torch: ModuleType, torchvision: ModuleType, name: str) -> None:
    model = getattr(torchvision.models, name)(**({"init_weights": False} if name == "googlenet" else {}))
    traced = torch.fx.symbolic_trace(model.eval())
    modules = dict(traced.named_modules())
    longest: dict[Any, int] = {}
    for node in traced.graph.nodes:
        module = modules.get(node.target) if node.op == "call_module" else None
        here = isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))
        longest[node] = here + max((longest[source] for source in node.all_input_nodes), default=0)
    assert depth(name).longest.layers == max(longest.values())


class TestStochasticDepth:
    def test_leaves_out_bodies_on_average(self) -> None:
        known = depth("resnet110_stochastic_depth", "training")
        assert (known.longest.layers, known.bodies) == (110, 54)
        assert known.bodies_run == Fraction("40.25")
        assert known.expected == 2 + 2 * Fraction("40.25")

    def test_is_not_there_at_inference(self) -> None:
        assert depth("resnet110_stochastic_depth") == Depth(PathLength(110, 109), PathLength(2, 1))

    def test_mean_is_that_of_many_draws(self) -> None:
        """Each block is drawn; the longest path of what is left is counted layer by layer."""
        body: list[Any] = [{"conv": {"filters": 8, "kernel": 3, "padding": 1}}] * 3
        blocks = [
            {"residual": [*body[: 1 + number % 3], {"stochastic_depth": number / 10}]}
            for number in range(1, 7)
        ]
        known = depth({"cnncalc": 1, "input": "8x8x8", "layers": blocks}, "training")
        drawing = random.Random(0)
        lengths = [1 + number % 3 for number in range(1, 7)]
        draws = [
            sum(length for number, length in enumerate(lengths, 1) if drawing.random() >= number / 10)
            for _ in range(20_000)
        ]
        assert known.expected is not None
        assert float(known.expected) == pytest.approx(sum(draws) / len(draws), rel=0.02)
        assert known.expected == sum((1 - Fraction(n, 10)) * length for n, length in enumerate(lengths, 1))

    def test_mean_is_unknown_where_two_branches_vary(self) -> None:
        branch = [{"conv": {"filters": 8, "kernel": 1}}, {"stochastic_depth": 0.5}]
        known = depth({"cnncalc": 1, "input": "8x8x8", "layers": [{"add": [branch, branch]}]}, "training")
        assert known.expected is None
        assert (known.bodies, known.bodies_run) == (2, Fraction(1))


def test_is_unknown_after_an_error() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 99}\n  - conv: 3\n"
    assert cnncalc.analyse(cnncalc.load(text)).depth is None


def test_counts_a_recurrent_layer_as_often_as_it_is_stacked() -> None:
    text = "cnncalc: 1\ninput: 9x4\nlayers:\n  - conv: 4\n  - {lstm: {hidden: 4, layers: 3, bidirectional: true}}\n"
    known = depth(f"{text}  - gru: 4\n  - linear: 2\n")
    assert known.longest == known.shortest == PathLength(6, 1)

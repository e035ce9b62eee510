"""Every rewrite: its networks are whole, and PyTorch computes equal outputs, or outputs of the same shapes."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.render.rewriting import spec_text
from cnncalc.rewrites import RewriteRefused, Rewritten, applied, names, rewrite_type

CONV = {"conv": {"filters": 8, "kernel": 3, "padding": 1}}
HEAD: list[Any] = ["flatten", {"fc": 12}, "relu", {"dropout": 0.5}, {"fc": 5}]


def network(*layers: Any, input: str = "9x11x4", **keys: Any) -> Graph:
    graph = cnncalc.load({"cnncalc": 1, "input": input, **keys, "layers": list(layers)})
    assert graph.ok, graph.diagnostics
    return graph


def rewritten(name: str, graph: Graph, *only: str) -> Rewritten:
    return applied(rewrite_type(name)(), graph, only)


def checked(name: str, graph: Graph, *only: str) -> Any:
    from cnncalc.pytorch.carried import check_rewrite

    result = rewritten(name, graph, *only)
    again = cnncalc.load(spec_text(result.graph, graph))
    assert again.ok, again.diagnostics
    assert [node.shape for node in again.nodes] == [node.shape for node in result.graph.nodes]
    effect = rewrite_type(name).effect
    return check_rewrite(graph, result, name=name, effect=effect, dtype="float64")


NETWORKS: dict[str, dict[str, Graph]] = {
    "fc_to_conv": {
        "a volume that is flattened": network(CONV, "relu", *HEAD),
        "one axis": network({"conv": {"filters": 8, "kernel": 3}}, *HEAD, input="20x3"),
        "three axes": network({"conv": {"filters": 4, "kernel": 3}}, *HEAD, input="6x7x5x2"),
        "a volume of one position": network("global_avgpool", {"fc": 6}, "relu", {"fc": 3}),
        "a global max pooling": network(CONV, "global_maxpool", {"fc": 3}),
        "without bias, with norms": network(
            CONV, "flatten", {"fc": {"units": 7, "bias": False}}, "bn", "relu", {"fc": 3}, "softmax"
        ),
        "layers before the first fc": network(CONV, "flatten", {"dropout": 0.5}, "relu", {"fc": 4}),
        "two outputs": network(
            CONV, {"flatten": None, "name": "f"}, {"fc": 4, "name": "a"}, {"fc": 5, "from": "f", "name": "b"},
            outputs=["a", "b"],
        ),
        "features that are added": network(
            CONV, "flatten", {"fc": 6}, {"add": ["prev", [{"fc": 6}, "relu"]]}, {"fc": 2}
        ),
        "a gate inside the network stays": network(
            {**CONV, "name": "a"},
            {"mul": ["a", ["global_avgpool", {"conv": {"filters": 8, "kernel": 1}}, "sigmoid"]]},
            *HEAD,
        ),
    },
    "fold_norm": {
        "conv": network(CONV, "bn", "relu", {"conv": {"filters": 4, "kernel": 1, "bias": False}}, "bn"),
        "groups, stride, padding": network(
            {"conv": {"filters": 8, "kernel": 3, "groups": 2, "stride": 2, "padding": "same"}}, "bn"
        ),
        "depthwise": network({"depthwise_conv": {"kernel": 3}}, "bn"),
        "transposed": network({"conv_transpose": {"filters": 6, "kernel": 2, "stride": 2}}, "bn"),
        "transposed, with groups": network(
            {"conv_transpose": {"filters": 6, "kernel": 2, "stride": 2, "groups": 2}}, {"bn": {"affine": False}}
        ),
        "fully connected": network("flatten", {"fc": 5}, "bn", "relu", {"fc": 3}),
        "a norm without scale": network(CONV, {"bn": {"affine": False}}),
        "a norm without shift": network(CONV, {"bn": {"bias": False}}),
        "norms without scale or shift after fc": network(
            "flatten", {"fc": 5}, {"bn": {"affine": False}}, {"fc": 3}, {"bn": {"bias": False}}
        ),
        "one axis": network({"conv": {"filters": 4, "kernel": 3}}, "bn", input="20x3"),
        "three axes": network({"conv": {"filters": 4, "kernel": 3}}, "bn", input="6x7x5x2"),
        "several readers of the norm": network(CONV, {"bn": None, "name": "n"}, {"add": ["n", ["relu"]]}),
    },
    "stack_to_3x3": {
        "5x5": network({"conv": {"filters": 8, "kernel": 5}}, "relu"),
        "7x7 with stride and padding": network(
            {"conv": {"filters": 8, "kernel": 7, "stride": 2, "padding": 3}}, input="33x33x3"
        ),
        "padding for one layer": network({"conv": {"filters": 8, "kernel": 7, "padding": 1}}),
        "much padding": network({"conv": {"filters": 4, "kernel": 5, "padding": 4}}),
        "one-sided padding": network({"conv": {"filters": 4, "kernel": 5, "stride": 2, "padding": "same"}}),
        "7x1": network({"conv": {"filters": 8, "kernel": [7, 1], "padding": [3, 0]}}),
        "dilation and groups": network({"conv": {"filters": 8, "kernel": 5, "dilation": 2, "groups": 2}}),
        "one axis": network({"conv": {"filters": 8, "kernel": 9}}, input="30x3"),
        "three axes": network({"conv": {"filters": 4, "kernel": 5}}, input="8x7x6x2"),
    },
    "bottleneck": {
        "3x3": network(CONV, "relu", CONV),
        "with stride and a norm": network(
            CONV, {"conv": {"filters": 8, "kernel": 3, "stride": 2, "padding": 1}}, "bn", input="8x9x4"
        ),
        "one axis": network({"conv": {"filters": 6, "kernel": 3}}, input="20x8"),
    },
    "gap_head": {
        "two fc layers": network(CONV, *HEAD),
        "one fc layer": network(CONV, "flatten", {"fc": 5}, "softmax"),
        "tokens": network({"patch_embed": {"filters": 8, "patch": 3}}, "class_token", {"select_token": 0}, {"fc": 3},
                          input="9x9x3"),
    },
}  # fmt: skip
CASES = [
    pytest.param(name, graph, id=f"{name}-{case}")
    for name, cases in NETWORKS.items()
    for case, graph in cases.items()
]


def test_every_rewrite_has_networks() -> None:
    assert NETWORKS.keys() == set(names())


@pytest.mark.parametrize(("name", "graph"), CASES)
def test_outputs_are_as_the_rewrite_says(torch: ModuleType, name: str, graph: Graph) -> None:
    check = checked(name, graph)
    assert check.ok, check.outputs
    assert all((pair.difference is None) == (check.effect == "same shapes") for pair in check.outputs)


def test_a_wrong_weight_is_seen(torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.pytorch import carried

    monkeypatch.setattr(carried, "carry", lambda *_: None)
    assert not checked("fc_to_conv", network(CONV, *HEAD)).ok


@pytest.mark.parametrize("name", ["alexnet", "lenet5", "resnet18", "googlenet", "densenet121"])
def test_shipped_classifiers_become_convolutions(name: str) -> None:
    graph = cnncalc.load(name)
    result = rewritten("fc_to_conv", graph)
    before, after = cnncalc.analyse(graph).totals, cnncalc.analyse(result.graph).totals
    assert (before.params, before.macs) == (after.params, after.macs)
    assert not any(node.kind == "fc" for node in result.graph.layers)


class TestFigures:
    def test_three_3x3_have_27_for_49(self) -> None:
        graph = network({"conv": {"filters": 16, "kernel": 7, "padding": 3, "bias": False}}, input="9x9x16")
        result = rewritten("stack_to_3x3", graph)
        assert cnncalc.analyse(graph).totals.weights == 49 * 16**2
        assert cnncalc.analyse(result.graph).totals.weights == 27 * 16**2

    def test_a_bottleneck_has_3_25_for_9(self) -> None:
        graph = network({"conv": {"filters": 16, "kernel": 3, "padding": 1}}, input="9x9x16")
        assert cnncalc.analyse(graph).totals.weights == 9 * 16**2
        assert cnncalc.analyse(rewritten("bottleneck", graph).graph).totals.weights == 3.25 * 16**2

    def test_padding_of_a_stack_adds_up(self) -> None:
        graph = network({"conv": {"filters": 4, "kernel": 9, "padding": 3}}, input="20x20x3")
        convs: list[Any] = [
            node.fit for node in rewritten("stack_to_3x3", graph).graph.layers if node.kind == "conv"
        ]
        assert [bound.layer.padding for bound in convs] == [0, 1, 1, 1]


class TestOnly:
    def test_named_layers_are_changed(self) -> None:
        graph = network({**CONV, "name": "a"}, {**CONV, "name": "b"})
        assert [line.split(":")[0] for line in rewritten("bottleneck", graph, "b").changes] == ["b"]

    def test_a_layer_that_can_not_be_is_refused(self) -> None:
        with pytest.raises(RewriteRefused, match="no 3x3 convolution"):
            rewritten("bottleneck", network({"conv": {"filters": 8, "kernel": 5}, "name": "a"}), "a")


@pytest.mark.parametrize(
    ("name", "graph", "reason"),
    [
        ("fc_to_conv", network(CONV), "has no fc layer"),
        ("fc_to_conv", network(CONV, "flatten", "bn", {"fc": 3}), "reads features"),
        (
            "fc_to_conv",
            network(
                {"patch_embed": {"filters": 8, "patch": 3}}, {"select_token": 0}, {"fc": 3}, input="9x9x3"
            ),
            "no flattened or pooled volume",
        ),
        ("fold_norm", network(CONV, "relu", "bn"), "as its only reader"),
        ("fold_norm", network({**CONV, "name": "a"}, "bn", {"add": ["prev", "a"]}), "as its only reader"),
        ("fold_norm", network(CONV, {"bn": {"track": False}}), "as its only reader"),
        ("gap_head", network(CONV, "global_avgpool", {"fc": 3}), "no flatten"),
        ("gap_head", network(CONV), "has no fc layer"),
        (
            "gap_head",
            network(CONV, "flatten", {"fc": 4, "name": "a"}, {"fc": 3}, outputs=["a", "fc1"]),
            "others than the last fc read it",
        ),
        ("stack_to_3x3", network(CONV), "no convolution has an odd kernel"),
        ("stack_to_3x3", network({"conv": {"filters": 3, "kernel": 6}}), "no convolution has an odd kernel"),
        ("bottleneck", network({"conv": {"filters": 7, "kernel": 3}}), "no 3x3 convolution"),
    ],
)
def test_refuses_what_it_can_not_change(name: str, graph: Graph, reason: str) -> None:
    with pytest.raises(RewriteRefused, match=reason):
        rewritten(name, graph)


def test_a_norm_is_not_folded_in_training() -> None:
    spec = {"cnncalc": 1, "input": "9x9x4", "layers": [CONV, "bn"]}
    with pytest.raises(RewriteRefused, match="at inference only"):
        rewritten("fold_norm", cnncalc.load(spec, mode="training"))


def test_a_network_with_errors_is_refused() -> None:
    with pytest.raises(RewriteRefused, match="has errors"):
        rewritten("fc_to_conv", cnncalc.load("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {kernel: 3}\n"))

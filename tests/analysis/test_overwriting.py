"""A layer in place is refused exactly where PyTorch stops, or where somebody reads what was written over."""

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis.overwriting import Overwriting
from cnncalc.graph import Graph
from cnncalc.layers import layer_type, names, stated
from cnncalc.vocabulary.region import Region, overlap
from tests._depth import cases

CASES = cases(10, 150, of=10)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

ACTIVATIONS = [
    name
    for name in names()
    if layer_type(name).family == "activation"
    and layer_type(name).arity == 1
    and name not in ("glu", "maxout")
]
IN_PLACE = [name for name in names() if "inplace" in stated(layer_type(name))]
# Layers that give a view of their input, at inference at least; and layers of all other kinds.
VIEWS: list[Any] = [
    "identity", "flatten", {"slice": {"stop": 2}}, {"slice": {"start": 2}}, {"slice": {"start": 1, "step": 2}},
    {"slice": {"axis": "width", "start": 1}}, {"crop": {"sides": 1}}, {"chunk": {"of": 2, "index": 0}},
    {"chunk": {"of": 2, "index": 1}}, {"reshape": {"channels": "$in.channels", "length": "$in.height * $in.width"}},
    {"select_token": 1}, {"dropout": 0.0}, {"dropout": 0.5}, {"stochastic_depth": 0.4}, {"stochastic_depth": 0.0},
]  # fmt: skip
OTHERS: list[Any] = [
    {"conv": {"filters": 4, "kernel": 3, "padding": 1}}, {"conv": 4}, {"linear": 4}, {"fc": 4}, {"lrn": 3},
    {"conv_transpose": {"filters": 4, "kernel": 3, "padding": "same"}}, {"lppool": {"kernel": 2, "stride": 1}},
    {"maxpool": {"kernel": 3, "stride": 1, "padding": 1}}, {"avgpool": {"kernel": 3, "stride": 1, "padding": 1}},
    "bn", "ln", "ln2d", {"gn": 2}, "instance_norm", "l2_norm", "scale", "layer_scale", "softmax", {"upsample": 2},
    {"zero_pad": 1}, {"self_attention": 2}, "position_embedding", "class_token", {"channel_shuffle": 2},
    "global_avgpool", {"pixel_unshuffle": 2}, {"permute": ["width", "height", "channels"]}, {"maxout": 2}, "glu",
    "mean", "patch_merging", {"window_attention": {"heads": 2, "window": 2}},
    {"patch_embed": {"filters": 4, "patch": 2}},
]  # fmt: skip
# What PyTorch says of a value that was written over, and of a view that may not be.
REFUSALS = ("modified by an inplace operation", "is being modified inplace", "has been modified inplace")


def test_there_are_layers_that_work_in_place() -> None:
    assert {"relu", "elu", "silu", "dropout", "dropout2d"} <= set(IN_PLACE)


def in_place() -> st.SearchStrategy[Any]:
    """A layer that is asked to write over its input."""
    return st.sampled_from(IN_PLACE).map(lambda name: {name: {"inplace": True}})


def quiet() -> st.SearchStrategy[Any]:
    """A layer with a tensor of its own, or a view: of every kind that keeps something, or nothing."""
    return st.one_of(*map(st.sampled_from, (ACTIVATIONS, ACTIVATIONS, VIEWS, VIEWS, OTHERS)))


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A network in which layers in place follow layers of all kinds, on branches that read each other's values."""
    count = draw(st.integers(2, 9))
    items: list[Any] = (
        [] if draw(st.integers(0, 5)) == 0 else [{"conv": {"filters": 4, "kernel": 3}, "name": "n0"}]
    )
    network, asked = "", False
    for index in range(1, count + 1):
        before = [item["name"] for item in items]
        kind = draw(st.sampled_from(("in place", "in place", "quiet", "quiet", "merge", "crop_to")))
        if kind in ("merge", "crop_to") and before:
            source = st.sampled_from(before)
            merge = kind if kind == "crop_to" else draw(st.sampled_from(("add", "mul", "concat")))
            new: Any = {merge: [draw(source), draw(source)]}
        else:
            layer = draw(in_place() if kind == "in place" else quiet())
            new = {layer: None} if isinstance(layer, str) else dict(layer)
            if before and draw(st.integers(0, 2)) == 0:
                new["from"] = draw(st.sampled_from(before))
        tried = [*items, {**new, "name": f"n{index}"}]
        outputs = [f"n{index}"]
        if before and draw(st.integers(0, 4)) == 0:
            outputs.append(draw(st.sampled_from(before)))
        text = json.dumps({"cnncalc": 1, "input": "6x6x4", "outputs": outputs, "layers": tried}, indent=1)
        graph = cnncalc.load(text, mode="training")
        if graph.ok:
            items, network = tried, text
            asked = asked or kind == "in place"
    assume(asked)
    return network


def said(graph: Graph) -> dict[str, list[str]]:
    """What is said of the layers that are asked to work in place, in training and at inference."""
    by_mode: dict[str, list[str]] = {}
    for mode, training in (("training", True), ("inference", False)):
        overwriting = Overwriting(graph, training=training)
        asked = [
            node for node in graph.layers if node.fit and getattr(node.fit.layer, "inplace", None) is True
        ]
        losses = [(node.name, overwriting.loss(node)) for node in asked]
        by_mode[mode] = [
            f"{name} {reason}" for name, reason in losses if reason and "input of the network" not in reason
        ]
    return by_mode


def stops(torch: ModuleType, graph: Graph) -> bool:
    """Whether a step of training stops in PyTorch because of a layer in place."""
    from cnncalc.pytorch import build

    model = build(graph, seed=0).train()
    try:
        outputs = model(torch.randn(2, *graph.nodes[0].shape.torch))  # type: ignore[union-attr]
        outputs = [
            tensor
            for tensor in (outputs if isinstance(outputs, tuple) else (outputs,))
            if tensor.requires_grad
        ]
        if outputs:
            sum(tensor.sum() for tensor in outputs).backward()
    except RuntimeError as error:
        if not any(words in str(error) for words in REFUSALS):
            raise
        return True
    return False


def misread(torch: ModuleType, graph: Graph, *, training: bool) -> list[str]:
    """The layers that read, of what lies in memory, something else than the layer before them gave; outputs too.

    The same model runs twice side by side, once with every value in memory of its own. What is written in place is
    changed by a number more, in both: a layer like relu may leave values as they were.
    """
    from cnncalc.pytorch import build

    mode = "training" if training else "inference"
    model = build(graph._replace(mode=mode), seed=0).train(training).double()

    class Twice(torch.fx.Interpreter):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__(model)
            self.apart: dict[Any, Any] = {}
            self.found: list[str] = []
            self.numbers = {node: number for number, node in enumerate(model.graph.nodes)}

        def called(self, node: Any, values: list[Any]) -> Any:
            torch.manual_seed(0)
            version = values[0]._version
            others = iter(values)
            args = torch.fx.map_arg(node.args, lambda _: next(others))
            result = getattr(self, node.op)(node.target, args, node.kwargs)
            if result is values[0] and result._version > version:
                # Another number for each layer: where all values are at a bound, as after two hardtanh, one and the
                # same would hide that the second has written over the first.
                result.add_(1 + self.numbers[node] / 16)
            return result

        def run_node(self, node: Any) -> Any:
            if node.op == "placeholder":
                value = super().run_node(node)
                self.apart[node] = value.clone()
                return value
            sources = list(node.all_input_nodes) if node.op == "output" else flat(node.args)
            actual, apart = (
                [self.env[tensor] for tensor in sources],
                [self.apart[tensor] for tensor in sources],
            )
            equal = [
                torch.allclose(a, b, atol=1e-6, equal_nan=True) for a, b in zip(actual, apart, strict=True)
            ]
            if node.op == "output":
                self.found += [] if all(equal) else ["the outputs"]
                return super().run_node(node)
            self.apart[node] = self.called(node, [tensor.clone() for tensor in apart])
            version = actual[0]._version
            result = self.called(node, actual)
            view = result.untyped_storage()._cdata == actual[0].untyped_storage()._cdata
            read = (
                equal[:1]
                if type(model.get_submodule(str(node.target)) if node.op == "call_module" else None).__name__
                == "CropTo"
                else equal
            )
            if not all(read) and not (view and result._version == version):
                self.found.append(node.name)
            return result

    twice = Twice()
    with torch.no_grad():
        twice.run(torch.randn(2, *graph.nodes[0].shape.torch, dtype=torch.float64))  # type: ignore[union-attr]
    return twice.found


def flat(args: Any) -> list[Any]:
    """The nodes among arguments, in order, each as often as it is there."""
    if isinstance(args, tuple | list):
        return [tensor for item in args for tensor in flat(item)]
    return [args] if hasattr(args, "op") else []


@pytest.mark.fuzz
@pytest.mark.usefixtures("one_thread")
@given(text=networks())
@settings(max_examples=CASES, suppress_health_check=[*LAX, HealthCheck.function_scoped_fixture])
def test_what_is_said_is_what_pytorch_does(torch: ModuleType, text: str) -> None:
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(text, mode="training")
    assume(not faults(graph))
    losses = said(graph)
    # What is said of the network's input is not PyTorch's to refuse.
    overwritten = any(
        loss is not None and "input of the network" in loss
        for training in (True, False)
        for overwriting in [Overwriting(graph, training=training)]
        for loss in map(overwriting.loss, graph.layers)
    )
    refused, lost = stops(torch, graph), misread(torch, graph, training=True)
    event("refused" if refused else "misread" if lost else "fine")
    if not overwritten:
        assert bool(losses["training"]) == (refused or bool(lost)), (losses, refused, lost)
        assert bool(losses["inference"]) == bool(misread(torch, graph, training=False)), losses
    else:
        assert not refused or losses["training"]


@pytest.mark.parametrize(("index", "lost"), [(0, True), (1, False)])
def test_views_made_at_once_after_the_write_lose_only_what_it_overwrote(
    torch: ModuleType, index: int, lost: bool
) -> None:
    layers = [
        {"conv": {"filters": 4, "kernel": 3}, "name": "a"},
        {"slice": {"stop": 2}},
        {"dropout": {"inplace": True}},
        {"chunk": {"of": 2, "index": index}, "from": "a"},
    ]
    graph = cnncalc.load({"cnncalc": 1, "input": "6x6x4", "layers": layers}, mode="training")
    assert bool(said(graph)["training"]) == bool(misread(torch, graph, training=True)) == lost
    assert not stops(torch, graph)


@pytest.mark.parametrize("index", [0, 1])
def test_views_made_at_once_before_the_write_are_refused(torch: ModuleType, index: int) -> None:
    layers = [
        {"conv": {"filters": 4, "kernel": 3}, "name": "a"},
        {"chunk": {"of": 2, "index": index}, "name": "b"},
        {"slice": {"stop": 2}, "from": "a"},
        {"dropout": {"inplace": True}},
        {"relu": None, "from": "b"},
    ]
    graph = cnncalc.load({"cnncalc": 1, "input": "6x6x4", "layers": layers}, mode="training")
    assert said(graph)["training"]
    assert stops(torch, graph)


def test_a_bound_that_is_reached_twice_hides_no_overwriting(torch: ModuleType) -> None:
    layers = [
        {"conv": {"filters": 4, "kernel": 3}},
        {"silu": {"inplace": True}},
        "elu",
        {"hardtanh": {"inplace": True}, "name": "a"},
        {"hardtanh": {"inplace": True}},
        {"elu": None, "name": "b"},
    ]
    graph = cnncalc.load(
        {"cnncalc": 1, "input": "6x6x4", "outputs": ["b", "a"], "layers": layers}, mode="training"
    )
    assert said(graph)["inference"]
    assert misread(torch, graph, training=False)


RANGES = st.builds(range, st.integers(0, 6), st.integers(0, 20), st.integers(1, 5))


@given(ones=st.lists(RANGES, min_size=1, max_size=3), data=st.data())
def test_regions_overlap_where_they_have_a_place_in_common(ones: list[range], data: st.DataObject) -> None:
    others = [data.draw(RANGES) for _ in ones]
    common = all(set(first) & set(other) for first, other in zip(ones, others, strict=True))
    assert overlap(Region(tuple(ones)), Region(tuple(others))) == common
    assert overlap(None, Region(tuple(others)))

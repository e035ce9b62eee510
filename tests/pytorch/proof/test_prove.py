"""A spec is proven to be its source's network; whatever differs is found, and a proof can fail."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn

import cnncalc
from cnncalc.importers import Draft, DraftNode, Taken, document
from cnncalc.pytorch.proof import Proof
from cnncalc.pytorch.proof.prove import AnotherNetwork, prove
from cnncalc.shape import Shape
from tests.pytorch.proof._networks import NORM, RESIDUAL, Residual, changed, on, weights


def proof_of(draft: Draft, module: type[nn.Module] = Residual, mode: str = "inference") -> Proof:
    return prove(draft, cnncalc.load(document(draft), mode=mode), partial(on, module))


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_equal_networks_are_proven(mode: str) -> None:
    proof = proof_of(RESIDUAL, mode=mode)
    assert proof.verdict == "proven"
    assert proof.identical
    assert proof.summary == "proven: outputs are equal, bit by bit"
    assert [(figure.what, figure.predicted, figure.actual) for figure in proof.figures] == [
        ("parameters", 581, 581),
        ("buffers", 17, 17),
        ("MACs", 50_728, 50_728),
    ]


def test_a_spec_in_other_words_is_proven() -> None:
    text = """
cnncalc: 1
input: 8x8x3
outputs: [sum, end]
defaults: {conv: {kernel: 3, padding: half}}
layers:
  - conv: {filters: 8, norm: bn, act: relu}
  - residual:
      - conv: {filters: 8, groups: 2, act: relu}
        name: a
      - conv: {filters: 8, groups: 2}
        share: a
      - layer_scale
    name: sum
  - mean
  - fc: 5
    name: end
"""
    graph = cnncalc.load(text)
    assert graph.ok, graph.diagnostics
    assert prove(RESIDUAL, graph, partial(on, Residual)).verdict == "proven"


WRONG = {
    "an activation": changed(RESIDUAL, "relu2", type="elu"),
    "an operand": changed(RESIDUAL, "z", sources=("gamma", "bn")),
    "what a convolution reads": changed(RESIDUAL, "again", sources=("relu1",)),
    "the eps of a norm": changed(RESIDUAL, "bn", fields={"eps": 1e-6}),
    "the order of outputs' layers": changed(RESIDUAL, "pooled", type="global_maxpool"),
    "mean and variance exchanged": changed(
        RESIDUAL,
        "bn",
        weights={
            **weights("bn", *NORM),
            "running_mean": Taken("bn.running_var"),
            "running_var": Taken("bn.running_mean"),
        },
    ),
    "weight and bias exchanged": changed(
        RESIDUAL,
        "bn",
        weights={**weights("bn", *NORM), "weight": Taken("bn.bias"), "bias": Taken("bn.weight")},
    ),
    "weights that are not shared": changed(RESIDUAL, "again", shares=None),
    "a dilation": changed(RESIDUAL, "shared", fields={"dilation": 2, "padding": 2}),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_draft_that_is_wrong_is_found(what: str) -> None:
    proof = proof_of(WRONG[what])
    assert proof.verdict == "differs"
    assert not proof.ok
    assert proof.summary.startswith("not the same: ")


def test_the_first_layer_that_differs_is_named() -> None:
    summary = proof_of(changed(RESIDUAL, "relu2", type="elu")).summary
    assert summary.endswith(
        "outputs are equal up to `shared`; the first that differs is that of `again` (conv, `shared` in the source)"
    )


class Twice(nn.Module):
    """Two convolutions that are alike."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.second(self.first(x).relu())
        return y


TWICE = Draft(
    "twice",
    {"input": Shape(4, (6, 6))},
    [
        DraftNode(
            "a",
            "conv",
            {"filters": 4, "kernel": 3, "padding": 1},
            ("input",),
            weights=weights("first", "weight", "bias"),
        ),
        DraftNode("b", "relu", {}, ("a",)),
        DraftNode(
            "c",
            "conv",
            {"filters": 4, "kernel": 3, "padding": 1},
            ("b",),
            weights=weights("second", "weight", "bias"),
        ),
    ],
    ("c",),
)


def test_weights_of_another_layer_of_the_same_size_are_found() -> None:
    assert proof_of(TWICE, Twice).identical
    exchanged = changed(TWICE, "a", weights=weights("second", "weight", "bias"))
    exchanged = changed(exchanged, "c", weights=weights("first", "weight", "bias"))
    proof = proof_of(exchanged, Twice)
    assert proof.verdict == "differs"
    assert not proof.differing


class Vanishing(Twice):
    """Initial values that leave next to nothing of the image."""

    def __init__(self) -> None:
        super().__init__()
        with torch.no_grad():
            self.first.weight.mul_(1e-6)
            self.second.weight.mul_(1e-6)


def test_values_that_vanish_do_not_hide_a_difference() -> None:
    assert proof_of(TWICE, Vanishing).verdict == "proven"
    assert proof_of(changed(TWICE, "b", type="elu"), Vanishing).verdict == "differs"


class Constant(nn.Module):
    """The same output for all images."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.first(x) * 0
        return y


def test_an_output_that_does_not_depend_on_the_image_proves_nothing() -> None:
    draft = Draft(
        "constant",
        {"input": Shape(4, (6, 6))},
        [
            DraftNode(
                "first", "conv", {"filters": 4}, ("input",), weights=weights("first", "weight", "bias")
            ),
            DraftNode("zero", "scale", {"factor": 0}, ("first",)),
        ],
        ("zero",),
    )
    proof = proof_of(draft, Constant)
    assert proof.verdict == "unproven"
    assert proof.summary == "not proven: the outputs of the source hardly depend on its input"


def test_another_network_is_not_run() -> None:
    other = cnncalc.load(document(changed(RESIDUAL, "stem", fields={"filters": 16})))
    with pytest.raises(AnotherNetwork):
        prove(RESIDUAL, other, partial(on, Residual))


def test_what_does_not_fit_in_memory_is_counted_without_memory() -> None:
    devices = []

    def make(device: str) -> nn.Module:
        devices.append(device)
        return on(Residual, device)

    proof = prove(RESIDUAL, cnncalc.load(document(RESIDUAL)), make, limit_bytes=1000)
    assert devices == ["meta"]
    assert proof.verdict == "unproven"
    assert "a run needs about" in proof.summary
    assert all(figure.ok for figure in proof.figures)


def test_unknown_operations_are_named_and_the_rest_is_counted() -> None:
    unknown = changed(
        RESIDUAL,
        "relu2",
        type="unknown",
        fields={"op": "wavelet", "shape": {"channels": 8, "height": 8, "width": 8}},
    )
    proof = proof_of(unknown)
    assert proof.verdict == "unproven"
    assert proof.summary == "not proven: 1 operation is unknown: `wavelet`"


def test_a_weight_without_a_source_is_no_proof() -> None:
    proof = proof_of(changed(RESIDUAL, "head", weights=weights("head", "weight")))
    assert proof.summary == "not proven: no tensor of the source is `bias` of `head`"
    proof = proof_of(changed(RESIDUAL, "head", weights=weights("tail", "weight", "bias")))
    assert proof.summary == "not proven: the source has no tensor 'tail.weight'"


class Other(nn.Module):
    """Channels last, a matrix that is transposed, buffers of no layer, parameters that nothing reads, a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(4, 6))
        self.pieces = nn.ParameterList([torch.randn(2, 4, 1, 1), torch.randn(2, 4, 1, 1)])
        self.register_buffer("grid", torch.arange(10))
        self.spare = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = nn.functional.conv2d(x, torch.cat([*self.pieces]))
        return {"out": x.permute(0, 2, 3, 1) @ self.matrix}


OTHER = Draft(
    "other",
    {"input": Shape(4, (5, 7))},
    [
        DraftNode(
            "joined",
            "conv",
            {"filters": 4, "bias": False},
            ("input",),
            weights={"weight": Taken("pieces.0 + pieces.1")},
        ),
        DraftNode(
            "matrix",
            "linear",
            {"units": 6, "bias": False},
            ("joined",),
            weights={"weight": Taken("matrix", change="transpose")},
        ),
    ],
    ("matrix",),
    unused={"spare.weight": 4, "spare.bias": 2},
)


def test_tensors_are_changed_and_channels_last_is_known() -> None:
    proof = proof_of(OTHER, Other)
    assert proof.verdict == "proven", proof
    assert proof.notes == (
        "6 parameters are not read in this mode: `spare.bias`, `spare.weight`",
        "10 values in buffers are of no layer: `grid`",
    )


def test_a_change_that_is_not_known_is_no_proof() -> None:
    proof = proof_of(changed(OTHER, "matrix", weights={"weight": Taken("matrix", change="rotate 3")}), Other)
    assert proof.summary == "not proven: `rotate 3` is no change of a tensor that is known"


class Dropping(nn.Module):
    """Chance in training: a dropout by function, one by module."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.drop = nn.Conv2d(4, 4, 1), nn.Dropout2d(0.5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.first(x))
        return nn.functional.dropout(x, 0.5, self.training)


def test_chance_is_left_out_in_training() -> None:
    draft = Draft(
        "dropping",
        {"input": Shape(4, (6, 6))},
        [
            DraftNode(
                "first", "conv", {"filters": 4}, ("input",), weights=weights("first", "weight", "bias")
            ),
            DraftNode("drop", "dropout2d", {"p": 0.5}, ("first",)),
            DraftNode("again", "dropout", {"p": 0.5}, ("drop",)),
        ],
        ("again",),
    )
    assert proof_of(draft, Dropping, mode="training").identical

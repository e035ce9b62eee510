"""Parameters of operations without a layer: each tensor is counted once, and nothing that may be no parameter."""

from types import ModuleType
from typing import Any

import pytest

from cnncalc.analysis import Analysis
from tests.importers.onnx._carried import draft_of, exported, graph_of, outputs

onnx = pytest.importorskip("onnx")

KIND = "pkg.torch.export.graph_signature.InputSpec.kind"
IMAGE = [1, 4, 6, 6]


def node(op: str, reads: str, gives: str, **attributes: Any) -> Any:
    own = op[0].islower()
    return onnx.helper.make_node(
        op, reads.split(), [gives], domain="com.acme" if own else "", name=gives, **attributes
    )


def model(
    nodes: list[Any], tensors: dict[str, Any], stored: dict[str, str] | None = None, producer: str = "pytorch"
) -> bytes:
    """A model from `x` to `y`, all images. `stored` are the notes of PyTorch's newer exporter."""
    values = onnx.helper.make_tensor_value_info
    notes = []
    for name, kind in (stored or {}).items():
        info = values(name, 1, tensors[name].shape)
        info.metadata_props.add(key=KIND, value=kind)
        notes.append(info)
    images = [values(item.output[0], 1, IMAGE) for item in nodes if item.output[0] != "y"]
    graph = onnx.helper.make_graph(
        nodes,
        "net",
        [values("x", 1, IMAGE)],
        [values("y", 1, IMAGE)],
        [onnx.numpy_helper.from_array(tensor, name) for name, tensor in tensors.items()],
        value_info=[*images, *notes],
    )
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("com.acme", 1)]
    proto = onnx.helper.make_model(graph, opset_imports=opsets, producer_name=producer)
    content: bytes = proto.SerializeToString()
    return content


def array(*sizes: int, kind: str = "f4") -> Any:
    import numpy

    return numpy.arange(1, 1 + numpy.prod(sizes)).astype(kind).reshape(sizes)


def params(content: bytes) -> tuple[int | None, int | None]:
    """The parameters of a model: exactly, or at least."""
    totals = Analysis(graph_of(draft_of(content))).totals
    return totals.params, totals.inexact["params"].at_least if "params" in totals.inexact else totals.params


READERS = {
    "an unknown one twice": [node("warp", "x w w", "y")],
    "two unknown ones": [node("warp", "x w", "a"), node("bend", "a w", "y")],
    "two unknown ones in a row of copies": [
        node("Identity", "w", "v"),
        node("warp", "x w", "a"),
        node("bend", "a v", "y"),
    ],
    "a layer after them": [node("warp", "x w", "a"), node("bend", "a w", "b"), node("Conv", "b w", "y")],
    "a layer before them": [node("Conv", "x w", "a"), node("warp", "a w", "b"), node("bend", "b w", "y")],
    "a layer between them": [node("warp", "x w", "a"), node("Conv", "a w", "b"), node("bend", "b w", "y")],
    "two layers that differ": [
        node("Conv", "x w", "a"),
        node("Conv", "a w", "b", pads=[1, 1, 1, 1]),
        node("Conv", "b w", "c", pads=[0, 0, 0, 0]),
        node("AveragePool", "c", "y", kernel_shape=[3, 3]),
    ],
    "a layer with its transposed filters": [node("Conv", "x w", "a"), node("ConvTranspose", "a w", "y")],
    "two layers and an unknown one": [
        node("Conv", "x w", "a"),
        node("warp", "a w", "b"),
        node("Conv", "b w", "y"),
    ],
}


@pytest.mark.parametrize("case", READERS)
@pytest.mark.parametrize("stored", [{}, {"w": "PARAMETER"}], ids=["plain", "noted"])
def test_a_tensor_of_several_readers_is_counted_once(case: str, stored: dict[str, str]) -> None:
    exact, least = params(model(READERS[case], {"w": array(4, 4, 1, 1)}, stored))
    is_known = bool(stored) or any(item.op_type == "Conv" for item in READERS[case])
    assert least == (16 if is_known else 0)
    assert exact == (16 if is_known else None)


@pytest.mark.parametrize(
    ("nodes", "sizes"),
    [
        ([node("MatMul", "x w", "a"), node("Mul", "a w", "y")], (6, 6)),
        ([node("Add", "x w", "a"), node("Mul", "a w", "y")], (1, 4, 6, 6)),
        ([node("Add", "x w", "a"), node("Concat", "a w", "y", axis=1)], (1, 4, 6, 6)),
    ],
    ids=["matrix", "operands", "concat"],
)
def test_a_weight_that_is_also_an_operand_is_counted_once(nodes: list[Any], sizes: tuple[int, ...]) -> None:
    tensor = array(*sizes)
    assert params(model(nodes, {"w": tensor})) == (tensor.size, tensor.size)


def test_biases_that_differ_are_counted_with_their_shared_filters() -> None:
    nodes = [node("Conv", "x w b", "a"), node("Conv", "a w c", "y")]
    tensors = {"w": array(4, 4, 1, 1), "b": array(4), "c": array(4) + 1}
    assert params(model(nodes, tensors)) == (24, 24)


def test_a_buffer_is_no_parameter() -> None:
    tensors = {"w": array(4), "b": array(5)}
    content = model([node("warp", "x w b", "y")], tensors, {"w": "PARAMETER", "b": "BUFFER"})
    assert params(content) == (4, 4)
    (unknown,) = draft_of(content).unknown
    assert unknown.fields["buffers"] == 5


@pytest.mark.parametrize("kind", ["i8", "i4", "u1", "?"])
@pytest.mark.parametrize("producer", ["pytorch", "tf2onnx"])
def test_integers_are_no_parameters(kind: str, producer: str) -> None:
    content = model([node("warp", "x index", "y")], {"index": array(49, 49, kind=kind)}, producer=producer)
    assert params(content) == (0, 0)
    (unknown,) = draft_of(content).unknown
    assert "buffers" not in unknown.fields


@pytest.mark.parametrize(
    ("name", "stored"), [("onnx::Add_12", {}), ("val_3", {}), ("exp", {"w": "PARAMETER"})]
)
@pytest.mark.parametrize("op", ["warp", "Add"])
def test_what_an_exporter_computed_has_an_unknown_number_of_parameters(
    name: str, stored: dict[str, str], op: str
) -> None:
    nodes = [node("Conv", "x w", "a"), node(op, f"a {name}", "y")]
    content = model(nodes, {"w": array(4, 4, 1, 1), name: array(1, 4, 6, 6)}, stored)
    assert params(content) == (None, 16)


def test_the_statistics_of_a_norm_without_a_layer_are_buffers() -> None:
    tensors = {name: array(6) for name in ("g", "b", "m", "v")}
    nodes = [
        node("Transpose", "x", "u", perm=[0, 2, 1, 3]),
        node("BatchNormalization", "u g b m v", "n"),
        node("Transpose", "n", "y", perm=[0, 2, 1, 3]),
    ]
    assert params(model(nodes, tensors))[1] == 12


def test_parameters_of_a_networks_own_function_are_never_too_many(torch: ModuleType) -> None:
    class Shared(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.randn(6, 6))
            self.register_buffer("table", torch.randn(6, 6))
            self.register_buffer("index", torch.arange(36).reshape(6, 6) % 6)

        def forward(self, x: Any) -> Any:
            x = torch.cumsum(x * torch.exp(self.weight)[self.index[0]], 3) + torch.exp(self.table)
            return torch.cumsum(x * self.weight, 2)

    module = Shared()
    for dynamo in (False, True):
        exact, least = params(exported(torch, module, torch.zeros(IMAGE), dynamo=dynamo))
        assert least is not None
        assert least <= 36
        assert exact in (None, 36)


@pytest.mark.parametrize(
    ("equation", "second", "types"),
    [
        ("bik,bkj->bij", (1, 4, 5), ["matmul"]),
        ("b i k, b j k -> b i j", (1, 5, 4), ["matmul"]),
        ("bik,kj->bij", None, ["linear"]),
        ("bik,jk->bij", None, ["linear"]),
        ("bik,bkj->bji", (1, 4, 5), ["unknown"]),
        ("bik,bik->bi", (1, 6, 4), ["unknown"]),
        ("...ik,...kj->...ij", (1, 4, 5), ["unknown"]),
    ],
)
def test_an_equation_is_a_product_of_matrices(
    equation: str, second: tuple[int, ...] | None, types: list[str], torch: ModuleType
) -> None:
    import numpy

    values = onnx.helper.make_tensor_value_info
    weights = {"r": numpy.random.default_rng(0).random((4, 5) if "kj" in equation else (5, 4), "f4")}
    inputs = [values("x", 1, [1, 6, 4]), *([values("r", 1, second)] if second else [])]
    rows = onnx.helper.make_node("Einsum", ["x", "r"], ["y"], equation=equation)
    tensors = [] if second else [onnx.numpy_helper.from_array(weights["r"], "r")]
    graph = onnx.helper.make_graph([rows], "net", inputs, [values("y", 1, None)], tensors)
    opsets = [onnx.helper.make_opsetid("", 17)]
    content = onnx.helper.make_model(graph, opset_imports=opsets).SerializeToString()
    draft = draft_of(content)
    types_read = [item.type for item in draft.nodes if item.type not in ("permute", "transpose", "reshape")]
    assert types_read == types
    if types == ["unknown"]:
        return
    size = [torch.randn(1, 6, 4), *([torch.randn(*second)] if second else [])]
    expected = torch.einsum(
        equation.replace(" ", ""), size[0], size[1] if second else torch.tensor(weights["r"])
    )
    given = [
        tensor.permute(0, 2, 1) if shape.torch != tuple(tensor.shape[1:]) else tensor
        for tensor, shape in zip(size, draft.inputs.values(), strict=True)
    ]
    result = outputs(torch, content, draft, *given)
    if result.shape != expected.shape:
        result = result.permute(0, 2, 1)
    assert torch.allclose(result, expected, atol=1e-5)
    assert Analysis(graph_of(draft)).totals.macs == 6 * 4 * 5

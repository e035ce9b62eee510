"""Learned tensors: what reads nothing, has no batch, and is a parameter wherever it is read."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.shape import Shape
from cnncalc.vocabulary.merge import aligned, broadcast_shape
from tests.memory._replayed import replayed
from tests.memory._watched import pytorch

pytestmark = pytest.mark.usefixtures("one_thread")

# A gate, a factor for each channel, positions, weights that are computed of learned tensors, and one read twice.
NETWORKS = {
    "a number": "- mul: [prev, [learned: 1]]",
    "a number of features": "- flatten\n- mul: [[learned: 1], prev]",
    "one for each channel": "- mul: [prev, [learned: {shape: 1x1x8, init: 0.1}]]\n- relu",
    "positions": "- add: [prev, [learned: 6x5x8]]",
    "a difference": "- sub: [[learned: 6x5x8], prev]",
    "a quotient": "- div: [prev, [learned: 1, exp]]",
    "a power": "- abs\n- pow: [prev, [learned: 1x1x8]]",
    "a limit": "- maximum: [prev, [learned: 1x1x8]]\n- minimum: [[learned: 1], prev]",
    "weights that sum to 1": (
        "- learned: 1\n- relu:\n  name: a\n- learned: 1\n- relu:\n  name: b\n"
        "- div:\n    - [add: [[mul: [first, a]], [mul: [second, b]]]]\n    - [add: [a, b, 0.0001]]"
    ),
    "two of them alone": "- learned: 6x5x1\n- mul: [prev, [learned: 1x1x8]]\n- add: [second, prev]",
    "one read twice": "- learned: 1x1x8\n  name: w\n- mul: [second, w]\n- add: [prev, w]",
    "one shared": (
        "- learned: 1x1x8\n  name: w\n- mul: [second, w]\n  name: x\n- learned: 1x1x8\n  share: w\n- add: [x, prev]"
    ),
    "a sum that hands one gradient to both": "- add: [[learned: 1], [learned: 1]]\n- mul: [second, prev]",
    "beside the channels": "- concat: [prev, [learned: 6x5x3]]",
    "beside the positions": "- concat: {of: [[learned: 2x5x8], prev, [learned: 1x5x8]], over: height}",
    "a matrix": "- matmul: [prev, [learned: 2x4x16]]",
    "keys": "- matmul: {of: [prev, [learned: 3x2x8]], transpose: second}",
    "queries": "- matmul: {of: [[learned: 3x2x8], prev], transpose: second}\n- relu",
    "a matrix whose axes are exchanged": "- matmul: {of: [prev, [learned: 2x3x30]], transpose: both}\n- relu",
    "a first one whose axes are exchanged": "- matmul: {of: [[learned: 6x5x3], prev], transpose: first}",
    "a matrix that is computed": "- matmul: {of: [[learned: 3x2x8, exp], prev], transpose: second}",
    "learned queries": "- attention: {of: [[learned: 4x8], prev], heads: 2}",
    "learned queries over two axes": (
        "- attention: {of: [[learned: 2x3x8], prev, second], heads: 2, key_width: 3}\n- relu"
    ),
    "learned keys and values": "- attention: {of: [prev, [learned: 7x6]], heads: 2, value_width: 5}",
    "learned values": "- attention: {of: [prev, second, [learned: 6x5x4]], heads: 4, bias: false}",
    "learned heads": "- attention: {of: [prev, [learned: 3x8], [learned: 3x6]], heads: 2, project: false}",
    "learned queries of heads": "- attention: {of: [[learned: 3x8], prev, second], heads: 2, project: false}",
    "learned keys that are computed": "- attention: {of: [prev, [learned: 7x8, tanh]], heads: 2}",
    "frozen keys": "- learned: 7x8\n  freeze: true\n- attention: {of: [second, prev], heads: 2}",
    "positions of a grid": "- attention: {of: [[learned: 6x5x8], prev], heads: 2, relative: offsets}",
    "a frozen matrix": "- learned: 3x2x8\n  freeze: true\n- matmul: {of: [second, prev], transpose: second}",
    "one that is frozen": "- learned: 1x1x8\n  freeze: true\n- mul: [second, prev]",
    "a number of each image": "- mul: [second, [global_avgpool, fc: 1]]",
    "a number of each image and features": "- add: [[flatten], [global_avgpool, conv: {filters: 1, kernel: 1}]]",
}


def spec(layers: str) -> str:
    conv = "conv: {filters: 8, kernel: 3, padding: 1}"
    head = f"cnncalc: 1\ninput: 6x5x8\nlayers:\n- {conv}\n  name: first\n- {conv}\n  name: second\n"
    return f"{head}{layers}\n"


def load(layers: str, mode: str = "inference") -> Graph:
    graph = cnncalc.load(spec(layers), mode=mode)
    assert graph.ok, graph.diagnostics
    return graph


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("training", [False, True])
def test_every_figure_is_pytorch_s(torch: ModuleType, name: str, training: bool) -> None:
    from cnncalc.pytorch.verify import verify

    result = verify(load(NETWORKS[name], "training" if training else "inference"), training=training)
    assert result.ok, result


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("batch", [1, 3])
def test_memory_is_what_pytorch_allocates(torch: ModuleType, name: str, mode: str, batch: int) -> None:
    graph = load(NETWORKS[name], mode)
    assert replayed(graph, batch=batch) == pytorch(torch, graph, batch=batch)


def test_a_parameter_is_its_own_output(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    model = build(
        load("- mul: [prev, [learned: {shape: 1x2x8, init: 0.5}]]\n  name: it\n".replace("1x2", "1x1"))
    )
    (name, weight), *_ = ((n, p) for n, p in model.named_parameters() if n.startswith("learned"))
    assert (name, tuple(weight.shape), weight.unique().tolist()) == ("learned1.weight", (8, 1, 1), [0.5])


def test_it_counts_as_parameters_and_stores_nothing() -> None:
    figures = cnncalc.analyse(load("- mul: [prev, [{learned: 1x1x8, name: w}, relu]]"))
    assert (figures["w"].params, figures["w"].weights, figures["w"].macs) == (8, 8, 0)
    assert figures["w"].activations == figures["relu1"].activations == 0
    plain = cnncalc.analyse(load("- mul: [prev, first]"))
    assert figures.totals.params == (plain.totals.params or 0) + 8
    assert figures.totals.weight_layers == plain.totals.weight_layers == 2
    assert figures.depth is not None
    assert figures.depth.shortest == figures.depth.longest


def test_it_sees_no_pixel_and_changes_no_field() -> None:
    figures = cnncalc.analyse(load("- learned: 6x5x8\n  name: w\n- add: [second, w]\n  name: sum"))
    graph = figures.graph
    fields = {name: figures.receptive_fields[graph.by_name[name]] for name in ("w", "second", "sum")}
    assert fields["w"] == ()
    assert fields["sum"] == fields["second"]
    assert figures.field_exactness[graph.by_name["w"]] is None


@pytest.mark.parametrize("dtype", ["bfloat16"])
def test_under_autocast_it_stays_in_float32(torch: ModuleType, dtype: str) -> None:
    from cnncalc.memory import BACKENDS, Setup
    from cnncalc.memory.allocated.precision import types
    from cnncalc.pytorch import build
    from cnncalc.pytorch.outcome import SILENT
    from cnncalc.pytorch.run import _Watching

    for layers in NETWORKS.values():
        graph = load(layers)
        watching = _Watching(build(graph), graph, SILENT)
        with torch.autocast("cpu", getattr(torch, dtype)), torch.no_grad():
            watching.run(torch.randn(2, 8, 6, 5), enable_io_processing=False)
        ours = types(graph, Setup(mode="inference", autocast=dtype, backend=BACKENDS["cpu"]))
        for node in graph.layers:
            assert ours[node.index].computes == watching.seen[node.index].dtype, (layers, node)


def test_an_activation_never_writes_over_a_parameter(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    model: Any = build(load("- mul: [prev, [{learned: {shape: 1, init: -1}, name: w}, relu]]"))
    with torch.no_grad():
        model(torch.randn(1, 8, 6, 5))
    assert model.w.weight.item() == -1
    graph = cnncalc.load(spec("- mul: [prev, [learned: 1, relu: {inplace: true}]]"))
    assert "G003" in [item.code for item in cnncalc.findings(cnncalc.analyse(graph))]


@pytest.mark.parametrize("name", NETWORKS)
def test_written_out_it_is_the_same_network(name: str) -> None:
    from cnncalc.render.expansion import expansion

    graph = load(NETWORKS[name])
    again = cnncalc.load("".join(expansion(graph)))
    assert again.ok, again.diagnostics
    figures, others = cnncalc.analyse(graph).totals, cnncalc.analyse(again).totals
    assert figures == others


def test_its_size_can_follow_what_is_before_it() -> None:
    graph = load("- mul: [prev, [learned: {shape: {height: 1, width: 1, channels: $in.channels}}]]")
    assert graph["learned1"].shape == Shape(8, (1, 1), batched=False)
    two = "cnncalc: 1\ninputs: {a: 8x8x3, b: 8x8x3}\nlayers:\n- learned: {shape: {features: $in.channels}}\n"
    assert [item.code for item in cnncalc.load(two).diagnostics] == ["L020"]


def test_one_value_fits_everything() -> None:
    of_all, of_image = Shape(1, batched=False), Shape(1)
    for shape in (Shape(10), Shape(8, (5,)), Shape(8, (5, 6)), Shape(8, (2, 3, 4))):
        for value in (of_all, of_image, Shape(1, (1,)), Shape(1, (1, 1)), Shape(1, (1, 1, 1), batched=False)):
            for pair in ((shape, value), (value, shape)):
                assert broadcast_shape(*aligned(pair)) == shape


def test_broadcasting_has_a_batch_if_one_operand_has() -> None:
    table, volume = Shape(8, (5, 6), batched=False), Shape(8, (1, 1))
    assert broadcast_shape(table, volume) == Shape(8, (5, 6))
    assert broadcast_shape(table, table) == table


def reports(layers: str) -> list[Diagnostic]:
    return list(cnncalc.load(spec(layers)).diagnostics)


@pytest.mark.parametrize(
    ("layers", "code", "facts"),
    [
        ("- learned: 1x1x8\n- conv: 8", "S028", ("conv", "1x1x8")),
        ("- learned: 6x5x8\n- dropout: 0.5\n- add: [first, prev]", "S028", ("dropout", "6x5x8")),
        ("- learned: 8\n- fc: 8", "S028", ("fc", "8")),
        ("- learned: 8\n- softmax", "S028", ("softmax", "8")),
        ("- learned: 6x5x8\n- log_softmax: height", "S028", ("log_softmax", "6x5x8")),
        ("- concat: [[learned: 1x1x8], [learned: 1x1x4]]", "S028", ("both", "1x1x8")),
        ("- learned: 4x8\n- attention: 2", "S028", ("its input (4x8) is a learned tensor", "4x8")),
        (
            "- attention: {of: [[learned: 4x8], [learned: 4x8]], heads: 2}",
            "S028",
            ("both are learned", "4x8"),
        ),
        (
            "- matmul: {of: [[learned: 6x5x8], [learned: 6x5x8]], transpose: second}",
            "S028",
            ("both are learned tensors", "6x5x8"),
        ),
        ("- learned: 1x1x8", "L028", ("learned1", "1x1x8")),
        ("- learned: 1x1x8\n- relu\n  name: last".replace("relu\n", "relu:\n"), "L028", ("last", "1x1x8")),
        ("- learned: 1x1x8\n  from: first\n- mul: [second, prev]", "L027", ("learned",)),
        ("- mul: [prev, [learned]]", "L004", ("shape",)),
        ("- mul: [prev, [learned: 0]]", "L003", ("shape", "0")),
        ("- mul: [prev, [learned: 1x0x8]]", "L003", ("shape", "1x0x8")),
        ("- mul: [prev, [learned: {shape: {height: 1, channels: 8}}]]", "L003", ("channels: 8",)),
        ("- mul: [prev, [learned: {shape: 1, init: half}]]", "L003", ("init", "half")),
        ("- mul: [prev, [learned: 8]]", "S008", ("6x5x8", "8")),
        ("- mul: [prev, [learned: 1x1x4]]", "S008", ("8 and 4 in channels",)),
        ("- add: [prev, [learned: 3x5x8]]", "S008", ("6 and 3 in height",)),
        ("- residual: [learned: 1x1x8]", "S008", ("1x1x8", "6x5x8")),
        ("- learned: 1x1x8\n  name: w\n- learned: 1\n  share: w\n- mul: [second, prev, w]", "S103", ("(1)",)),
    ],
)
def test_what_is_wrong_is_said_with_numbers(layers: str, code: str, facts: tuple[str, ...]) -> None:
    errors = reports(layers)
    assert [item.code for item in errors] == [code]
    assert all(fact in errors[0].message for fact in facts), errors[0].message


@pytest.mark.parametrize(
    ("layers", "instead", "help"),
    [
        ("- learned: 1x1x8\n- conv: 8", "- learned: 1x1x8\n- conv: 8\n  from: second", "`from: second`"),
        ("- mul: [prev, [learned: 8]]", "- mul: [prev, [learned: 1x1x8]]", "`learned: 1x1x8`"),
        ("- mul: [prev, [learned: 1x1x4]]", "- mul: [prev, [learned: 1x1x8]]", "`learned: 1x1x8`"),
        ("- add: [prev, [learned: 3x5x8]]", "- add: [prev, [learned: 6x5x8]]", "`learned: 6x5x8`"),
        ("- residual: [learned: 1x1x8]", "- add: [prev, [learned: 1x1x8]]", "`add: [prev, [learned: ...]]`"),
        ("- learned: 1x1x8", "- learned: 1x1x8\noutputs: [second]", "`outputs: [second]`"),
        ("- mul: [prev, [learned: 1X1X8]]", "- mul: [prev, [learned: 1x1x8]]", "`1x1x8`"),
    ],
)
def test_the_help_works(layers: str, instead: str, help: str) -> None:
    (report,) = reports(layers)
    assert help in (report.help or "")
    assert cnncalc.load(spec(instead)).ok


def test_a_learned_tensor_of_each_rank_is_read_by_arithmetic(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    for shape in ("10", "5x8", "4x5x8", "2x3x4x8"):
        text = f"cnncalc: 1\ninput: {shape}\nlayers:\n- mul: [prev, [learned: {{shape: {shape}, init: 2}}]]\n"
        graph = cnncalc.load(text.replace("input: 10", "input: {features: 10}"))
        image: Any = torch.randn(3, *graph.inputs[0].shape.torch)  # type: ignore[union-attr]
        assert torch.equal(build(graph)(image), 2 * image)


@pytest.mark.parametrize("name", ["beside the channels", "beside the positions", "weights that sum to 1"])
def test_a_network_with_them_can_be_traced(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch import build

    model = build(load(NETWORKS[name]))
    image = torch.randn(2, 8, 6, 5)
    assert torch.equal(torch.fx.symbolic_trace(model)(image), model(image))

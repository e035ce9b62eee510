"""matmul: figures worked out by hand, what each operand adds to receptive fields, and factors that don't fit."""

from types import ModuleType

import pytest

import cnncalc
from cnncalc.analysis.field import Span
from cnncalc.analysis.fieldwork import is_known
from cnncalc.analysis.receptive_field import follow
from cnncalc.analysis.walk_forward import forward
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.graph import Graph
from cnncalc.layers.matmul import Matmul
from cnncalc.shape import Shape
from cnncalc.vocabulary.limits import Limits

HEAD = "cnncalc: 1\n"
QUERY, KEY = Shape(64, (14, 14)), Shape(64, (7, 7))
FACTORS = f"{HEAD}input: 14x14x64\nlayers:\n  - conv: 32\n    name: q\n  - maxpool: 2\n    name: k\n"
# The block of non-local networks, embedded Gaussian, with keys and values at half the size (Wang et al. 2017, figure 2
# and section 3.3).
NON_LOCAL = f"""{HEAD}input: 6x8x16
layers:
  - residual:
      - matmul:
          of:
            - - matmul: {{of: [[conv: 8], [conv: 8, maxpool: 2]], transpose: second}}
              - softmax
            - [conv: 8, maxpool: 2]
      - conv: 16
"""


def graph_of(text: str) -> Graph:
    graph = cnncalc.load(text)
    assert graph.ok, graph.diagnostics
    return graph


def problem(text: str) -> Diagnostic:
    (item,) = cnncalc.load(text).diagnostics
    assert item.code == "S008"
    return item


def test_compares_every_position_with_every_other() -> None:
    scores = Matmul(transpose="second")
    assert str(scores.output((QUERY, KEY))) == "14x14x49"
    assert scores.work((QUERY, KEY)).macs == 196 * 64 * 49
    assert scores.macs_formula((QUERY, KEY)) == "196*64*49"


def test_weighs_values_by_position() -> None:
    assert str(Matmul().output((Shape(49, (14, 14)), KEY))) == "14x14x64"


def test_channels_of_a_transposed_first_operand_become_positions() -> None:
    pooled = Matmul(transpose="first")
    assert str(pooled.output((QUERY, QUERY))) == "64x64"
    assert pooled.work((QUERY, QUERY)).macs == 64 * 196 * 64


def test_limits_are_those_of_a_sum_of_products() -> None:
    inputs = (Shape(3, (2,)), Shape(4, (3,)))
    assert Matmul().limits(inputs, (Limits(0, 1), Limits(-2, 5))) == Limits(-6, 15)
    assert Matmul().limits(inputs, (Limits(0, 1), Limits(0, 5))).low == 0


def test_non_local_blocks_are_what_their_authors_write(torch: ModuleType) -> None:
    """The same block as einsums, with the parameters of ours."""
    from torch.nn import functional as F

    from cnncalc.pytorch import build

    torch.manual_seed(0)
    model = build(graph_of(NON_LOCAL)).double().eval()
    pairs = zip(*[iter(model.parameters())] * 2, strict=True)
    theta, phi, g, out = ({"weight": weight, "bias": bias} for weight, bias in pairs)
    x = torch.randn(2, 16, 6, 8, dtype=torch.float64)
    query = F.conv2d(x, **theta).flatten(2)
    key = F.max_pool2d(F.conv2d(x, **phi), 2).flatten(2)
    value = F.max_pool2d(F.conv2d(x, **g), 2).flatten(2)
    shares = torch.einsum("ncq,nck->nqk", query, key).softmax(2)
    read = torch.einsum("nqk,nck->ncq", shares, value).unflatten(2, (6, 8))
    torch.testing.assert_close(model(x), x + F.conv2d(read, **out))


@pytest.mark.parametrize("operands", ["[in, part]", "[part, in]"])
def test_a_factor_is_kept_only_for_the_gradient_of_the_other(torch: ModuleType, operands: str) -> None:
    """The input has no gradient, so what is multiplied with it is not kept."""
    text = f"{HEAD}input: 6x4x5\nlayers:\n  - conv: 5\n  - crop: [3, 3]\n    name: part\n"
    text += f"  - matmul: {{of: {operands}, transpose: second}}\n"
    from cnncalc.pytorch.verify import verify

    graph = cnncalc.load(text, mode="training")
    assert graph.ok, graph.diagnostics
    assert verify(graph, training=True).ok


@pytest.mark.parametrize("transpose", ["none", "first", "second", "both"])
def test_verify_agrees(torch: ModuleType, transpose: str) -> None:
    from cnncalc.pytorch.verify import verify

    # A square of channels and positions, so that every way fits.
    text = f"{HEAD}input: 6x6x3\nlayers:\n  - conv: {{filters: 36, kernel: 3, padding: 1}}\n    name: a\n" + (
        f"  - conv: {{filters: 36, kernel: 1}}\n  - matmul: {{of: [a, prev], transpose: {transpose}}}\n"
    )
    for mode in ("inference", "training"):
        graph = cnncalc.load(text, mode=mode)
        assert graph.ok, graph.diagnostics
        assert verify(graph, training=mode == "training").ok


def seen(text: str, layer: str, position: tuple[int, ...]) -> dict[str, tuple[Span | None, ...]]:
    """What a position of a layer sees of each input, along each axis: the first and the last pixel."""
    graph = graph_of(text)
    (node,) = (node for node in graph.nodes if node.name == layer)
    spans = {}
    for source in graph.inputs:
        fields = follow(graph, source.index).results[node.index]
        assert is_known(fields)
        places = (0 if field.axis is None else position[field.axis] for field in fields)
        spans[source.name] = tuple(field.at(place) for field, place in zip(fields, places, strict=True))
    return spans


def test_positions_see_their_own_of_the_first_operand_and_all_of_the_second() -> None:
    text = (
        f"{HEAD}inputs: {{a: 9x9x4, b: 8x5x4}}\nlayers:\n"
        "  - conv: {filters: 4, kernel: 3, padding: 1}\n    from: a\n    name: q\n"
        "  - matmul: {of: [q, b], transpose: second}\n    name: product\n"
    )
    assert seen(text, "product", (4, 5)) == {"a": ((3, 5), (4, 6)), "b": ((0, 7), (0, 4))}


def test_positions_that_were_channels_see_all_of_both() -> None:
    text = (
        f"{HEAD}inputs: {{a: 4x6x7, b: 4x6x5}}\nlayers:\n"
        "  - matmul: {of: [a, b], transpose: first}\n    name: product\n"
    )
    assert seen(text, "product", (3,)) == {"a": ((0, 3), (0, 5)), "b": ((0, 3), (0, 5))}


def test_all_of_the_second_operand_is_only_what_it_sees() -> None:
    """The field of the second operand ends where its crop ends, whatever position of the product it is."""
    text = (
        f"{HEAD}input: 12x12x4\nlayers:\n  - crop: 4\n    name: middle\n"
        "  - matmul: {of: [in, middle], transpose: second}\n    name: product\n"
    )
    assert seen(text, "product", (1, 6)) == {"input": ((1, 7), (4, 7))}


def test_what_reads_a_position_of_the_second_operand_is_every_position() -> None:
    graph = graph_of(
        f"{HEAD}inputs: {{a: 3x5x4, b: 2x2x4}}\nlayers:\n  - matmul: {{of: [a, b], transpose: second}}\n"
    )
    product = graph.nodes[-1].index
    first, second = (node.index for node in graph.inputs)
    assert forward(graph, second, product, (0b01, 0b10)) == (0b111, 0b11111)
    assert forward(graph, first, product, (0b010, 0b1)) == (0b010, 0b1)


@pytest.mark.parametrize(
    ("operands", "message", "help"),
    [
        (
            "[q, k]",
            "the first operand has 32 channels, but the second has 49 positions (14x14x32 and 7x7x32)",
            "`transpose: second` fits",
        ),
        (
            "[q, k], transpose: both",
            "the first operand has 196 positions, but the second has 32 channels (14x14x32 and 7x7x32)",
            "`transpose: second` fits",
        ),
        (
            "[q, [conv: 16]], transpose: second",
            "the first operand has 32 channels, but the second has 16 channels (14x14x32 and 7x7x16)",
            "`conv: {filters: 16, kernel: 1}` gives the first operand 16 channels",
        ),
        (
            "[q, [conv: 16]], transpose: both",
            "the first operand has 196 positions, but the second has 16 channels (14x14x32 and 7x7x16)",
            "the first operand needs 16 positions",
        ),
        (
            "[q, k, q]",
            "matmul takes two operands, but it has 3",
            "multiply two, and their product by the next",
        ),
    ],
)
def test_factors_that_do_not_fit(operands: str, message: str, help: str) -> None:
    item = problem(f"{FACTORS}  - matmul: {{of: {operands}}}\n")
    assert (item.message, item.help) == (message, help)


def test_another_transposition_is_a_fix_that_works() -> None:
    text = f"{FACTORS}  - matmul: {{of: [q, k], transpose: both}}\n"
    fixed = edited(text, problem(text).fixes[0])
    assert "transpose: second" in fixed
    assert cnncalc.load(fixed).ok


def test_features_are_no_factors() -> None:
    (item,) = cnncalc.load(
        f"{HEAD}input: 8x8x4\nlayers:\n  - flatten\n  - matmul: [prev, prev]\n"
    ).diagnostics
    assert item.code == "S010"


def test_a_square_is_legitimate() -> None:
    assert not graph_of(
        f"{HEAD}input: 8x8x4\nlayers:\n  - matmul: {{of: [in, in], transpose: first}}\n"
    ).diagnostics

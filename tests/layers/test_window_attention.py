"""Windows of attention: adjacent positions or grids, with a learned table or without."""

import json
from itertools import product
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import setup, tracked
from cnncalc.graph import Graph
from cnncalc.layers import layer_type
from cnncalc.memory import Estimate
from cnncalc.shape import Shape

RELATIVE = ("offsets", "none")
# Sizes of a volume and of a window: several windows along both axes, along one, and one; windows of one row or column.
GRIDS = [
    ((6, 8), (2, 4)), ((4, 4), (4, 4)), ((6, 4), (3, 4)), ((3, 8), (3, 2)), ((4, 6), (4, 1)), ((6, 4), (1, 4)),
    ((1, 8), (1, 2)), ((8, 1), (4, 1)), ((6, 4), (6, 1)), ((4, 6), (1, 1)), ((6, 5), (2, 1)),
]  # fmt: skip
QUICK = {GRIDS[0]}
SIZES = pytest.mark.parametrize(("size", "window"), GRIDS)
DEEP_SIZES = pytest.mark.parametrize(
    ("size", "window"),
    [pytest.param(*pair, marks=() if pair in QUICK else pytest.mark.long) for pair in GRIDS],
)


def layer(**fields: Any) -> Any:
    return layer_type("window_attention")(**fields)


def module(size: tuple[int, ...], **fields: Any) -> Any:
    from cnncalc.pytorch import modules

    (call,) = layer(heads=2, **fields).torch((Shape(4, size),))
    return modules.WindowAttention(**call.arguments)


def load(size: tuple[int, ...], before: str, mode: str = "training", **fields: Any) -> Graph:
    written = json.dumps({"heads": 2, **fields})
    lines = f"- {before}\n- window_attention: {written}\n- conv: {{filters: 3, kernel: 1}}\n"
    graph = cnncalc.load(f"cnncalc: 1\ninput: {size[0]}x{size[1]}x4\nlayers:\n{lines}", mode=mode)
    assert graph.ok, graph.diagnostics
    return graph


@SIZES
def test_a_grid_is_timms(
    torch: ModuleType, timm: ModuleType, size: tuple[int, int], window: tuple[int, int]
) -> None:
    """timm puts the positions of each grid next to each other; there attention is that of one whole window."""
    from timm.models.maxxvit import grid_partition, grid_reverse

    ours, alone = module(size, window=window, grid=True), module(window, window=window)
    alone.load_state_dict(ours.state_dict())
    x = torch.randn(2, 4, *size)
    windows = grid_partition(x.movedim(1, -1), list(window)).movedim(-1, 1)
    back = grid_reverse(alone(windows).movedim(1, -1), list(window), list(size))
    torch.testing.assert_close(ours(x), back.movedim(-1, 1))


@pytest.mark.parametrize(("grid", "shift"), [(True, 0), (False, 0), (False, 1)])
def test_without_offsets_it_is_a_table_of_zeros(torch: ModuleType, grid: bool, shift: int) -> None:
    fields = {"window": 3, "grid": grid, "shift": shift}
    ours, table = module((6, 6), **fields, relative="none"), module((6, 6), **fields)
    with torch.no_grad():
        table.relative_position_bias_table.zero_()
    table.load_state_dict({**table.state_dict(), **ours.state_dict()})
    assert list(ours.state_dict()) == ["qkv.weight", "qkv.bias", "proj.weight", "proj.bias"]
    x = torch.randn(2, 4, 6, 6)
    torch.testing.assert_close(ours(x), table(x))


@pytest.mark.parametrize("relative", RELATIVE)
@pytest.mark.parametrize("grid", [False, True], ids=["windows", "grids"])
@DEEP_SIZES
def test_all_that_verify_compares(
    torch: ModuleType, size: tuple[int, int], window: tuple[int, int], grid: bool, relative: str
) -> None:
    from cnncalc.pytorch.verify import verify

    for before in ("conv: 4", "ln2d"):
        graph = load(size, before, window=window, grid=grid, relative=relative)
        verification = verify(graph, training=True)
        assert verification.ok, [total for total in verification.totals if not total.ok]


@pytest.mark.parametrize("relative", RELATIVE)
@pytest.mark.parametrize("grid", [False, True], ids=["windows", "grids"])
@DEEP_SIZES
def test_the_peak_is_the_trackers(
    torch: ModuleType, size: tuple[int, int], window: tuple[int, int], grid: bool, relative: str
) -> None:
    for before, (mode, optimizer) in product(
        ("conv: 4", "ln2d", "relu"), (("inference", ""), ("training", "sgd"))
    ):
        case = Case("", mode, optimizer, 3)
        graph = load(size, before, mode, window=window, grid=grid, relative=relative)
        assert Estimate(graph, setup(case)).peak(case.batch).nbytes == tracked(torch, graph, case), case


def test_a_table_is_counted_only_where_there_is_one() -> None:
    volume = Shape(8, (6, 6))
    with_table, without = (layer(heads=2, window=3, relative=relative) for relative in RELATIVE)
    assert sum(weight.size for weight in with_table.weights((volume,))) == 25 * 2 + 4 * 64 + 4 * 8
    assert sum(weight.size for weight in without.weights((volume,))) == 4 * 64 + 4 * 8
    assert without.buffers((volume,)) == ()
    scores = 2 * 36 * 9
    assert with_table.work((volume,)).adds - without.work((volume,)).adds == scores


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("window: 4", "height: 14 = 3*4 + 2: grids of 4 do not tile it"),
        ("window: [7, 4]", "width: 14 = 3*4 + 2: grids of 4 do not tile it"),
        ("window: 7, shift: 3", "a window that is spread over the whole volume has no shift"),
    ],
)
def test_what_no_grid_can_be(fields: str, message: str) -> None:
    graph = cnncalc.load(
        f"cnncalc: 1\ninput: 14x14x8\nlayers:\n  - window_attention: {{heads: 2, {fields}, grid: true}}\n"
    )
    assert [item.message for item in graph.diagnostics] == [message]
    (finding,) = cnncalc.findings(cnncalc.analyse(graph))
    assert finding.help


def test_a_grid_reads_every_nth_position() -> None:
    reach, _ = layer(heads=1, window=3, grid=True).reach((Shape(4, (6, 9)),))
    assert [(taps.first, taps.step, taps.number) for position in range(4) if (taps := reach.at(position))] == [
        (0, 2, 3), (1, 2, 3), (0, 2, 3), (1, 2, 3),
    ]  # fmt: skip

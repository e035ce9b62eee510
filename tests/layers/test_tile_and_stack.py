"""tile, stack, unstack: values by hand, against PyTorch's own functions."""

from types import ModuleType
from typing import Any

import cnncalc
from cnncalc.layers import Layer, layer_type
from cnncalc.shape import Shape
from tests.layers._twin import twin


def layer(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


def values(torch: ModuleType, *sizes: int) -> Any:
    return torch.arange(float(torch.Size(sizes).numel())).view(sizes)


def test_tile_repeats_the_whole_row(torch: ModuleType) -> None:
    row = torch.arange(3.0).view(1, 1, 3)
    assert twin(torch, layer("tile", times=2), (Shape(1, (3,)),))(row).flatten().tolist() == [0, 1, 2] * 2


def test_tile_is_pytorch_s(torch: ModuleType) -> None:
    x, shape = values(torch, 2, 3, 4, 5), (Shape(3, (4, 5)),)
    for over, repeats in (
        ("channels", (1, 2, 1, 1)),
        ("width", (1, 1, 1, 2)),
        (("channels", "height"), (1, 2, 2, 1)),
        ("positions", (1, 1, 2, 2)),
    ):
        given = twin(torch, layer("tile", times=2, over=over), shape)(x)
        assert torch.equal(given, x.tile(repeats))


def test_stack_and_unstack_are_each_other_s_reverse(torch: ModuleType) -> None:
    for shape, axes in (
        (Shape(3, (4, 5)), ("depth", "height", "width")),
        (Shape(3, (4,)), ("height", "width")),
        (Shape(3), ("length",)),
    ):
        operands = [values(torch, 2, *shape.torch) + 100 * which for which in range(3)]
        for dim, over in enumerate(axes, 2):
            stack = layer("stack", over=over)
            stacked = twin(torch, stack, (shape,) * 3)(*operands)
            assert torch.equal(stacked, torch.stack(operands, dim))
            volume = stack.output((shape,) * 3)
            assert volume.asdict()[over] == 3
            for index, operand in enumerate(operands):
                single = twin(torch, layer("unstack", index=index, over=over), (volume,))(stacked)
                assert torch.equal(single, operand)


def test_maps_stacked_over_depth_are_a_volume_for_convolutions() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninputs: {a: 8x10x4, b: 8x10x4, c: 8x10x4}\nlayers:\n  - stack: [a, b, c]\n"
        "  - conv: {filters: 8, kernel: 3, padding: 1}\n    expect: 3x8x10x8\n  - unstack: {index: 1, over: depth}\n"
    )
    assert graph.ok
    assert str(graph.nodes[-1].shape) == "8x10x8"


def test_features_stacked_are_a_sequence() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninputs: {a: 16, b: 16}\nlayers:\n  - stack: [a, b]\n    expect: 2x16\n  - lstm: 8\n"
    )
    assert graph.ok, graph.diagnostics


def test_the_field_after_a_stack_is_unknown_and_not_wrong() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 9x9x4\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: 1}\n"
        "  - stack: [prev, in]\n"
    )
    analysis = cnncalc.analyse(graph)
    assert analysis.receptive_fields[-1] is None
    inexact = analysis.field_exactness[-1]
    assert inexact is not None
    assert inexact.layer == "stack1"


def test_one_position_that_is_taken_has_an_exact_field() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 9x9x4\nlayers:\n  - conv: {filters: 4, kernel: 3}\n  - unstack: {index: 2, over: height}\n"
    )
    fields = cnncalc.analyse(graph).receptive_fields[-1]
    assert fields is not None
    assert [field.size for field in fields] == [3, 3]

"""Reductions and softmax over every list of axes, in every order, against PyTorch's own functions."""

from itertools import combinations, permutations
from types import ModuleType
from typing import Any

from cnncalc.layers import Layer, layer_type
from cnncalc.shape import AXES, Shape
from cnncalc.vocabulary.axes import dimensions
from tests._each import each
from tests.layers._twin import twin

SHAPES = (Shape(3, (4,)), Shape(3, (4, 5)), Shape(2, (3, 4, 2)))
REDUCING = {
    "mean": lambda torch, x, dims: x.mean(dims, keepdim=True),
    "sum": lambda torch, x, dims: x.sum(dims, keepdim=True),
    "max": lambda torch, x, dims: x.amax(dims, keepdim=True),
    "std": lambda torch, x, dims: x.std(dims, keepdim=True),
    "var": lambda torch, x, dims: x.var(dims, keepdim=True),
    "vector_norm": lambda torch, x, dims: torch.linalg.vector_norm(x, dim=dims, keepdim=True),
}
NORMALISING = ("softmax", "log_softmax")


def lists(shape: Shape) -> list[Any]:
    """Every axis, every list of axes in every order, and all positions."""
    words = ("channels", *AXES[shape.rank])
    orders = [
        order
        for count in range(1, len(words) + 1)
        for some in combinations(words, count)
        for order in permutations(some)
    ]
    return [*words, "positions", ("channels", "positions"), *orders]


def batch(torch: ModuleType, shape: Shape) -> Any:
    return torch.rand(2, *shape.torch, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 0.1


def layer(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


def ran(torch: ModuleType, kind: Layer, shape: Shape, x: Any) -> Any:
    assert not list(kind.problems((shape,)))
    given = twin(torch, kind, (shape,)).train(False)(x)
    assert tuple(given.shape[1:]) == kind.output((shape,)).torch
    return given


@each("shape", SHAPES, ids=str)
@each("name", REDUCING)
@each("keep", [False, True])
def test_reductions(torch: ModuleType, name: str, shape: Shape, keep: bool) -> None:
    x = batch(torch, shape)
    for over in lists(shape):
        dims = tuple(1 + index for index in dimensions(shape, over))
        wanted = REDUCING[name](torch, x, dims)
        if not keep:
            # The channels stay, with size 1.
            for dim in sorted((dim for dim in dims if dim > 1), reverse=True):
                wanted = wanted.squeeze(dim)
        torch.testing.assert_close(ran(torch, layer(name, over=over, keep=keep), shape, x), wanted)


@each("shape", SHAPES, ids=str)
@each("name", NORMALISING)
def test_softmax(torch: ModuleType, name: str, shape: Shape) -> None:
    x = batch(torch, shape)
    for over in lists(shape):
        dims = tuple(1 + index for index in dimensions(shape, over))
        wanted = x - x.logsumexp(dims, keepdim=True)
        given = ran(torch, layer(name, over=over), shape, x)
        torch.testing.assert_close(given, wanted if name == "log_softmax" else wanted.exp())


@each("shape", SHAPES, ids=str)
def test_the_old_words_of_mean(torch: ModuleType, shape: Shape) -> None:
    x = batch(torch, shape)
    for word in (*AXES[shape.rank], "all"):
        old, new = layer("mean", axis=word), layer("mean", over=word)
        torch.testing.assert_close(ran(torch, old, shape, x), ran(torch, new, shape, x))


def test_both_words_of_mean_are_refused() -> None:
    import cnncalc

    for first, second in (("height", "width"), ("height", "height"), ("all", "positions")):
        graph = cnncalc.load(
            f"cnncalc: 1\ninput: 8x8x4\nlayers:\n  - mean: {{axis: {first}, over: {second}}}\n"
        )
        (fault,) = graph.diagnostics
        assert fault.code == "L003"
        assert fault.help == "remove `axis`: `over` says it too"

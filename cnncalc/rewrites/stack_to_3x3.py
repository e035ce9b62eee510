"""A large kernel as a stack of 3x3 kernels with the same receptive field."""

from typing import Any, ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.rewrites._draft import RewriteDraft, RewriteRefused, layer_of, new_layer, shape_of
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten
from cnncalc.vocabulary.values import Sides
from cnncalc.vocabulary.window import axiswise


class StackTo3x3(Rewrite):
    """A convolution of 5x5 as two of 3x3, one of 7x7 as three: fewer weights, and a ReLU between each two."""

    summary = "Each convolution of 5x5 and more as a stack of 3x3."
    effect: ClassVar[Effect] = "same shapes"
    by_layer = True
    source = "CS231n notes, Prefer a stack of small filter CONV; Simonyan & Zisserman 2014, arXiv 1409.1556"

    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        draft, changes = RewriteDraft(graph), []
        for node in graph.layers:
            stack = _stack(node) if not only or node.name in only else None
            if stack is None:
                draft.copy(node)
                continue
            reads = draft.reads(node)
            for number, layer in enumerate(stack[:-1], 1):
                name = f"{node.name}.{number}"
                draft.put(node, layer, name, reads)
                draft.put(node, new_layer("relu"), f"{name}.relu", (name,))
                reads = (f"{name}.relu",)
            draft.put(node, stack[-1], node.name, reads)
            before: Any = layer_of(node)
            kernel = "x".join(map(str, axiswise(before.kernel, shape_of(node).rank)))
            changes.append(f"{node.name}: conv {kernel} -> {len(stack)} convs of 3x3")
        if not changes:
            raise RewriteRefused("no convolution has an odd kernel of 5 or more")
        return Rewritten(draft.graph("stacks of 3x3"), tuple(changes), {})


def _stack(node: Node) -> list[Layer] | None:
    """The layers that replace a convolution; None if it is not replaced."""
    conv: Any = layer_of(node)
    if conv.key != "conv" or node.fit is None:
        return None
    (volume,) = node.fit.inputs
    kernels = axiswise(conv.kernel, volume.rank)
    count = (max(kernels) - 1) // 2
    if (
        max(kernels) < 5
        or any(kernel not in (1, max(kernels)) for kernel in kernels)
        or max(kernels) % 2 == 0
    ):
        return None
    if node.owner != node.index:
        raise RewriteRefused(f"`{node.name}` shares its weights: a stack has none of that shape", node)
    small = tuple(3 if kernel > 1 else 1 for kernel in kernels)
    ends = [(window.before, window.after) for window in conv.windows(volume)]
    parts = [
        tuple((_share(before, count, position), _share(after, count, position)) for before, after in ends)
        for position in range(count)
    ]
    common = {
        "kernel": _plain(small),
        "dilation": conv.dilation,
        "groups": conv.groups,
        "filters": conv.filters,
        "padding_mode": conv.padding_mode,
        "standardize": conv.standardize,
        "parametrize": conv.parametrize,
    }
    return [
        new_layer(
            "conv",
            **common,
            stride=conv.stride if position == count - 1 else 1,
            padding=_padding(parts[position]),
            bias=conv.bias,
        )
        for position in range(count)
    ]


def _share(total: int, count: int, position: int) -> int:
    """The part of a padding that layer number `at` of `count` takes: as equal as can be, the last ones more.

    The last layer has the stride: what its windows leave over is padding as long as it has any.
    """
    return total // count + (position >= count - total % count)


def _plain(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _padding(ends: tuple[tuple[int, int], ...]) -> Any:
    """Both ends of each axis as a field has them."""
    if all(before == after for before, after in ends):
        return _plain(tuple(before for before, _ in ends))
    return Sides.of(ends)

"""The first layer whose output is not that of its module in the source."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn

from cnncalc.graph import Graph
from cnncalc.importers import Draft
from cnncalc.pytorch.assemble import INDEX
from cnncalc.pytorch.proof.compared_outputs import match
from cnncalc.pytorch.proof.running import by_products, without_chance


class _Different(Exception):
    """A layer with another output was reached: nothing after it has to run."""

    def __init__(self, node: int) -> None:
        self.node = node


def first_difference(
    draft: Draft,
    graph: Graph,
    matched: Mapping[str, int],
    source: nn.Module,
    model: fx.GraphModule,
    images: Sequence[Tensor],
    limit: float,
) -> str:
    """Which output is the first that differs by more than `limit` of its largest value; empty if it is not known.

    Only layers that are the last of a module call can be compared: the output of the module is theirs.
    """
    ends = _last_of_calls(draft)
    theirs = _module_outputs(source, {path for path, _ in ends}, images)
    wanted = {
        matched[name]: theirs[path, number]
        for (path, number), name in ends.items()
        if (path, number) in theirs
    }
    comparing = _Comparing(model, wanted, limit)
    with torch.no_grad(), by_products(), without_chance(model):
        try:
            comparing.run(*images)
        except _Different as different:
            node = graph.nodes[different.node]
            path = next(path for (path, _), name in ends.items() if matched[name] == different.node)
            module = f", `{path}` in the source" if path != node.name else ""
            equal = comparing.equal
            before = "" if equal is None else f"outputs are equal up to `{graph.nodes[equal].name}`; "
            return f"{before}the first that differs is that of `{node.name}` ({node.kind}{module})"
    return ""


def _last_of_calls(draft: Draft) -> dict[tuple[str, int], str]:
    """The last node of each innermost module call: by the module's path and the number of its call, from 0."""
    calls: dict[str, list[int]] = defaultdict(list)
    last: dict[tuple[str, int], str] = {}
    for node in draft.nodes:
        if node.scopes and node.scopes[-1].path:
            scope = node.scopes[-1]
            if scope.call not in calls[scope.path]:
                calls[scope.path].append(scope.call)
            last[scope.path, calls[scope.path].index(scope.call)] = node.name
    return last


def _module_outputs(
    source: nn.Module, paths: set[str], images: Sequence[Tensor]
) -> dict[tuple[str, int], Tensor]:
    """What the modules at these paths give, by path and number of the call; copies, as the next may write into it."""
    outputs: dict[tuple[str, int], Tensor] = {}
    handles = []
    counts: dict[str, int] = defaultdict(int)
    for path, module in source.named_modules():
        if path not in paths:
            continue

        def note(module: nn.Module, given: Any, output: Any, path: str = path) -> None:
            if isinstance(output, Tensor):
                outputs[path, counts[path]] = output.clone()
            counts[path] += 1

        handles.append(module.register_forward_hook(note))
    try:
        with torch.no_grad(), by_products(), without_chance(source):
            source(*images)
    finally:
        for handle in handles:
            handle.remove()
    return outputs


class _Comparing(fx.Interpreter):
    """Runs a model, and stops at the first layer that differs."""

    def __init__(self, model: fx.GraphModule, wanted: Mapping[int, Tensor], limit: float) -> None:
        super().__init__(model)
        self.extra_traceback = False
        self._wanted, self._limit = wanted, limit
        # The last layer whose output was equal.
        self.equal: int | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        index: int | None = n.meta.get(INDEX)
        if index is None or n is not self._last(n) or not isinstance(value, Tensor):
            return value
        theirs = self._wanted.get(index)
        difference = None if theirs is None else match("", value, theirs).difference
        # Another shape only says that the layer ends elsewhere than its module.
        if difference is not None and difference > self._limit:
            raise _Different(index)
        if difference is not None:
            self.equal = index
        return value

    def _last(self, n: fx.Node) -> fx.Node:
        """The last step of the layer that a step is of."""
        following = n.next
        return self._last(following) if following.meta.get(INDEX) == n.meta.get(INDEX) else n

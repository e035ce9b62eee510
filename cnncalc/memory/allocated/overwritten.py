"""Layers that write over a view: to autograd they change the tensor of which it is a view, `CopySlices`.

In the backward pass it copies the gradient of that whole tensor, copies the part of the view out of it, and writes the
gradient that the operation makes of it back (torch/csrc/autograd/functions/tensor.cpp). The gradient of the view comes
first: where the view is a part, the gradient of the whole tensor is made from it.
"""

from cnncalc.graph import Node
from cnncalc.layers import Step, Storage, Tensor
from cnncalc.memory.allocated.run import Run
from cnncalc.record import NamedTuple


class ViewedTensor(NamedTuple):
    """The tensor whose view a layer writes over: the node that made it, and whether the view is only a part of it."""

    node: int
    part: bool


def viewed_tensor(run: Run, node: Node) -> ViewedTensor | None:
    """The tensor whose view a layer writes over; None where it writes over no view, or over nothing."""
    if _storage(run, node.index) is not Storage.IN_PLACE:
        return None
    index, viewed, part = node.inputs[0], False, False
    while not run.graph.nodes[index].is_input:
        before = run.graph.nodes[index]
        assert before.fit is not None
        if _storage(run, index) is not Storage.VIEW:
            is_view = before.fit.layer.gives_view(before.fit.inputs) or viewed_tensor(run, before) is not None
            return ViewedTensor(index, part) if viewed or is_view else None
        steps = before.fit.layer.backward(before.fit.inputs, (True,) * len(before.inputs))
        viewed = viewed or bool(steps)
        part = part or any(step.makes for step in steps)
        index = before.inputs[0]
    return None


def _storage(run: Run, index: int) -> Storage | None:
    here = run.stored[index]
    return None if here is None else here.storage


def copied(steps: tuple[Step, ...], run: Run, node: Node, tensor: ViewedTensor) -> tuple[Step, ...]:
    """The steps of a backward pass between copies of the whole tensor's gradient and of the view's part of it."""
    first, *others = (step._replace(makes=tuple(map(_of_part, step.makes))) for step in steps)
    here = run.stored[tensor.node]
    whole = run.shape(tensor.node if here is None else here.root).torch
    spread = (Step((Tensor("spread", whole, batched=True),), ("grad",)),) * tensor.part
    copies = Tensor("whole", whole, batched=True), Tensor("part", run.shape(node.index).torch, batched=True)
    first = first._replace(makes=(*copies, *first.makes))
    return (*spread, first, *others, Step(passes=(("grad0", "whole"),)))


def _of_part(item: Tensor) -> Tensor:
    return item._replace(name="grad_part") if item.name == "grad0" else item

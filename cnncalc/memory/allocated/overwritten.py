"""What writes over a view: autograd takes it for a change of the tensor behind the view, `CopySlices`.

In the backward pass it copies the gradient of that whole tensor, takes out the view's part as another copy, and puts
the gradient that the operation makes of it back in (torch/csrc/autograd/functions/tensor.cpp). The gradient of the view
comes first: that of the whole tensor is made of it, where the view is a part.
"""

from cnncalc.graph import Node
from cnncalc.layers import Step, Storage, Tensor
from cnncalc.memory.allocated.run import Run
from cnncalc.record import NamedTuple


class Behind(NamedTuple):
    """What a layer writes over as a view: the node that made the tensor, and whether the view is a part of it."""

    node: int
    part: bool


def behind(run: Run, node: Node) -> Behind | None:
    """The tensor behind the view that a layer writes over; None where it writes over no view, or over nothing."""
    if _storage(run, node.index) is not Storage.IN_PLACE:
        return None
    at, viewed, part = node.inputs[0], False, False
    while not run.graph.nodes[at].is_input:
        before = run.graph.nodes[at]
        assert before.fit is not None
        if _storage(run, at) is not Storage.VIEW:
            made = before.fit.layer.gives_view(before.fit.inputs) or behind(run, before) is not None
            return Behind(at, part) if viewed or made else None
        steps = before.fit.layer.backward(before.fit.inputs, (True,) * len(before.inputs))
        viewed = viewed or bool(steps)
        part = part or any(step.makes for step in steps)
        at = before.inputs[0]
    return None


def _storage(run: Run, at: int) -> Storage | None:
    here = run.stored[at]
    return None if here is None else here.storage


def copied(steps: tuple[Step, ...], run: Run, node: Node, tensor: Behind) -> tuple[Step, ...]:
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

"""What autograd keeps, in the host's memory: `torch.autograd.graph.save_on_cpu` around the forward pass.

Each tensor that an operation keeps is copied to the host at once, parameters and running statistics too. It is copied
back when the operation's backward pass begins, and stays until that is done. Of a layer with several operations, all is
copied back when its backward pass begins.
"""

from cnncalc.analysis.kept import spared
from cnncalc.graph import Node
from cnncalc.memory.allocated import casts
from cnncalc.memory.allocated.run import Run


def offloads(run: Run) -> bool:
    """Whether what autograd keeps goes to the host."""
    return "activations" in run.setup.offload


def to_host(run: Run, node: Node, saved: dict[int | str, int]) -> None:
    """What a layer keeps leaves the device, once nobody else holds it."""
    run.on_host[node.index] = {name: run.recorder.tensor(number) for name, number in saved.items()}
    for number in saved.values():
        run.recorder.drop(number)


def from_host(run: Run, node: Node) -> dict[int | str, int]:
    """Copies of what a layer kept, and of its weights, by the names that the layer has for them."""
    recorder = run.recorder
    copies: dict[int | str, int] = {}
    for name, tensor in run.on_host.pop(node.index, {}).items():
        batched = bool(tensor.each)
        nbytes = tensor.each or tensor.fixed
        copies[name] = recorder.make(
            nbytes, "activations", tensor.node, f"{tensor.name} from the host", batched=batched
        )
    for name, values in _stored(run, node):
        nbytes = values * run.width(None)
        copies[copied_back(name)] = recorder.make(nbytes, "activations", node.index, f"{name} from the host")
    return copies


def copied_back(name: str) -> str:
    """The name of the copy of a weight, which is read where its gradient is made."""
    return f"{name} copied back"


def _stored(run: Run, node: Node) -> list[tuple[str, int]]:
    """The parameters and running statistics that autograd keeps of a layer, and how many values each has.

    A cast of a weight is among what the layer keeps, and the weight is not kept.
    """
    assert node.fit is not None  # Only layers keep anything.
    layer, inputs = node.fit.layer, node.fit.inputs
    unneeded = spared(run.passes, node, frozen=run.is_frozen(node))
    weights = () if run.types[node.index].weights else layer.weights(inputs)
    kept = [
        (weight.name, weight.size)
        for weight in weights
        if not weight.is_bias and casts.copy_of(weight.name) not in unneeded and weight.name not in unneeded
    ]
    buffers = layer.buffers(inputs) if layer.keeps_buffers else ()
    return [*kept, *((item.name, item.size) for item in buffers if item.dtype != "int64")]

"""The forward pass: each layer's output, what it needs for a moment, and what autograd keeps of it."""

from cnncalc.analysis.kept import keeps
from cnncalc.graph import Node
from cnncalc.memory.run import Run


def forward(run: Run, nodes: range, *, keep: bool = True) -> None:
    """Replay some nodes of the forward pass; with `keep`, autograd keeps what it needs.

    A variable holds each output until the last layer that reads it is done.
    """
    left = run.left
    for index in nodes:
        node = run.graph.nodes[index]
        if not node.is_input:
            run.recorder.at("forward", index)
            _layer(run, node, keep=keep and run.passes[index])
        for at in {*node.inputs} if run.readers[index] else {*node.inputs, index}:
            left[at] -= 1
            if left[at] <= 0:
                run.recorder.drop(run.variables.pop(at))


def _layer(run: Run, node: Node, *, keep: bool) -> None:
    recorder, fit, here = run.recorder, node.fit, run.stored[node.index]
    if fit is None or here is None or node.shape is None:
        raise ValueError(f"the shape of `{node.name}` is unknown")
    kept = keeps(run.graph, run.stored, run.passes, node, backend=run.setup.backend.name) if keep else []
    own = {
        name: recorder.make(
            tensor.values * run.width(tensor.dtype),
            "activations",
            node.index,
            tensor.name,
            batched=tensor.batched,
        )
        for name, tensor in kept or ()
        if tensor.name
    }
    # Autograd's own keep nothing for a moment: what they need beside the output is in what they keep, if it stays.
    scratch = [
        recorder.make(
            item.size * run.width(item.dtype), "temporaries", node.index, item.name, batched=item.batched
        )
        for item in fit.layer.scratch(fit.inputs)
        if item.name not in own
    ]
    if here.root == node.index:
        output = recorder.make(
            node.shape.size * run.width(None), "activations", node.index, "output", batched=True
        )
    else:
        output = recorder.hold(run.variables[node.inputs[0]])
    run.variables[node.index] = output
    for number in scratch:
        recorder.drop(number)
    if kept:
        held = dict(own)
        for name, tensor in kept:
            if not tensor.name:
                held[name] = recorder.hold(
                    output if name == "output" else run.variables[node.inputs[int(name)]]
                )
        run.saved[node.index] = held

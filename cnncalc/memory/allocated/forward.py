"""The forward pass: each layer's output, what it needs for a moment, and what autograd keeps of it."""

from collections import Counter

from cnncalc.analysis.kept import KeptTensor, keeps, own_dtype
from cnncalc.graph import Node
from cnncalc.memory.allocated import casts
from cnncalc.memory.allocated.holders import Holders
from cnncalc.memory.allocated.offloading import offloads, to_host
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.unreached import unreached
from cnncalc.memory.allocated.workspaces import convolved, multiplied
from cnncalc.vocabulary.cudnn import CudnnPass
from cnncalc.vocabulary.pool import INDICES


def forward(run: Run, nodes: range, *, keep: bool = True, holders: Holders | None = None) -> None:
    """Replay some nodes of the forward pass; with `keep`, autograd keeps what it needs.

    `holders` are the module calls of a pass in several stretches; left out, those of the stretch.

    A variable holds each output until the last call that reads it is done.
    """
    holders = holders or Holders(run, nodes)
    unreached_after = unreached(run.graph, run.passes, run.reached) if keep else {}
    for index in nodes:
        node = run.graph.nodes[index]
        holders.enter(index)
        if not node.is_input:
            run.recorder.mark(run.phase, index)
            _layer(run, node, keep=keep and run.passes[index])
        if not run.readers[index]:
            _release(run, index)
        for unread in unreached_after.get(index, ()):
            for number in run.saved.pop(unread, {}).values():
                run.recorder.drop(number)
        holders.leave(index)


def _layer(run: Run, node: Node, *, keep: bool) -> None:
    """The steps of a layer: what each makes, and what it is the last to read."""
    recorder, fit, here = run.recorder, node.fit, run.stored[node.index]
    if fit is None or here is None:
        raise ValueError(f"the shape of `{node.name}` is unknown")
    kept = _kept(run, node) if keep else {}
    # The layer's own tensors that are kept; kept operands are in `saved`, and what else exists for now in `held`.
    own = {name: tensor for name, tensor in kept.items() if tensor.name and not isinstance(name, int)}
    steps = fit.layer.forward_of(fit.inputs, run.call(node))
    casting = casts.for_steps(run, node, steps)
    cast = {name for names in casting for name in names}
    kept_copies = casts.kept_copies(run, node) if keep else set()
    reads = run.reads(node)
    saved: dict[int | str, int] = {
        name: recorder.hold(run.variables[reads[name]])
        for name in kept
        if isinstance(name, int) and name not in cast
    }
    held: dict[int | str, int] = {}
    unread = Counter(reads)
    freed = {name for step in steps for name in step.frees}
    for step, names in zip(steps, casting, strict=True):
        for name in names:
            copy = casts.copy_of(name)
            if isinstance(name, int):
                held[copy], is_kept = casts.operand(run, node, name), name in kept
            else:
                number, cached = casts.weight(run, node, name)
                held[copy], is_kept = recorder.hold(number) if cached else number, copy in kept_copies
            if is_kept:
                saved[name if isinstance(name, int) else copy] = recorder.hold(held[copy])
        for item in step.makes:
            if item.name == "output":
                _output(run, node)
            elif item.name in own:
                held[item.name] = _make(run, own[item.name], "activations")
            else:
                dtype = own_dtype(fit, item, here, run.setup.backend.name)
                batched = item.batched and run.shape(node.index).batched
                tensor = KeptTensor(node.index, item.name, item.size, dtype, batched)
                held[item.name] = _make(run, tensor, "temporaries")
        if step is steps[-1]:
            held |= {
                name: _make(run, tensor, "activations") for name, tensor in own.items() if name not in held
            }
            _output(run, node)
            convolved(run, node, CudnnPass.FORWARD)
            multiplied(run, node)
        # What is cast for one step exists for that step, or until a step frees it.
        for name in names:
            if name in step.casts and casts.copy_of(name) not in freed:
                recorder.drop(held.pop(casts.copy_of(name)))
        for name in step.frees:
            if isinstance(name, int):
                unread[reads[name]] -= 1
                if not unread[reads[name]]:
                    _release(run, reads[name])
            elif name not in own:
                recorder.drop(held.pop(name))
    if run.readers[run.indices(node.index)]:
        run.variables[run.indices(node.index)] = recorder.hold(held[INDICES])
    for name in own:
        saved[name] = held.pop(name)
    if "output" in kept:
        saved["output"] = recorder.hold(run.variables[node.index])
    if saved and offloads(run):
        to_host(run, node, saved)
    elif saved:
        run.saved[node.index] = saved
    for number in held.values():
        recorder.drop(number)
    for source in +unread:
        _release(run, source)


def _output(run: Run, node: Node) -> None:
    """A layer's output, once: a tensor of its own, or its input's."""
    if node.index in run.variables:
        return
    here = run.stored[node.index]
    if here is not None and here.root != node.index:
        run.variables[node.index] = run.recorder.hold(run.variables[node.inputs[0]])
        return
    if node.fit is not None and node.fit.layer.gives_parameter:
        run.variables[node.index] = run.recorder.hold(run.parameters[node.owner])
        return
    shape = run.shape(node.index)
    output = KeptTensor(node.index, "output", shape.size, None, shape.batched)
    run.variables[node.index] = _make(run, output, "activations")


def _kept(run: Run, node: Node) -> dict[int | str, KeptTensor]:
    """What autograd keeps of a layer, each as the layer calls it."""
    backend, call = run.setup.backend.name, run.call(node)
    return dict(
        keeps(run.graph, run.stored, run.passes, node, backend=backend, alone=run.alone, call=call) or ()
    )


def _make(run: Run, tensor: KeptTensor, category: str) -> int:
    nbytes = tensor.values * run.width(run.dtype(tensor.dtype) or run.types[tensor.node].computes)
    return run.recorder.make(nbytes, category, tensor.node, tensor.name, batched=tensor.batched)


def _release(run: Run, index: int) -> None:
    """A reader of an output is done with it; after the last one its variable is dropped."""
    run.left[index] -= 1
    if run.left[index] <= 0:
        run.recorder.drop(run.variables.pop(index))

"""A network against PyTorch: shapes, parameters, kept bytes and the peak, each from a run of its own."""

import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import cnncalc
from benchmarks._step import Case, prepare
from benchmarks._tracker import FAKE, tracked
from cnncalc.analysis import Analysis
from cnncalc.analysis.kept import gradient_passes, kept
from cnncalc.analysis.storage import storage
from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage
from cnncalc.memory import Estimate, Setup
from cnncalc.vocabulary.layer import Call
from tests.differential._networks import Network, without
from tests.memory._watched import watched


class Conditions(NamedTuple):
    """How a network is run. Under `autocast` to a lower type the model is in float32."""

    mode: str = "training"
    batch: int = 2
    optimizer: str = "sgd"
    dtype: str = "float32"
    autocast: str | None = None


def loaded(network: Network, mode: str) -> Graph | None:
    """Its graph; None where cnncalc or PyTorch has no such network."""
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(network.text(), mode=mode)
    # What is written over although something else needs it is refused by PyTorch, or wrong.
    return graph if graph.ok and not faults(graph) and not any(_overwriting(graph)) else None


def runnable(network: Network, mode: str) -> Network:
    """The network; layers write over their input only where nothing else needs that."""
    for index, item in enumerate(network.items):
        if item.fields.get("inplace"):
            graph = cnncalc.load(network.text(), mode=mode)
            if graph.ok and item.name in {node.name for node in _overwriting(graph)}:
                items = (*network.items[:index], without(item, "inplace"), *network.items[index + 1 :])
                network = network._replace(items=items)
    return network


def _overwriting(graph: Graph) -> Iterator[Node]:
    """The layers that are to write over what something else needs."""
    analysis = Analysis(graph)
    for node in graph.layers:
        stored = analysis.storage[node.index]
        if stored is not None and stored.storage is Storage.IN_PLACE and analysis.needed_besides(node):
            yield node


def differences(torch: ModuleType, graph: Graph, how: Conditions) -> dict[str, tuple[Any, Any]]:
    """What differs: ours and PyTorch's, by figure. Empty where all agree, and where PyTorch refuses the batch."""
    try:
        return _differences(torch, graph, how)
    except ValueError as error:
        if how.batch == 1 and str(error).startswith("Expected more than 1 value per channel"):
            return {}
        raise


def _differences(torch: ModuleType, graph: Graph, how: Conditions) -> dict[str, tuple[Any, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensors = dict(_forward(torch, graph, how))
        if how.mode == "inference" or _learns(graph):
            tensors |= _peaks(torch, graph, how)
    return {name: pair for name, pair in tensors.items() if pair[0] != pair[1]}


def _learns(graph: Graph) -> bool:
    """Whether a loss of the outputs has a gradient at all."""
    passes = gradient_passes(graph)
    return any(passes[output] for output in graph.outputs)


def _forward(torch: ModuleType, graph: Graph, how: Conditions) -> dict[str, tuple[Any, Any]]:
    """One run on fake tensors: shapes, the number of parameters, and in training what autograd saves."""
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build
    from cnncalc.pytorch.outcome import SILENT
    from cnncalc.pytorch.run import _Watching
    from cnncalc.pytorch.saved import Saved

    training = how.mode == "training"
    ours = Analysis(graph, batch=how.batch, dtype=how.dtype)
    type_ = getattr(torch, how.dtype)
    before = torch.get_default_dtype()
    torch.set_default_dtype(type_)
    try:
        with FakeTensorMode(allow_non_fake_inputs=True), torch.set_grad_enabled(training):
            model = build(graph).train(training)
            images = [torch.empty(how.batch, *node.shape.torch) for node in graph.inputs if node.shape]
            saved = Saved(model)
            watching = _Watching(model, graph, SILENT)
            with saved.watched():
                watching.run(*images, enable_io_processing=False)
    finally:
        torch.set_default_dtype(before)
    shapes = {index: seen.shape for index, seen in watching.seen.items()}
    pairs: dict[str, tuple[Any, Any]] = {
        "shapes": (
            {index: shape.torch for index in shapes if (shape := graph.nodes[index].shape) is not None},
            shapes,
        ),
        "params": (ours.totals.params, sum(parameter.numel() for parameter in model.parameters())),
    }
    if training:
        # Fake tensors lie otherwise than a CPU's own in a few cases, and other copies are kept then.
        fake = Call(subclasses=True, alone=how.batch == 1, dtype=how.dtype)
        tensors = kept(graph, storage(graph, common=fake), alone=how.batch == 1, dtype=how.dtype) or ()
        ours_kept = sum(tensor.nbytes(batch=how.batch, dtype=how.dtype) for tensor in tensors)
        pairs["kept"] = (ours_kept, saved.nbytes)
    return pairs


def _peaks(torch: ModuleType, graph: Graph, how: Conditions) -> dict[str, tuple[int, int]]:
    """The peak as storages come and go, and as PyTorch's own tracker has it."""
    training = how.mode == "training"
    case = Case("", how.mode, how.optimizer if training else "", how.batch)
    if training:
        ours = Setup(backend=FAKE, dtype=how.dtype, optimizer=how.optimizer, autocast=how.autocast)
    else:
        ours = Setup(mode="inference", backend=FAKE, dtype=how.dtype, autocast=how.autocast)
    options: dict[str, Any] = {"optimizer_options": {"foreach": True}} if training else {}
    options["dtype"] = getattr(torch, how.dtype)
    options["autocast"] = how.autocast and getattr(torch, how.autocast)
    estimated = Estimate(graph, ours).peak(how.batch).nbytes
    return {
        "peak": (estimated, _watched(torch, graph, case, **options)),
        "tracker": (estimated, tracked(torch, graph, case, **options)),
    }


def _watched(torch: ModuleType, graph: Graph, case: Case, **options: Any) -> int:
    """The peak of one prediction, or of the second of two training steps, of all storages that operations make."""
    from torch._subclasses import FakeTensorMode

    with FakeTensorMode(allow_non_fake_inputs=True):
        ready = prepare(torch, graph, case, **options)
        known = [*ready.model.parameters(), *ready.model.buffers(), *ready.batch]
        if ready.optimizer is not None:
            ready.step()
            for state in ready.optimizer.state.values():
                known += [entry for entry in state.values() if isinstance(entry, torch.Tensor)]
            ready.optimizer.zero_grad(set_to_none=True)
        with watched(torch, known, str) as tally:
            ready.step()
        return tally[1]


def shrunk(network: Network, fails: Callable[[Network], bool], tries: int = 400) -> Network:
    """A network as small as one change at a time makes it, which still fails."""
    while tries:
        for smaller in network.smaller():
            tries -= 1
            if fails(smaller):
                network = smaller
                break
            if not tries:
                break
        else:
            break
    return network

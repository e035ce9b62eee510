"""Runs a model once and makes its draft."""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from cnncalc.garbage import uncollected
from cnncalc.importers import Draft
from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.freezing import freeze
from cnncalc.pytorch.capture.patches import with_patches
from cnncalc.pytorch.capture.recording import Recording, Ref
from cnncalc.pytorch.capture.running import Failed, recorded
from cnncalc.pytorch.capture.values import Own, Value
from cnncalc.pytorch.capture.windowed import Unfinished, kept
from cnncalc.shape import Shape


def capture(
    module: nn.Module,
    inputs: "Sequence[Shape | Tensor | tuple[int, ...]] | Mapping[str, Shape | Tensor | tuple[int, ...]]",
    *,
    mode: str = "inference",
    name: str | None = None,
    origin: str = "",
) -> Draft:
    """The draft of a module: what one run of it in `mode` (`inference`, `training`) does.

    `inputs` are the shapes of its inputs without the batch (a `Shape`, or channels first), by name or in order. The
    module is not changed. It runs without values (on the meta device), or, if its code reads values, where its weights
    are. Raises `Failed` if the module's own code raises an error, or if no output depends on an input.
    """
    with uncollected():
        recording = recorded(module, named(inputs), mode)
    return drafted(recording, name or type(module).__name__, origin, training=mode == "training")


def named(
    inputs: "Sequence[Shape | Tensor | tuple[int, ...]] | Mapping[str, Shape | Tensor | tuple[int, ...]]",
) -> dict[str, tuple[int, ...]]:
    """The shapes of inputs by name, channels first without the batch."""
    if not isinstance(inputs, Mapping):
        names = ["input"] if len(inputs) == 1 else [f"input{index}" for index in range(1, len(inputs) + 1)]
        inputs = dict(zip(names, inputs, strict=True))
    return {name: sizes(shape) for name, shape in inputs.items()}


def sizes(shape: "Shape | Tensor | tuple[int, ...]") -> tuple[int, ...]:
    """Channels first, without the batch."""
    if isinstance(shape, Tensor):
        return tuple(shape.shape[1:])
    return shape.torch if isinstance(shape, Shape) else tuple(shape)


@uncollected()
def drafted(recording: Recording, name: str, origin: str = "", *, training: bool = False) -> Draft:
    """The draft of a recorded run. Raises `Failed` if no output depends on an input."""
    without_windows: frozenset[str] = frozenset()
    while True:
        drafting = Drafting(recording, training=training, without_windows=without_windows)
        outputs: list[Value] = []
        try:
            drafting.run()
            others = _outputs(drafting, recording.output, outputs)
            nodes = kept(drafting, [value.node for value in outputs])
        except Unfinished as stop:
            without_windows |= {stop.place}
        else:
            break
    if not outputs:
        message = "no output is computed from the input by operations that are recorded"
        raise Failed(message, next((tensor.foreign for tensor in others if tensor.foreign), ""))
    for tensor in others:
        drafting.notes.fixed_output(tensor.foreign, ", ".join(tensor.names))
    freeze(nodes, recording.named, drafting.notes)
    names = tuple(dict.fromkeys(value.node for value in outputs))
    used = {taken.name for node in nodes for taken in node.weights.values()}
    unused = {
        stored.name: stored.size
        for stored in recording.named.values()
        if stored.learned and stored.name not in used
    }
    return Draft(
        name,
        {given: Shape(ref.shape[1], ref.shape[2:]) for given, ref in recording.inputs.items()},
        with_patches(nodes, names, recording.inputs),
        names,
        origin,
        tuple(drafting.notes.diagnostics),
        unused,
    )


def _outputs(drafting: Drafting, output: object, collected: list[Value]) -> list[Own]:
    """Collects the outputs that depend on the inputs. Returns the others."""
    if isinstance(output, dict | list):
        parts = output.values() if isinstance(output, dict) else output
        return [tensor for inside in parts for tensor in _outputs(drafting, inside, collected)]
    if isinstance(output, Ref):
        tensor = drafting.settled(drafting.tensor(output))
        if isinstance(tensor, Own):
            return [tensor]
        collected.append(drafting.output(tensor))
    return []

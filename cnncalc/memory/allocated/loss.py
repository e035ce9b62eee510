"""The loss: the sum of the losses of all outputs, forward, and backward up to the gradients of the outputs."""

from cnncalc.memory.allocated.losses import OUTPUT, Loss, LossCall, LossTensor, loss_type
from cnncalc.memory.allocated.precision import FULL
from cnncalc.memory.allocated.run import Run
from cnncalc.record import NamedTuple

# A class for every position.
TARGET = "int64"


class PendingLoss(NamedTuple):
    """The loss between the passes: its own tensor, and for each output what is kept, by name."""

    total: int
    kept: dict[int, dict[str, int]]


def targets(run: Run, count: int) -> None:
    """Targets of `count` batches, for each output: allocated with the input."""
    kind = loss_type(run.setup.loss).targets
    if kind is None:
        return
    for output in run.graph.outputs:
        shape = run.shape(output)
        size = shape.positions * run.width(TARGET) if kind == "classes" else shape.size * run.width(None)
        run.recorder.make(size, "input", output, "target", batched=True, count=count)


def loss_forward(run: Run) -> PendingLoss:
    """The loss of each output, and their sum."""
    recorder, rule = run.recorder, loss_type(run.setup.loss)()
    recorder.mark("forward")
    sums: list[int] = []
    waiting: dict[int, dict[str, int]] = {}
    for output in run.graph.outputs:
        kept: dict[str, int] = {}
        for instruction in rule.forward(_call(run, rule, output)):
            _follow(run, rule, output, instruction, kept, "activations")
        sums.append(kept.pop("loss"))
        if run.passes[output]:
            waiting[output] = kept
        else:
            # No gradient comes back through it: nothing is kept.
            for number in kept.values():
                recorder.drop(number)
        if len(sums) > 1:
            # The variable holds the sum now, and the parts are freed.
            total = recorder.make(_width_of_sum(run, rule), "activations", output, "loss")
            for number in sums:
                recorder.drop(number)
            sums = [total]
    run.leave_autocast()
    return PendingLoss(sums[0], waiting)


def loss_backward(run: Run, pending: PendingLoss) -> None:
    """Where the backward pass starts: the gradients of the outputs."""
    recorder, rule = run.recorder, loss_type(run.setup.loss)()
    recorder.mark("backward")
    # The gradient of the loss itself, which `backward()` holds until it returns.
    run.root = recorder.make(_width_of_sum(run, rule), "temporaries", None, "gradient of the loss")
    for output, kept in reversed(pending.kept.items()):
        program = rule.backward(_call(run, rule, output))
        for instruction in program:
            _follow(run, rule, output, instruction, kept, "temporaries")
        gradient = kept.pop("grad")
        kind = run.types[output].computes
        narrow = any(isinstance(item, LossTensor) and item.name == "grad" and item.dtype for item in program)
        if kind != _computes(run, rule, output) and not narrow:
            cast = recorder.make(
                run.shape(output).size * run.width(kind), "temporaries", output, "gradient", batched=True
            )
            recorder.drop(gradient)
            gradient = cast
        run.gradients[output] = gradient


def _call(run: Run, rule: Loss, output: int) -> LossCall:
    backend = run.setup.backend
    casts = run.types[output].computes != _computes(run, rule, output)
    return LossCall(casts, backend.name == "cpu", backend.sums_in_place)


def _computes(run: Run, rule: Loss, output: int) -> str:
    """The type that the loss of an output computes in: autocast has most losses in its list of float32."""
    return FULL if run.setup.autocast and rule.in_float32 else run.types[output].computes


def _follow(
    run: Run, rule: Loss, output: int, instruction: LossTensor | str, held: dict[str, int], category: str
) -> None:
    """One instruction of a loss's program; `held` are its tensors by name."""
    if isinstance(instruction, str):
        run.recorder.drop(held.pop(instruction.removeprefix("-")))
        return
    shape = run.shape(output)
    values = {"values": shape.size, "positions": shape.positions, "one": 1}[instruction.extent]
    computes = _computes(run, rule, output)
    kind = run.types[output].computes if instruction.dtype == OUTPUT else instruction.dtype or computes
    held[instruction.name] = run.recorder.make(
        values * run.width(kind),
        category,
        output,
        "gradient" if instruction.name == "grad" else instruction.name,
        batched=instruction.extent != "one",
    )


def _width_of_sum(run: Run, rule: Loss) -> int:
    """The sum of the losses has the widest of their types."""
    return max(run.width(_computes(run, rule, output)) for output in run.graph.outputs)

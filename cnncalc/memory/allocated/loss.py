"""The loss: the sum of the cross-entropies of all outputs over their channels (`torch.nn.functional.cross_entropy`)."""

from cnncalc.layers.log_softmax import LogSoftmax
from cnncalc.memory.allocated.precision import FULL
from cnncalc.memory.allocated.run import Run

# A class for every position.
TARGET = "int64"


def targets(run: Run, count: int) -> None:
    """Targets of `count` batches, the number of a class for each position of each output: allocated with the input."""
    for output in run.graph.outputs:
        shape = run.shape(output)
        size = shape.positions * run.width(TARGET)
        run.recorder.make(size, "input", output, "target", batched=True, count=count)


def loss(run: Run) -> int:
    """The loss and where the backward pass starts: the gradients of the outputs. Returns the loss itself."""
    recorder = run.recorder
    recorder.mark("forward")
    sums: list[int] = []
    waiting: dict[int, tuple[int, tuple[int, ...]]] = {}
    for output in run.graph.outputs:
        # Autocast casts what the loss reads: on a CPU for the whole loss, on CUDA for the logarithms only.
        narrow = run.setup.autocast is not None and run.types[output].computes != FULL
        copy = (
            (_tensor(run, output, FULL, "temporaries", "output in float32"),) if narrow else tuple[int, ...]()
        )
        logarithms = _log_softmax(run, output)
        if copy and run.setup.backend.name != "cpu":
            recorder.drop(copy[0])
            copy = ()
        sums.append(recorder.make(_scalar(run), "activations", output, "loss"))
        waiting[output] = recorder.make(_scalar(run), "activations", output, "total_weight"), logarithms
        for number in copy:
            recorder.drop(number)
        if not run.passes[output]:
            # No gradient comes back through it: nothing is kept.
            for number in (*logarithms, waiting.pop(output)[0]):
                recorder.drop(number)
        if len(sums) > 1:
            # The variable holds the sum now, and the parts are freed.
            total = recorder.make(_scalar(run), "activations", output, "loss")
            for number in sums:
                recorder.drop(number)
            sums = [total]
    run.leave_autocast()
    recorder.mark("backward")
    # The gradient of the loss itself, which `backward()` holds until it returns.
    run.root = recorder.make(_scalar(run), "temporaries", None, "gradient of the loss")
    for output, (weight, logarithms) in reversed(waiting.items()):
        run.gradients[output] = _gradient(run, output, weight)
        for number in logarithms:
            recorder.drop(number)
    return sums[0]


def _log_softmax(run: Run, output: int) -> tuple[int, ...]:
    """The logarithms of the probabilities; under autocast in float32 (`cross_entropy_loss` in its lists)."""
    kind = run.types[output].computes if run.setup.autocast is None else FULL
    return (_tensor(run, output, kind, "activations", LogSoftmax.key),)


def _gradient(run: Run, output: int, weight: int) -> int:
    """The gradient of an output: through the loss (which frees `weight`), the logarithms, and casts between them."""
    kind = run.types[output].computes
    wide = FULL if run.setup.autocast else kind
    # Between equal types there is no cast; the logarithms have a gradient all the same.
    steps = [wide, wide, kind] if kind != wide else [kind, kind]
    number = _tensor(run, output, steps[0], "temporaries", "gradient of log_softmax")
    run.recorder.drop(weight)
    for step in steps[1:]:
        gradient = _tensor(run, output, step, "temporaries", "gradient")
        run.recorder.drop(number)
        number = gradient
    return number


def _tensor(run: Run, output: int, kind: str, category: str, name: str) -> int:
    """A tensor of an output's shape."""
    return run.recorder.make(run.shape(output).size * run.width(kind), category, output, name, batched=True)


def _scalar(run: Run) -> int:
    return run.width(FULL if run.setup.autocast else None)

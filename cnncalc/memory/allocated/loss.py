"""The loss: the cross-entropy of every output over its channels, added up (`torch.nn.functional.cross_entropy`)."""

from cnncalc.layers.log_softmax import LogSoftmax
from cnncalc.memory.allocated.precision import FULL
from cnncalc.memory.allocated.run import Run

# A class for every position.
TARGET = "int64"


def targets(run: Run, count: int) -> None:
    """Targets of `count` batches, a class's number for each position of each output: allocated with the input."""
    for at in run.graph.outputs:
        shape = run.shape(at)
        size = shape.positions * run.width(TARGET)
        run.recorder.make(size, "input", at, "target", batched=True, count=count)


def loss(run: Run) -> int:
    """The loss and where the backward pass starts: the gradients of the outputs. Returns the loss itself."""
    recorder = run.recorder
    recorder.at("forward")
    sums: list[int] = []
    waiting: dict[int, tuple[int, tuple[int, ...]]] = {}
    for at in run.graph.outputs:
        logarithms = _log_softmax(run, at)
        sums.append(recorder.make(_scalar(run), "activations", at, "loss"))
        waiting[at] = recorder.make(_scalar(run), "activations", at, "total_weight"), logarithms
        if not run.passes[at]:
            # No gradient comes back through it: nothing waits.
            for number in (*logarithms, waiting.pop(at)[0]):
                recorder.drop(number)
        if len(sums) > 1:
            # The variable takes the sum, and its parts go.
            total = recorder.make(_scalar(run), "activations", at, "loss")
            for number in sums:
                recorder.drop(number)
            sums = [total]
    run.leave_autocast()
    recorder.at("backward")
    # The gradient of the loss itself, which `backward()` holds until it returns.
    run.root = recorder.make(_scalar(run), "temporaries", None, "gradient of the loss")
    for at, (weight, logarithms) in reversed(waiting.items()):
        run.gradients[at] = _gradient(run, at, weight)
        for number in logarithms:
            recorder.drop(number)
    return sums[0]


def _log_softmax(run: Run, at: int) -> tuple[int, ...]:
    """The logarithms of the shares, and what else waits for the backward pass.

    Under autocast CUDA computes them in float32, of outputs that are cast for a moment; a CPU as they come, and casts
    what the loss (`nll_loss`) reads.
    """
    kind = run.types[at].computes
    if run.setup.autocast is None:
        return (_tensor(run, at, kind, "activations", LogSoftmax.key),)
    if run.setup.backend.name == "cpu":
        made = _tensor(run, at, kind, "activations", LogSoftmax.key)
        return (
            (made,)
            if kind == FULL
            else (made, _tensor(run, at, FULL, "activations", "log_softmax in float32"))
        )
    copy = None if kind == FULL else _tensor(run, at, FULL, "temporaries", "output in float32")
    made = _tensor(run, at, FULL, "activations", LogSoftmax.key)
    if copy is not None:
        run.recorder.drop(copy)
    return (made,)


def _gradient(run: Run, at: int, weight: int) -> int:
    """The gradient of an output: through the loss (`weight` goes with it), the logarithms, and casts between them."""
    kind = run.types[at].computes
    wide = FULL if run.setup.autocast else kind
    kinds = (wide, kind, kind) if run.setup.backend.name == "cpu" else (wide, wide, kind)
    # A step between equal types is none, but for that through the logarithms.
    steps = [kinds[0], kinds[1], kinds[2]] if kind != wide else [kind, kind]
    number = _tensor(run, at, steps[0], "temporaries", "gradient of log_softmax")
    run.recorder.drop(weight)
    for step in steps[1:]:
        made = _tensor(run, at, step, "temporaries", "gradient")
        run.recorder.drop(number)
        number = made
    return number


def _tensor(run: Run, at: int, kind: str, category: str, name: str) -> int:
    """A tensor of an output's shape."""
    return run.recorder.make(run.shape(at).size * run.width(kind), category, at, name, batched=True)


def _scalar(run: Run) -> int:
    return run.width(FULL if run.setup.autocast else None)

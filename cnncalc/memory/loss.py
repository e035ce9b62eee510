"""The loss: the cross-entropy of every output over its channels, added up (`torch.nn.functional.cross_entropy`)."""

from cnncalc.memory.run import Run

# A class for every position.
TARGET = "int64"


def targets(run: Run) -> None:
    """The batch's targets, a class's number for each position of each output: allocated with the input."""
    for at in run.graph.outputs:
        shape = run.shape(at)
        run.recorder.make(shape.positions * run.width(TARGET), "input", at, "target", batched=True)


def loss(run: Run) -> list[int]:
    """The losses and where the backward pass starts: the gradients of the outputs. Returns the losses themselves."""
    recorder = run.recorder
    recorder.at("forward")
    scalar = run.width(None)
    losses: list[int] = []
    waiting: dict[int, tuple[int, int]] = {}
    for at in run.graph.outputs:
        logarithms = recorder.make(
            run.shape(at).size * scalar, "activations", at, "log_softmax", batched=True
        )
        losses.append(recorder.make(scalar, "activations", at, "loss"))
        waiting[at] = (logarithms, recorder.make(scalar, "activations", at, "total_weight"))
    recorder.at("backward")
    # The gradient of the loss itself, which `backward()` holds until it returns.
    run.root = recorder.make(scalar, "temporaries", None, "gradient of the loss")
    for at in reversed(run.graph.outputs):
        if run.passes[at]:
            size = run.shape(at).size * scalar
            inner = recorder.make(size, "temporaries", at, "gradient of log_softmax", batched=True)
            run.gradients[at] = recorder.make(size, "temporaries", at, "gradient", batched=True)
            recorder.drop(inner)
        for number in waiting[at]:
            recorder.drop(number)
    return losses

"""The loss: the cross-entropy of every output over its channels, added up (`torch.nn.functional.cross_entropy`)."""

from cnncalc.memory.run import Run

# A class for every position.
TARGET = "int64"


def targets(run: Run) -> None:
    """The batch's targets, a class's number for each position of each output: allocated with the input."""
    for at in run.graph.outputs:
        shape = run.shape(at)
        run.recorder.make(shape.positions * run.width(TARGET), "input", at, "target", batched=True)


def loss(run: Run) -> None:
    """The loss and where the backward pass starts: the gradients of the outputs."""
    recorder = run.recorder
    recorder.at("forward")
    scalar = run.width(None)
    kept: dict[int, list[int]] = {}
    for at in run.graph.outputs:
        size = run.shape(at).size * scalar
        logarithms = recorder.make(size, "activations", at, "log_softmax", batched=True)
        kept[at] = [
            logarithms,
            *(recorder.make(scalar, "activations", at, name) for name in ("loss", "weight")),
        ]
    recorder.at("backward")
    for at in reversed(run.graph.outputs):
        if not run.passes[at]:
            continue
        size = run.shape(at).size * scalar
        inner = recorder.make(size, "temporaries", at, "gradient of log_softmax", batched=True)
        run.gradients[at] = recorder.make(size, "temporaries", at, "gradient", batched=True)
        recorder.drop(inner)
        recorder.drop(kept[at][0])

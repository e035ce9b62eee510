"""The sections after the computed figures: the textbooks' estimates, and memory of unknown size."""

from collections.abc import Sequence

from cnncalc.memory.device import HeldWorkspace, Lifetime
from cnncalc.memory.report import Course, Exercise, Learning
from cnncalc.render.figures import size
from cnncalc.render.memory._cells import aligned


def course(figures: Course) -> list[str]:
    """Three sources with the factors of the course, their sum, and why `inspect` has another figure."""
    rows = [
        ("activations", size(figures.activation_bytes), "x2, with their gradients", size(figures.with_gradients_bytes)),
        ("parameters", size(figures.parameter_bytes), _copies(figures.learning), size(figures.learning_bytes)),
        ("images", size(figures.input_bytes), "", size(figures.input_bytes)),
        ("total", "", "", size(figures.total_bytes)),
    ]  # fmt: skip
    doubled = size(figures.doubled_bytes)
    return [
        *aligned(rows, "<><>"),
        *_state(figures.learning),
        f"(`inspect` doubles the images too, though they have no gradient: {doubled} of activations)",
    ]


def _copies(learning: Learning) -> str:
    """`x4, with gradients and state`, or with the notes' momentum where no optimizer is chosen."""
    if learning.optimizer is not None:
        return f"x{learning.factor}, with gradients" + " and state" * bool(learning.state)
    return f"x{learning.factor}, with gradients and {' and '.join(learning.state)}"


def _state(learning: Learning) -> list[str]:
    """`(adam stores exp_avg and exp_avg_sq for each parameter)`."""
    if learning.optimizer is None:
        return []
    stored = ", ".join(learning.state) or "nothing more"
    return [f"({learning.optimizer} stores {stored} for each parameter)"]


def exercise(figures: Exercise) -> list[str]:
    """The least memory, and what it consists of."""
    rows = [
        ("one prediction", size(figures.prediction_bytes), "two neighbouring volumes, and the parameters"),
        ("training", size(figures.training_bytes), "all activations, the images, and the parameters"),
    ]
    return aligned(rows, "<><")


def unknown(held: Sequence[HeldWorkspace]) -> list[str]:
    """Each workspace with its bounds, and the part of it that is in the figures."""
    return (
        aligned([(workspace.name, _bounds(workspace), _counted(workspace)) for workspace in held], "<<<")
        if held
        else []
    )


def _bounds(held: HeldWorkspace) -> str:
    if held.lifetime is Lifetime.PROCESS:
        return f"about {size(held.size.low)}"
    return f"{size(held.size.low)} to {'unknown' if held.size.high is None else size(held.size.high)}"


def _counted(held: HeldWorkspace) -> str:
    if held.lifetime is Lifetime.PROCESS:
        return "not part of the reserved memory; it grows with each kernel that is loaded"
    if not held.counted:
        return "not counted, not part of the reserved memory"
    if held.size.low:
        return "the least size is counted, and in the upper figures the most; use --gpu for the exact size"
    return "in the upper figures; it depends on the algorithm that cuDNN takes"

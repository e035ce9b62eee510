"""What stands beside the replayed figures: the textbooks' estimates, and what has no one size."""

from collections.abc import Sequence

from cnncalc.memory.device import HeldWorkspace
from cnncalc.memory.report import Course, Exercise
from cnncalc.render.figures import size
from cnncalc.render.memory._cells import aligned


def course(told: Course) -> list[str]:
    """Three sources, each as often as the course counts it, and their sum."""
    rows = [
        ("activations", size(told.activation_bytes), "x2, with their gradients", size(told.with_gradients_bytes)),
        ("parameters", size(told.parameter_bytes), "x3, with gradients and momentum", size(told.learning_bytes)),
        ("images", size(told.input_bytes), "", size(told.input_bytes)),
        ("in all", "", "", size(told.total_bytes)),
    ]  # fmt: skip
    return aligned(rows, "<><>")


def exercise(told: Exercise) -> list[str]:
    """What is needed at least, and what that is."""
    rows = [
        ("one prediction", size(told.prediction_bytes), "two neighbouring volumes, and the parameters"),
        ("training", size(told.training_bytes), "all activations, the images, and the parameters"),
    ]
    return aligned(rows, "<><")


def unknown(held: Sequence[HeldWorkspace]) -> list[str]:
    """Each with its bounds, and what of it is in the figures."""
    return aligned([(one.name, _bounds(one), _counted(one)) for one in held], "<<<") if held else []


def _bounds(held: HeldWorkspace) -> str:
    return f"{size(held.size.low)} to {'unknown' if held.size.high is None else size(held.size.high)}"


def _counted(held: HeldWorkspace) -> str:
    if held.size.low:
        return "counted with its least; --gpu tells"
    return "not counted" if held.counted else "not counted, beside what is reserved"

"""`slide --check`: PyTorch runs the map and the crops, in a process of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnncalc.commands._torch_process import alone
from cnncalc.commands._verifier import load_torch, name_of, require_memory
from cnncalc.commands._verify_events import Unfit, VerifySettings
from cnncalc.graph import Graph
from cnncalc.rewrites import Slide

if TYPE_CHECKING:
    from cnncalc.pytorch.slid import SlideCheck

# One image at a time.
SETTINGS = VerifySettings("cpu", "float32", 1, False, 0)
# What to do if the memory is too small for both networks.
LESS = "use a smaller --image"


def checked_slide(graph: Graph, slide: Slide) -> "SlideCheck":
    """The comparison. Raises `click.ClickException` where PyTorch is not there, can't run it, or dies."""
    check: SlideCheck = alone(_checked, graph, slide, name=name_of(graph), help=LESS)
    return check


def _checked(note_step: Callable[[str], object], graph: Graph, slide: Slide) -> "SlideCheck":
    note_step("the start of PyTorch")
    load_torch()
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.pytorch.run import DeviceOutOfMemory, Stopped
    from cnncalc.pytorch.slid import check_slide

    what = f"{name_of(graph)} with its map of scores"
    try:
        require_memory((graph, slide.graph), SETTINGS, SETTINGS.device, what, LESS)
        return check_slide(graph, slide, note_step=note_step)
    except Unbuildable as error:
        raise Unfit(f"{name_of(graph)} can't be run by PyTorch: {error}") from None
    except (DeviceOutOfMemory, MemoryError):
        raise Unfit(f"the memory does not hold {what}: {LESS}") from None
    except Stopped as error:
        raise Unfit(f"{name_of(graph)}: {error}") from None

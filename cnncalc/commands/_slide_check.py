"""`slide --check`: PyTorch runs the map and the crops; what this machine can't run is said in a sentence."""

from typing import TYPE_CHECKING

import click

from cnncalc.graph import Graph
from cnncalc.pytorch import MissingTorch, require
from cnncalc.rewrites import Slide

if TYPE_CHECKING:
    from cnncalc.pytorch.slid import SlideCheck


def checked_slide(graph: Graph, slide: Slide) -> "SlideCheck":
    """The comparison. Raises `click.ClickException` where PyTorch is not there, or can't run it."""
    try:
        require()
    except MissingTorch as error:
        raise click.ClickException(str(error)) from None
    from cnncalc.pytorch.run import DeviceOutOfMemory
    from cnncalc.pytorch.slid import check_slide

    try:
        return check_slide(graph, slide)
    except (DeviceOutOfMemory, MemoryError):
        raise click.ClickException("the memory does not hold both networks: use a smaller --image") from None

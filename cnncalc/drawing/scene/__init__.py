"""What a drawing of a graph shows, with the place of everything: boxes, edges, frames and panels of blocks."""

from cnncalc.drawing.scene._scene import placed, scene
from cnncalc.drawing.scene._things import Box, Edge, Panel, Scene

__all__ = ["Box", "Edge", "Panel", "Scene", "placed", "scene"]

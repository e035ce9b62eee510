"""Expansion of a spec into a DAG of nodes, shapes propagated as nodes are added."""

from cnncalc.graph.build import MAX_NODES, build
from cnncalc.graph.model import Fit, Frame, Graph, Node

__all__ = ["MAX_NODES", "Fit", "Frame", "Graph", "Node", "build"]

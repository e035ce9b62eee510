"""Expansion of a spec into a graph of nodes; shapes are computed when nodes are added."""

from cnncalc.graph.build import MAX_NODES, build
from cnncalc.graph.model import Graph, InputHistory
from cnncalc.graph.node import BlockUse, BoundLayer, ModuleCall, Node

__all__ = ["MAX_NODES", "BlockUse", "BoundLayer", "Graph", "InputHistory", "ModuleCall", "Node", "build"]

"""Expansion of a spec into a DAG of nodes, shapes propagated as nodes are added."""

from cnncalc.graph.build import MAX_NODES, build
from cnncalc.graph.model import Graph
from cnncalc.graph.node import BlockUse, BoundLayer, Node

__all__ = ["MAX_NODES", "BlockUse", "BoundLayer", "Graph", "Node", "build"]

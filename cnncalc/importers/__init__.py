"""Reads networks that are not specs: each format into one neutral draft graph, and a draft into a spec."""

from cnncalc.importers.document import document
from cnncalc.importers.draft import Draft, DraftNode, Scope, Taken
from cnncalc.importers.same_graph import matching
from cnncalc.importers.unreadable import Unreadable
from cnncalc.importers.writing import text

__all__ = ["Draft", "DraftNode", "Scope", "Taken", "Unreadable", "document", "matching", "text"]

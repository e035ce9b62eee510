"""Reads ONNX models: the graph only, never more of the weights than shapes need."""

from cnncalc.importers.onnx.drafting import draft

__all__ = ["draft"]

"""Layered layout: boxes in rows from top to bottom, few crossings, straight chains (Sugiyama, Tagawa & Toda 1981)."""

from cnncalc.drawing.layout._layered import Extent, Layout, Link, layered

__all__ = ["Extent", "Layout", "Link", "layered"]

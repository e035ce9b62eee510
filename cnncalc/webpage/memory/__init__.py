"""Memory in the page: the runs to choose from, what was computed of them, and what a browser computes the rest from."""

from cnncalc.webpage.memory.computed import ComputedBatch, computed_batches
from cnncalc.webpage.memory.data import script_data
from cnncalc.webpage.memory.runs import offered_runs
from cnncalc.webpage.memory.still import picture, table

__all__ = ["ComputedBatch", "computed_batches", "offered_runs", "picture", "script_data", "table"]

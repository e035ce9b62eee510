"""Runs in few numbers, from which another program computes the memory of any batch again."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.compact.record import EXACT as EXACT
    from cnncalc.memory.compact.record import CompactRecord as CompactRecord
    from cnncalc.memory.compact.record import CompactRun as CompactRun
    from cnncalc.memory.compact.record import compact_record as compact_record

# The public names of this package, with their modules.
_EXPORTS = {
    "CompactRecord": "record",
    "CompactRun": "record",
    "EXACT": "record",
    "compact_record": "record",
}
__all__ = ["EXACT", "CompactRecord", "CompactRun", "compact_record"]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)

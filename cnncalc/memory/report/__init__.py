"""All figures of a network's memory in one report: the peak, layer by layer, over time, and as textbooks count it."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.report.layer_rows import LayerRow as LayerRow
    from cnncalc.memory.report.layer_rows import folded as folded
    from cnncalc.memory.report.memory_report import DeviceMemory as DeviceMemory
    from cnncalc.memory.report.memory_report import Figures as Figures
    from cnncalc.memory.report.memory_report import MemoryReport as MemoryReport
    from cnncalc.memory.report.memory_report import PeakPlace as PeakPlace
    from cnncalc.memory.report.memory_report import ReportedMoment as ReportedMoment
    from cnncalc.memory.report.memory_report import ReportedTensor as ReportedTensor
    from cnncalc.memory.report.memory_report import figures as figures
    from cnncalc.memory.report.textbook import Course as Course
    from cnncalc.memory.report.textbook import Exercise as Exercise
    from cnncalc.memory.report.textbook import Textbook as Textbook
    from cnncalc.memory.report.textbook import textbook_estimates as textbook_estimates
    from cnncalc.memory.report.unknown_sizes import inexact as inexact
    from cnncalc.memory.report.unknown_sizes import unknown as unknown

# The public names of this package, with their modules.
_EXPORTS = {
    "Course": "textbook",
    "DeviceMemory": "memory_report",
    "Exercise": "textbook",
    "Figures": "memory_report",
    "LayerRow": "layer_rows",
    "MemoryReport": "memory_report",
    "PeakPlace": "memory_report",
    "ReportedMoment": "memory_report",
    "ReportedTensor": "memory_report",
    "Textbook": "textbook",
    "figures": "memory_report",
    "folded": "layer_rows",
    "inexact": "unknown_sizes",
    "textbook_estimates": "textbook",
    "unknown": "unknown_sizes",
}
__all__ = [
    "Course",
    "DeviceMemory",
    "Exercise",
    "Figures",
    "LayerRow",
    "MemoryReport",
    "PeakPlace",
    "ReportedMoment",
    "ReportedTensor",
    "Textbook",
    "figures",
    "folded",
    "inexact",
    "textbook_estimates",
    "unknown",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)

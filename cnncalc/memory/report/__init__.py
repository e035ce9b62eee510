"""All figures of a network's memory in one report: the peak, layer by layer, over time, and as textbooks count it."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.report.as_taught import AsTaught as AsTaught
    from cnncalc.memory.report.as_taught import TaughtNetwork as TaughtNetwork
    from cnncalc.memory.report.as_taught import TaughtParameters as TaughtParameters
    from cnncalc.memory.report.as_taught import TaughtPart as TaughtPart
    from cnncalc.memory.report.as_taught import Volume as Volume
    from cnncalc.memory.report.as_taught import taught_network as taught_network
    from cnncalc.memory.report.as_taught import total as total
    from cnncalc.memory.report.held_otherwise import HeldOtherwise as HeldOtherwise
    from cnncalc.memory.report.layer_rows import LayerRow as LayerRow
    from cnncalc.memory.report.layer_rows import folded as folded
    from cnncalc.memory.report.learning import MOMENTUM as MOMENTUM
    from cnncalc.memory.report.learning import Learning as Learning
    from cnncalc.memory.report.learning import factors as factors
    from cnncalc.memory.report.learning import learning_of as learning_of
    from cnncalc.memory.report.memory_report import DeviceMemory as DeviceMemory
    from cnncalc.memory.report.memory_report import Figures as Figures
    from cnncalc.memory.report.memory_report import MemoryReport as MemoryReport
    from cnncalc.memory.report.memory_report import ReportedMoment as ReportedMoment
    from cnncalc.memory.report.memory_report import ReportedTensor as ReportedTensor
    from cnncalc.memory.report.memory_report import figures as figures
    from cnncalc.memory.report.peak_place import PeakPlace as PeakPlace
    from cnncalc.memory.report.textbook import Course as Course
    from cnncalc.memory.report.textbook import Exercise as Exercise
    from cnncalc.memory.report.textbook import Textbook as Textbook
    from cnncalc.memory.report.textbook import textbook_estimates as textbook_estimates
    from cnncalc.memory.report.unknown_sizes import inexact as inexact
    from cnncalc.memory.report.unknown_sizes import unknown as unknown

# The public names of this package, with their modules.
_EXPORTS = {
    "AsTaught": "as_taught",
    "Course": "textbook",
    "DeviceMemory": "memory_report",
    "Exercise": "textbook",
    "Figures": "memory_report",
    "HeldOtherwise": "held_otherwise",
    "LayerRow": "layer_rows",
    "Learning": "learning",
    "MOMENTUM": "learning",
    "MemoryReport": "memory_report",
    "PeakPlace": "peak_place",
    "ReportedMoment": "memory_report",
    "ReportedTensor": "memory_report",
    "TaughtNetwork": "as_taught",
    "TaughtParameters": "as_taught",
    "TaughtPart": "as_taught",
    "Textbook": "textbook",
    "Volume": "as_taught",
    "factors": "learning",
    "figures": "memory_report",
    "folded": "layer_rows",
    "inexact": "unknown_sizes",
    "learning_of": "learning",
    "taught_network": "as_taught",
    "textbook_estimates": "textbook",
    "total": "as_taught",
    "unknown": "unknown_sizes",
}
__all__ = [
    "MOMENTUM",
    "AsTaught",
    "Course",
    "DeviceMemory",
    "Exercise",
    "Figures",
    "HeldOtherwise",
    "LayerRow",
    "Learning",
    "MemoryReport",
    "PeakPlace",
    "ReportedMoment",
    "ReportedTensor",
    "TaughtNetwork",
    "TaughtParameters",
    "TaughtPart",
    "Textbook",
    "Volume",
    "factors",
    "figures",
    "folded",
    "inexact",
    "learning_of",
    "taught_network",
    "textbook_estimates",
    "total",
    "unknown",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)

"""cnncalc: everything about a CNN architecture before a GPU is touched.

>>> import cnncalc
>>> graph = cnncalc.load("vgg16")
>>> cnncalc.analyse(graph).totals.params
138357544
"""

# The program starts here too: the less is imported, the sooner it answers Ctrl-C itself.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnncalc.analysis import Analysis as Analysis
    from cnncalc.api import analyse as analyse
    from cnncalc.api import estimate as estimate
    from cnncalc.api import findings as findings
    from cnncalc.api import load as load
    from cnncalc.diagnostic import Diagnostic as Diagnostic
    from cnncalc.graph import Graph as Graph
    from cnncalc.memory.estimate import Estimate as Estimate
    from cnncalc.memory.setup import Setup as Setup
    from cnncalc.shape import Shape as Shape

__version__ = "0.1.0"

# What the package offers, and the module that has it: loaded when it is first asked for.
_OFFERED = {
    "Analysis": "cnncalc.analysis",
    "Diagnostic": "cnncalc.diagnostic",
    "Estimate": "cnncalc.memory.estimate",
    "Graph": "cnncalc.graph",
    "Setup": "cnncalc.memory.setup",
    "Shape": "cnncalc.shape",
    "analyse": "cnncalc.api",
    "estimate": "cnncalc.api",
    "findings": "cnncalc.api",
    "load": "cnncalc.api",
}
__all__ = [
    "Analysis",
    "Diagnostic",
    "Estimate",
    "Graph",
    "Setup",
    "Shape",
    "__version__",
    "analyse",
    "estimate",
    "findings",
    "load",
]


def __getattr__(name: str) -> "Any":
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_OFFERED[name]), name)

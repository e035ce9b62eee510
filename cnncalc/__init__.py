"""cnncalc: everything about a CNN architecture before a GPU is touched.

>>> import cnncalc
>>> graph = cnncalc.load("vgg16")
>>> cnncalc.analyse(graph).totals.params
138357544
"""

# The program starts here too: with fewer imports it can handle Ctrl-C itself sooner.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnncalc.analysis import Analysis as Analysis
    from cnncalc.analysis import Field as Field
    from cnncalc.analysis import Inexact as Inexact
    from cnncalc.analysis import Totals as Totals
    from cnncalc.analysis.layer_figures import LayerFigures as LayerFigures
    from cnncalc.api import analyse as analyse
    from cnncalc.api import estimate as estimate
    from cnncalc.api import findings as findings
    from cnncalc.api import load as load
    from cnncalc.diagnostic import Diagnostic as Diagnostic
    from cnncalc.diagnostic import Severity as Severity
    from cnncalc.diagnostic import Span as Span
    from cnncalc.graph import Graph as Graph
    from cnncalc.graph import Node as Node
    from cnncalc.memory import Estimate as Estimate
    from cnncalc.memory import Setup as Setup
    from cnncalc.pytorch.entry import from_torch as from_torch
    from cnncalc.shape import Shape as Shape

__version__ = "0.1.0"

# The public names, and the module of each: imported when it is first used.
_OFFERED = {
    "Analysis": "cnncalc.analysis",
    "Diagnostic": "cnncalc.diagnostic",
    "Estimate": "cnncalc.memory",
    "Field": "cnncalc.analysis",
    "Graph": "cnncalc.graph",
    "Inexact": "cnncalc.analysis",
    "LayerFigures": "cnncalc.analysis.layer_figures",
    "Node": "cnncalc.graph",
    "Setup": "cnncalc.memory",
    "Severity": "cnncalc.diagnostic",
    "Shape": "cnncalc.shape",
    "Span": "cnncalc.diagnostic",
    "Totals": "cnncalc.analysis",
    "analyse": "cnncalc.api",
    "estimate": "cnncalc.api",
    "findings": "cnncalc.api",
    "from_torch": "cnncalc.pytorch.entry",
    "load": "cnncalc.api",
}
__all__ = [
    "Analysis",
    "Diagnostic",
    "Estimate",
    "Field",
    "Graph",
    "Inexact",
    "LayerFigures",
    "Node",
    "Setup",
    "Severity",
    "Shape",
    "Span",
    "Totals",
    "__version__",
    "analyse",
    "estimate",
    "findings",
    "from_torch",
    "load",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name == "pytorch":
        return import_module("cnncalc.pytorch")
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_OFFERED[name]), name)


def __dir__() -> list[str]:
    """The public names, imported or not, and `pytorch`, the part that needs PyTorch."""
    return sorted({*__all__, "pytorch", *(name for name in globals() if name.startswith("__"))})

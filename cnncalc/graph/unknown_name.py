"""The error for a name that no layer has, with similar names."""

from typing import TYPE_CHECKING

from cnncalc.exact import counted
from cnncalc.spec.guessing import alike, nearest

if TYPE_CHECKING:
    from cnncalc.graph.model import Graph

# The most names that are suggested.
SUGGESTED = 4


class UnknownName(KeyError):
    """No input and no layer has that name. The message suggests similar names."""

    def __init__(self, name: object, graph: "Graph") -> None:
        super().__init__(name)
        self._message = _message(name, graph)

    def __str__(self) -> str:
        return self._message


def _message(name: object, graph: "Graph") -> str:
    if not isinstance(name, str):
        return (
            f"layers are found by name, a str, not {type(name).__name__}; by index they are in `graph.nodes`"
        )
    if not graph.nodes:
        return f"no layer is named {name!r}: there are no layers, see the graph's diagnostics"
    inside = [node.name for node in graph.nodes if node.name.startswith(f"{name}.")]
    if inside:
        return f"{name!r} is a block of {counted(len(inside), 'layer')}: {_listed(inside)}"
    names = [node.name for node in graph.nodes]
    ends = [other for other in names if other.endswith(f".{name}")]
    first = nearest(name, names)
    likely = list(dict.fromkeys([*ends, *([first] if first else []), *alike(name, names)]))
    if likely:
        return f"no layer is named {name!r}; did you mean {_listed(likely)}?"
    return f"no layer is named {name!r}; the layers are {_listed(names)}"


def _listed(names: list[str]) -> str:
    more = len(names) - SUGGESTED
    return ", ".join(map(repr, names[:SUGGESTED])) + (f" and {more:,} more" if more > 0 else "")

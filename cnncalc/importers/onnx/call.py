"""One operation of a graph, as those who map it to layers see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnncalc.importers.onnx.values import Constant, Entry, NoLayer, OnnxScores, OnnxWeight, Values

if TYPE_CHECKING:
    from cnncalc.importers.onnx.reading import OnnxReading


@dataclass(slots=True)
class OnnxCall:
    """An operation: `op` is its name, `inputs` what its operands are here (None is one that is left out).

    `outputs` are the names of its results, `sizes` their sizes (None where the file and onnx do not say).
    """

    op: str
    attributes: dict[str, Any]
    inputs: list[Entry | None]
    outputs: list[str]
    sizes: list[tuple[int, ...] | None]
    names: list[str] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, ...]:
        """The sizes of the first result. Raises `NoLayer` if they are not known."""
        if self.sizes[0] is None:
            raise NoLayer("its shape depends on values")
        return self.sizes[0]

    def given(self, index: int) -> Entry | None:
        """An operand, or None."""
        return self.inputs[index] if index < len(self.inputs) else None

    def values(self, index: int = 0) -> Values:
        """An operand that is computed from the inputs. Raises `NoLayer` if it is anything else."""
        entry = self.given(index)
        if isinstance(entry, Values):
            return entry
        if isinstance(entry, OnnxScores):
            raise NoLayer("it reads scores of an attention")
        raise NoLayer(
            "its operand is computed from weights alone" if entry is not None else "it reads nothing"
        )

    def weight(self, index: int) -> OnnxWeight | None:
        """An operand that is a weight; None if it is left out. Raises `NoLayer` if it depends on the inputs."""
        entry = self.given(index)
        if entry is None or isinstance(entry, OnnxWeight):
            return entry
        if isinstance(entry, Constant):
            return OnnxWeight((entry.name or self.names[index],), entry.sizes)
        raise NoLayer("its weights depend on the input")

    def needed(self, index: int) -> OnnxWeight:
        """An operand that is a weight and must be there."""
        weight = self.weight(index)
        if weight is None:
            raise NoLayer("an operand is missing")
        return weight


Operator = Callable[["OnnxReading", OnnxCall], "list[Entry]"]
_OPERATORS: dict[str, Operator] = {}


def operator(*names: str) -> Callable[[Operator], Operator]:
    """Says that a function reads the operations with these names: it gives the results, or raises `NoLayer`."""

    def stated(function: Operator) -> Operator:
        for name in names:
            _OPERATORS[name] = function
        return function

    return stated


def reader_of(op: str) -> Operator | None:
    """The function that reads an operation."""
    from cnncalc import plugins

    if not _OPERATORS:
        plugins.load_all("cnncalc.importers.onnx.operators")
    return _OPERATORS.get(op)

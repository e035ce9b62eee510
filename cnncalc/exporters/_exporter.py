"""A target of `cnncalc export`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph


class NotExported(Exception):
    """A target has no form for some layers of a network: `diagnostics` say which, with their places."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(item.message for item in self.diagnostics))


class Exporter(ABC):
    """One target, in a file with its name (`model-explorer` is `model_explorer.py`).

    `title` says in a few words what is written. `suffixes` are the ends of file names that mean this target where
    `--to` is left out; the first is the usual one. `extra` is what to install beside cnncalc (`onnx` for
    `cnncalc[onnx]`): a `ModuleNotFoundError` from `write` then ends in a sentence that says so. A `binary` target
    gives bytes, which no terminal shows. `needs_torch`: it builds the network in PyTorch. One that `takes_unknown`
    shows operations that have no layer here (`unknown`); the others never see such a network.
    """

    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    extra: ClassVar[str | None] = None
    binary: ClassVar[bool] = False
    takes_unknown: ClassVar[bool] = False
    needs_torch: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def write(cls, graph: Graph) -> str | bytes:
        """The network in this form: text that ends with a line break, or bytes if it is `binary`.

        The graph has no errors, and the shape of every layer is known. Raises `NotExported` where a layer has no form.
        """

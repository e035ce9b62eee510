"""What the user should know of a captured network: diagnostics with the line of the user's code."""

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.importers import faults
from cnncalc.pytorch.capture.product_macs import WRITTEN
from cnncalc.pytorch.capture.recording import Call


class Notes:
    """Collects diagnostics, each fact once."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[tuple[str, str]] = set()

    def add(self, kind: object, place: str, message: str, help: str | None = None) -> None:
        """Adds a note, unless there is one that says the same of the same line."""
        if (place, message) in self._seen:
            return
        self._seen.add((place, message))
        self.diagnostics.append(kind.at(span_of(place), message, help=help))  # type: ignore[attr-defined]

    def unknown(self, call: Call, reason: str) -> str:
        """A call without a layer: adds a note and returns what the spec says of it."""
        name = call.name.removeprefix("torch.nn.functional.").removeprefix("torch.").removesuffix(".__get__")
        text = f"{name}: {reason}" if reason else name
        if call.name == WRITTEN or call.short == "__setitem__":
            self.add(
                faults.WRITES_INTO_PART,
                call.place,
                "a part of a tensor is written into: that is an unknown operation in the spec",
                help="write it as `torch.cat` of the parts, or as `torch.where`",
            )
            return text
        self.add(
            faults.UNKNOWN_OPERATION,
            call.place,
            f"`{name}` has no layer here{f': {reason}' if reason else ''}",
        )
        return f"{text} ({call.place})" if call.place else text

    def stranger(self, place: str) -> None:
        """A tensor that no recorded call has made."""
        self.add(
            faults.UNKNOWN_ORIGIN,
            place,
            "a tensor enters here that no recorded call has made: what it depends on is not known",
            help="register it as a buffer, and compute with PyTorch instead of numpy or a scripted module",
        )

    def running_average(self, place: str) -> None:
        """A batch normalisation whose running statistics are the mean of all batches."""
        self.add(
            faults.NOT_IN_SPEC,
            place,
            "momentum=None: running statistics are the mean over all batches; the spec has the default, 0.1",
            help="give the norm a momentum if the spec is to be trained as the source is",
        )

    def partly_frozen(self, place: str, names: str) -> None:
        """A layer of which only some parameters are trained."""
        self.add(
            faults.NOT_IN_SPEC,
            place,
            f"{names}: not trained, but other parameters of its layer are; the spec trains all of them",
            help="freeze all parameters of a layer, or none: `module.requires_grad_(False)`",
        )

    def fixed_output(self, place: str, names: str) -> None:
        """An output that is computed from no input."""
        what = f"of {names} alone" if names else "of nothing that is recorded"
        self.add(faults.UNKNOWN_ORIGIN, place, f"an output is made {what}: it is left out of the spec")

    def value_read(self, call: Call) -> None:
        """A Python value that depends on the values of a tensor."""
        name = call.short
        words = "a branch or a number" if name.startswith("__") else "a number"
        self.add(
            faults.READS_VALUES,
            call.place,
            f"`{name}` makes {words} of the values of a tensor: the spec is what the network does for this input",
            help="for other inputs the network may differ; compare `cnncalc import` with `--input` of another size",
        )


def span_of(place: str) -> Span:
    """A place in the user's code (`net.py:12`) as a range of one character."""
    file, _, line = place.rpartition(":")
    number = int(line) if line.isdigit() else 1
    return Span(file or place or "<model>", number, 1, number, 2)

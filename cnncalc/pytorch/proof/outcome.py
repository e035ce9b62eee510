"""The result of a proof: plain values, which commands and tests can use without PyTorch."""

from typing import Literal, NamedTuple

from cnncalc.exact import grouped
from cnncalc.pytorch.compared import Compared

# The largest difference of an output, as a part of its largest value, that is rounding: sums in another order.
ROUNDING = 1e-5
# The same in float64, in which the outputs are compared where float32 leaves a doubt.
ROUNDING64 = 1e-9


class OutputMatch(NamedTuple):
    """One output of both networks. `shape` and `theirs` are without the batch.

    `difference` is the largest difference, as a part of the largest value; None where the shapes differ or a value is
    NaN. `identical` says that all bits are equal.
    """

    name: str
    shape: tuple[int, ...]
    theirs: tuple[int, ...]
    difference: float | None
    identical: bool


class Proof(NamedTuple):
    """What was compared between a spec and the source that it was made from.

    `figures` are parameters, buffers and MACs: ours are predicted, theirs are actual. `outputs` are those of both, with
    the same weights, on the same random images, in the type `dtype`; empty where they were not compared, and `reason`
    says why. `first` says which layer's output is the first that differs, where that is known.
    """

    figures: tuple[Compared, ...]
    outputs: tuple[OutputMatch, ...] = ()
    dtype: str = "float32"
    reason: str = ""
    first: str = ""
    limit: float = ROUNDING
    # Facts that are no failure: buffers of the source that no layer has, parameters that this mode does not read.
    notes: tuple[str, ...] = ()

    @property
    def difference(self) -> float | None:
        """The largest difference of an output; None where one cannot be compared, or none was."""
        known = [output.difference for output in self.outputs]
        return None if None in known else max((value for value in known if value is not None), default=None)

    @property
    def identical(self) -> bool:
        """Whether all outputs are equal bit by bit."""
        return bool(self.outputs) and all(output.identical for output in self.outputs)

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The figures that differ."""
        return tuple(figure for figure in self.figures if figure.ok is False)

    @property
    def verdict(self) -> Literal["proven", "differs", "unproven"]:
        """`differs` if anything that was compared is not equal, `unproven` if the outputs were not compared."""
        difference = self.difference
        if self.differing or (self.outputs and (difference is None or difference > self.limit)):
            return "differs"
        return "proven" if self.outputs and not self.reason else "unproven"

    @property
    def ok(self) -> bool:
        """Whether nothing differs: an import with unknown operations is no failure."""
        return self.verdict != "differs"

    @property
    def summary(self) -> str:
        """One line: `proven: outputs equal to 6e-8`, what differs, or why nothing is proven."""
        match self.verdict:
            case "proven" if self.identical:
                return f"proven: {self._what}, bit by bit"
            case "proven":
                within = f"proven: {self._what} to {self.difference:.0e}".replace("e-0", "e-")
                return f"{within} in {self.dtype}" if self.dtype != "float32" else within
            case "differs":
                return f"not the same: {'; '.join(self._differences())}"
            case _:
                return f"not proven: {self.reason}"

    @property
    def _what(self) -> str:
        return "outputs are equal" if len(self.outputs) > 1 else "output is equal"

    def _differences(self) -> list[str]:
        facts = [
            f"{figure.what}: {_number(figure.predicted)} in the spec, {_number(figure.actual)} in the source"
            for figure in self.differing
        ]
        for output in self.outputs:
            if output.shape != output.theirs and output.difference is None:
                facts.append(f"output `{output.name}` is {output.shape} here, {output.theirs} in the source")
            elif output.difference is None:
                facts.append(f"output `{output.name}` is not a finite number everywhere")
            elif output.difference > self.limit:
                facts.append(
                    f"output `{output.name}` differs by {output.difference:.1g} of its largest value"
                )
        return [*facts, self.first] if self.first else facts


def _number(value: object) -> str:
    return grouped(value) if isinstance(value, int | float) else "unknown"

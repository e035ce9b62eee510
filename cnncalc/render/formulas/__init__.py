"""Figures as formulas in letters: one format, one file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.exact import grouped
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from cnncalc.analysis.letters import Letter
    from cnncalc.analysis.symbols import Formulas

# Figures that have a line of their own; the others are the sides of the output.
FIGURES = ("weights", "parameters", "MACs")


class FormulaPage(NamedTuple):
    """What is shown: of what, in which letters, and the formulas."""

    title: str
    file: str
    letters: "Sequence[Letter]"
    formulas: "Formulas"
    width: int | None = None

    def lines(self) -> list[tuple[str, str]]:
        """Each figure, as a formula and as the number that it is in the network; the letters last."""
        result = self.formulas
        sides = [name for name in result.polynomials if name not in (*FIGURES, "output")]
        lines = [(name, self._line(name)) for name in FIGURES]
        grid = [name for name in sides if name not in ("channels", "features")]
        last = [name for name in sides if name not in grid]
        shape = "x".join(_held(str(result.polynomials[name])) for name in (*grid, *last))
        lines.append(("output", f"{shape}: {self._line('output')} values"))
        for letter, step in zip(self.letters, result.steps, strict=True):
            holds = f"; for {letter.value} and every {step} more" if step > 1 else ""
            lines.append((letter.name, f"{letter.what}: {letter.value} here{holds}"))
        return lines

    def _line(self, name: str) -> str:
        formula = self.formulas.polynomials[name]
        value = formula(*self.formulas.values)
        text = str(formula)
        return text if text == grouped(int(value)) else f"{text} = {grouped(int(value))}"


def _held(text: str) -> str:
    return f"({text})" if any(sign in text for sign in " /") else text

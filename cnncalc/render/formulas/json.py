"""Formulas as JSON: version 1, which only grows."""

from typing import Any

from cnncalc.analysis.polynomial import Polynomial
from cnncalc.render.formulas import FormulaPage
from cnncalc.render.json_text import dumped

VERSION = 1


def content(page: FormulaPage) -> dict[str, Any]:
    """The letters, and each figure as a formula, as its terms and as a number."""
    result = page.formulas
    return {
        "letters": {
            letter.name: {"value": letter.value, "what": letter.what, "step": step}
            for letter, step in zip(page.letters, result.steps, strict=True)
        },
        "formulas": {
            name: {"formula": str(item), "terms": _terms(item), "value": int(item(*result.values))}
            for name, item in result.polynomials.items()
        },
    }


def render(page: FormulaPage) -> str:
    """One object."""
    head = {"version": VERSION, "explains": "formulas", "file": page.file, "of": page.title}
    return dumped({**head, **content(page), "diagnostics": []})


def _terms(formula: Polynomial) -> list[dict[str, Any]]:
    """A coefficient, a whole number or a fraction as text, and the power of each letter that is there."""
    return [
        {
            "coefficient": int(number) if number.denominator == 1 else str(number),
            "powers": {letter: power for letter, power in zip(formula.letters, powers, strict=True) if power},
        }
        for powers, number in formula.terms.items()
    ]

"""All kinds of diagnostics."""

from functools import cache
from importlib import import_module

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.rules import ALL, rules
from cnncalc.text import escaped

# The modules that declare diagnostics, besides the rules.
DECLARING = (
    "cnncalc.text.faults",
    "cnncalc.pattern.faults",
    "cnncalc.spec.faults",
    "cnncalc.vocabulary.window_faults",
    "cnncalc.vocabulary.shape_faults",
    "cnncalc.vocabulary.operand_faults",
    "cnncalc.vocabulary.value_faults",
    "cnncalc.vocabulary.field_faults",
    "cnncalc.vocabulary.scaled",
    "cnncalc.vocabulary.unpooling",
    "cnncalc.graph.faults",
    "cnncalc.importers.faults",
    "cnncalc.importers.onnx.faults",
    "cnncalc.lint._faults",
    "cnncalc.rewrites._faults",
    "cnncalc.pytorch._faults",
)
# The families that `validate` does not look for: of PyTorch (`verify`), of rewrites (`rewrite` and `slide`), and of
# imports.
ELSEWHERE = ("T", "R", "I")


@cache
def faults() -> dict[str, DiagnosticKind]:
    """Every kind of diagnostic by its code, sorted."""
    kinds = [
        item
        for name in DECLARING
        for item in vars(import_module(name)).values()
        if isinstance(item, DiagnosticKind)
    ]
    kinds += [rule.fault for rule in rules()]
    by_code = {fault.code: fault for fault in kinds}
    return dict(sorted(by_code.items()))


def known(word: str) -> bool:
    """Whether a word selects diagnostics: a code, the start of a code, or ALL."""
    return word == ALL or (word != "" and any(code.startswith(word) for code in faults()))


def no_code(word: str) -> str | None:
    """The error of a word that should select diagnostics; None if it is right."""
    return None if known(word) else f"no diagnostic has a code that starts with `{escaped(word)}`"


def meant(word: str) -> str | None:
    """A help with the likely word, as a question."""
    return f"did you mean `{word.upper()}`?" if known(word.upper()) else None

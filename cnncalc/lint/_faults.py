"""What can be wrong with that which accepts findings: comments, and entries of `allow:`."""

from cnncalc.diagnostic import DiagnosticKind, Severity

_HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
_LOSES = "  - conv: {filters: 8, kernel: 4, stride: 3}"
_FITS = "  - conv: {filters: 8, kernel: 4, stride: 4}"

UNUSED_SUPPRESSION = DiagnosticKind(
    "L101",
    "unused-suppression",
    Severity.WARNING,
    "A code in an ignore comment, or in `allow:`, that accepts nothing: no such finding is made there, in training or "
    "in inference. It is reported only where it is certain: in a spec without an error, for codes that are selected.",
    "It was for a finding that has been fixed since, or is in the wrong place; left there, it hides the next one.",
    invalid=f"{_HEAD}{_FITS}  # cnncalc: ignore[S001] as published\n",
    valid=f"{_HEAD}{_FITS}\n",
)
UNKNOWN_CODE = DiagnosticKind(
    "L102",
    "unknown-code",
    Severity.WARNING,
    "A word in an ignore comment that is no diagnostic's code, or a code in it or in `allow:` that no diagnostic has.",
    "It accepts nothing, and whoever wrote it believes that it does.",
    invalid=f"{_HEAD}{_FITS}  # cnncalc: ignore[S999] as published\n",
    valid=f"{_HEAD}{_FITS}\n",
)
IGNORE_WITHOUT_CODES = DiagnosticKind(
    "L103",
    "ignore-without-codes",
    Severity.WARNING,
    "An ignore comment that names no code in brackets. It accepts nothing.",
    "A comment that accepted everything would hide faults that nobody has seen yet.",
    invalid=f"{_HEAD}{_LOSES}  # cnncalc: ignore, as published\n",
    valid=f"{_HEAD}{_LOSES}  # cnncalc: ignore[S001] as published\n",
)
MISPLACED_IGNORE_FILE = DiagnosticKind(
    "L104",
    "misplaced-ignore-file",
    Severity.WARNING,
    "A comment `ignore-file` that does not stand on a line of its own above the spec. It accepts nothing.",
    "What holds for a whole file is looked for at its top.",
    invalid=f"{_HEAD}{_LOSES}  # cnncalc: ignore-file[S001] as published\n",
    valid=f"# cnncalc: ignore-file[S001] as published\n{_HEAD}{_LOSES}\n",
)

FAULTS: tuple[DiagnosticKind, ...] = tuple(
    value for value in list(vars().values()) if isinstance(value, DiagnosticKind)
)

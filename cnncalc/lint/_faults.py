"""Diagnostics about comments and entries of `allow:` that accept findings."""

from cnncalc.diagnostic import DiagnosticKind, Severity

_HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
_LOSES = "  - conv: {filters: 8, kernel: 4, stride: 3}"
_FITS = "  - conv: {filters: 8, kernel: 4, stride: 4}"

UNUSED_SUPPRESSION = DiagnosticKind(
    "L101",
    "unused-suppression",
    Severity.WARNING,
    "A code in an ignore comment, or in `allow:`, that accepts nothing: there is no such finding, in training or "
    "in inference. It is reported only if that is certain: in a spec without errors, for selected codes.",
    "Its finding has been fixed since, or it is in the wrong place. If it stays, it hides the next finding.",
    invalid=f"{_HEAD}{_FITS}  # cnncalc: ignore[S001] as published\n",
    valid=f"{_HEAD}{_FITS}\n",
)
UNKNOWN_CODE = DiagnosticKind(
    "L102",
    "unknown-code",
    Severity.WARNING,
    "A word in an ignore comment, or a key of `allow:`, that is not the code of a diagnostic.",
    "It accepts nothing, but its author expects that it does.",
    invalid=f"{_HEAD}{_FITS}  # cnncalc: ignore[S999] as published\n",
    valid=f"{_HEAD}{_FITS}\n",
)
IGNORE_WITHOUT_CODES = DiagnosticKind(
    "L103",
    "ignore-without-codes",
    Severity.WARNING,
    "An ignore comment without a code in brackets. It accepts nothing.",
    "A comment that accepts everything would hide mistakes that nobody has seen yet.",
    invalid=f"{_HEAD}{_LOSES}  # cnncalc: ignore, as published\n",
    valid=f"{_HEAD}{_LOSES}  # cnncalc: ignore[S001] as published\n",
)
MISPLACED_IGNORE_FILE = DiagnosticKind(
    "L104",
    "misplaced-ignore-file",
    Severity.WARNING,
    "A comment `ignore-file` that is not on its own line above the spec. It accepts nothing.",
    "Readers expect a comment for the whole file at its top.",
    invalid=f"{_HEAD}{_LOSES}  # cnncalc: ignore-file[S001] as published\n",
    valid=f"# cnncalc: ignore-file[S001] as published\n{_HEAD}{_LOSES}\n",
)

FAULTS: tuple[DiagnosticKind, ...] = tuple(
    value for value in list(vars().values()) if isinstance(value, DiagnosticKind)
)

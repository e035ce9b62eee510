"""Diagnostics with everything in them that an output format has to escape, count or leave out."""

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Edit, Fix, Note, Severity, Span
from cnncalc.text import Source

# A cup is one character, and two UTF-16 code units.
TEXT = "cnncalc: 1\nname: ☕ 🍵 tea\nlayers:\n  - conv: 8\n  - conv:\n      8\n"
FILE, OTHER = "nets/my net.yaml", "base,100%:a.yaml"
SOURCES = {FILE: Source(FILE, TEXT), OTHER: Source(OTHER, "cnncalc: 1\n")}

BROKEN = DiagnosticKind(
    "X001", "broken-thing", Severity.ERROR, "What breaks.", "Why it matters.", "a: 1\n", "a: 2\n"
)
ODD = DiagnosticKind("X002", "odd-thing", Severity.WARNING, "What is odd.", "Why to look.", "a: \ufeff\n", "")
NOTED = DiagnosticKind("X003", "noted", Severity.INFO, "What there is.", "Why to know.", "", "")

NAME = Span(FILE, 2, 9, 2, 12)
LAYERS = Span(FILE, 4, 5, 6, 8)
KEY = Span(FILE, 4, 11, 4, 12)
AWAY = Span(OTHER, 1, 1, 1, 8)

EVERY: tuple[Diagnostic, ...] = (
    BROKEN.at(
        NAME,
        '100% of "tea" & <cups>: 🍵',
        notes=["two ends\nof a note", Note("the first is here", KEY), Note("and line 1 here", AWAY)],
        help="write `tea`, or: 'coffee'",
        fixes=[
            Fix("write coffee", (Edit(NAME, "coffee\n"),)),
            Fix("remove it", (Edit(NAME, ""), Edit(KEY, "16"), Edit(AWAY, "{cnncalc}"))),
        ],
    ),
    ODD.at(LAYERS, "over\nthree \x1b[31m lines\r\n\x00\ufffe]]>"),
    NOTED.at(KEY, "so it is"),
    # Twice the same but for the message, and where nothing can be read.
    NOTED.at(KEY, "and so it is, too"),
    BROKEN.at(Span("gone.yaml", 1, 1, 1, 1), "there is no file", severity=Severity.WARNING),
    BROKEN.at(AWAY, "of another file"),
)

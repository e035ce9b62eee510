"""LaTeX: text in which nothing is a command, and tables. What is written is ASCII, so that every engine reads it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import normalize

from cnncalc.text import escaped

PACKAGES = ("booktabs", "longtable")
# Characters of one text at most.
LONGEST = 1000
# What LaTeX would take for a command, and what it would join.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "'": r"{\char39}",
    "`": r"{\char96}",
    "<=": r"$\leq$",
}
_PIECES = re.compile("<=|.", re.DOTALL)
_SIGNS = {
    "\N{NO-BREAK SPACE}": "~",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "±": r"$\pm$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "\N{MINUS SIGN}": "$-$",
    "·": r"$\cdot$",
    "µ": r"$\mu$",
    "\N{EN DASH}": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\ldots{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
}
# Accents, by the combining character.
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}


def safe(text: str) -> str:
    """Text that LaTeX shows as it is, on one line. A character that its usual fonts lack is shown as an escape."""
    text = escaped(" ".join(text.split()), LONGEST)
    written = "".join(_written(piece) for piece in _PIECES.findall(text))
    # Two of them would be one sign.
    written = written.replace("--", "-{}-").replace("--", "-{}-").replace(",,", ",{},").replace(",,", ",{},")
    # After the end of a row, and in a list, these begin an option.
    return f"{{{written[0]}}}{written[1:]}" if written[:1] in ("[", "*") else written


def _written(character: str) -> str:
    """A character, or `<=`."""
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character
    if character in _SIGNS:
        return _SIGNS[character]
    base, *marks = list(normalize("NFD", character))
    if re.fullmatch("[A-Za-z]", base) and len(marks) == 1 and marks[0] in _ACCENTS:
        # Without its dot an i has room for an accent.
        return rf"\{_ACCENTS[marks[0]]}{{{base if base not in 'ij' or marks[0] == chr(0x327) else chr(92) + base}}}"
    code = ord(character)
    return r"\textbackslash{}" + (f"u{code:04x}" if code < 0x10000 else f"U{code:08x}")


def table(
    caption: str, titles: Sequence[str], figures: Sequence[bool], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    """A table that goes on over pages. `figures` says which columns are on the right."""
    count = len(titles)
    head = f"{_row(titles)}\\midrule\n"
    yield f"\\begin{{longtable}}{{@{{}}{''.join('r' if right else 'l' for right in figures)}@{{}}}}\n"
    yield f"\\caption{{{safe(caption)}}}\\\\\n\\toprule\n{head}\\endfirsthead\n"
    yield f"\\toprule\n{head}\\endhead\n"
    yield f"\\midrule\n\\multicolumn{{{count}}}{{r@{{}}}}{{continued on the next page}}\\\\\n\\endfoot\n"
    yield "\\bottomrule\n\\endlastfoot\n"
    yield from map(_row, rows)
    yield "\\end{longtable}\n"


def items(lines: Iterable[str]) -> Iterator[str]:
    """A list; nothing where there are no lines."""
    kept = list(lines)
    if kept:
        yield "\\begin{itemize}\n"
        yield from (f"\\item {safe(line)}\n" for line in kept)
        yield "\\end{itemize}\n"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(safe, cells)) + " \\\\\n"

"""Slips of writing that leave valid YAML: a colon left out, a comment without a space before it."""

import re
from collections.abc import Callable, Sequence

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import layer_type, main_field, names, stated
from cnncalc.spec import faults, foreign_layers
from cnncalc.spec.guessing import guess
from cnncalc.spec.reading import Reading, nearest
from cnncalc.spec.shapes import QUOTED
from cnncalc.text import Entry, Mapping, Scalar, escaped

# `upsample 2`, `conv {filters: 8}`; `conv=64`; `conv(64)`.
_NO_COLON = re.compile(r"(?P<word>[A-Za-z_]\w*)(?P<between>\s+|\s*=\s*)(?P<value>\S.*)", re.ASCII | re.DOTALL)
_CALLED = re.compile(r"(?P<word>[A-Za-z_]\w*)\((?P<value>[^()]*)\)", re.ASCII)
_FOREIGN_CALL = re.compile(r"(?P<word>[A-Za-z_][\w.]*)\((?P<value>.*)\)", re.ASCII | re.DOTALL)
# Keys that other languages put a structure's list under.
LISTS = ("layers", "body", "branch", "branches", "main", "operands", "inputs", "path")
_COMMENT = re.compile(r"(?P<value>[^\s#]+)#.*", re.DOTALL)


def report_slip(reading: Reading, key: Scalar, is_word: Callable[[str], bool]) -> bool:
    """Report a word that is a layer or block with its value behind it but no colon; whether it is one."""
    text = key.raw
    match = _NO_COLON.fullmatch(text) or _CALLED.fullmatch(text)
    if match is None or not is_word(match["word"]):
        return _report_call(reading, key)
    word, value = match["word"], match["value"].strip()
    fixes = []
    if re.fullmatch(r"[\w.$-]+|\{.*\}|\[.*\]", value) and ": " not in value and "\n" not in text:
        fixes = [Fix(f"write `{word}: {value}`", (Edit(key.span, f"{word}: {value}"),))]
        help = f"write `{word}: {escaped(value)}`"
    else:
        help = f"write `{word}: {{{_fields(word)}}}`, each value with its name"
    what = f"a colon is missing after `{word}`: `{escaped(text)}` is read as one word"
    reading.report(faults.UNKNOWN_LAYER, key.span, what, help=help, fixes=fixes if key.plain else ())
    return True


def _report_call(reading: Reading, key: Scalar) -> bool:
    """Report a layer that is called as in Python, by the name that it has there; whether it is one."""
    match = _FOREIGN_CALL.fullmatch(key.raw)
    if match is None:
        return False
    word, value = match["word"], match["value"].strip()
    given = value.strip("'\"")
    if given in names() and layer_type(given).family == "activation":
        help = f"write `{given}`"
    elif len(meant := guess(word, names(), foreign_layers.LAYERS).words) == 1:
        help = f"write `{meant[0]}`" if not value else f"write `{meant[0]}: {{{_fields(meant[0])}}}`"
    else:
        return False
    what = f"`{escaped(key.raw)}` is a call of a program: a spec has the name of a layer, and its values after a colon"
    reading.report(faults.UNKNOWN_LAYER, key.span, what, help=help)
    return True


def _fields(word: str) -> str:
    """The first fields of a layer, to be filled in; three dots for a block."""
    if word not in names():
        return "..."
    known = list(stated(layer_type(word)))
    main = main_field(layer_type(word))
    first = [main, *(name for name in known if name != main)] if main else known
    return ", ".join(f"{name}: ..." for name in first[:2]) or "..."


def uncommented(text: str) -> str | None:
    """The value of a text in which a comment follows without a space; None where there is none."""
    match = _COMMENT.fullmatch(text)
    return match["value"] if match else None


def meant(text: str) -> tuple[str, str] | None:
    """What is odd about a value, and the value that may be meant: `64,` is 64, `3,3` and `3 3` are [3, 3]."""
    bare = text.strip()
    if (inner := unquoted(bare)) is not None:
        return "its quotes are typographic, which YAML takes for letters", inner
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,9})?\s*%", bare, re.ASCII):
        return "a percent sign makes it a text", f"{float(bare.rstrip('% ')) / 100:g}"
    if re.fullmatch(r"[^\s,]+,", bare):
        return "the comma is a part of it, as nothing separates lines", bare[:-1]
    if re.fullmatch(r"\(?\s*\d{1,9}(?:\s*[,; ]\s*\d{1,9}){1,2}\s*\)?", bare):
        return "a list stands in brackets", f"[{', '.join(re.findall(r'[0-9]+', bare))}]"
    return None


def unquoted(text: str) -> str | None:
    """What stands between typographic quotes, as word processors write them; None where there are none."""
    match = re.fullmatch(QUOTED, text)
    return match[1] if match else None


def report_tuple(reading: Reading, name: str, entries: Sequence[Entry]) -> int:
    """Report `(3, 3)` inside braces, where the comma ends the value; of how many entries it is, 0 where there is none.

    In braces the rest of it is read as keys without a value: `3)`.
    """
    first = entries[0].value
    if not (isinstance(first, Scalar) and first.plain and first.raw.startswith("(") and ")" not in first.raw):
        return 0
    rest = []
    for entry in entries[1:3]:
        if not (isinstance(entry.value, Scalar) and entry.value.value is None):
            return 0
        rest.append(entry.key)
        if entry.key.raw.endswith(")"):
            break
    if not rest or not rest[-1].raw.endswith(")"):
        return 0
    told = ", ".join([first.raw, *(key.raw for key in rest)])
    start, end = first.span, rest[-1].span
    span = Span(start.file, start.line, start.column, end.end_line, end.end_column)
    listed = f"[{told[1:-1].strip()}]"
    reading.report(
        faults.WRONG_VALUE,
        span,
        f"`{name}` is given `{escaped(told)}`: a list stands in brackets, and in braces a comma ends a value",
        help=f"write `{escaped(listed)}`",
        fixes=[Fix(f"write {listed}", (Edit(span, listed),))] if start.line == end.line else [],
    )
    return 1 + len(rest)


# Keys under which other tools put the type of a layer.
TYPES = ("type", "op", "op_type", "layer", "layer_type", "kind", "class", "class_name", "module", "_target_")


def report_type(reading: Reading, entries: Sequence[Entry], is_word: Callable[[str], bool]) -> bool:
    """Report an item that says its type as a value (`type: conv`); whether it does."""
    for entry in entries:
        if entry.name.lower() not in TYPES or not isinstance(entry.value, Scalar):
            continue
        word = entry.value.raw
        if not is_word(word):
            close = nearest(word, names())
            if close is None:
                continue
            word = close
        inside = [one.name for one in entries if one is not entry]
        fields = ", ".join(f"{escaped(name)}: ..." for name in inside)
        reading.report(
            faults.MALFORMED_ITEM,
            entry.key.span,
            f"the type of a layer is its key here, not a value of `{escaped(entry.name)}`",
            help=f"write `- {word}: {{{fields}}}`" if inside else f"write `- {word}`",
        )
        return True
    return False


def report_mapping(reading: Reading, node: Mapping, what: str, is_word: Callable[[str], bool]) -> None:
    """Report layers that are written as the keys of a mapping."""
    first = node.entries[0]
    if (inside := next((one for one in node if one.name in LISTS), None)) is not None and not is_word(
        first.name
    ):
        others = [f"`{escaped(one.name)}`" for one in node if one is not inside]
        beside = f"; {' and '.join(others)} in the column of {what}" if others else ""
        reading.report(
            faults.WRONG_VALUE,
            Span(node.span.file, *inside.key.span[1:]),
            f"{what} is a list of layers itself: there is no `{escaped(inside.name)}` in it",
            help=f"put the list right below {what}, without `{escaped(inside.name)}:`{beside}",
        )
        return
    word = first.name.rstrip("0123456789").rstrip("_-") or first.name
    named = (
        "" if is_word(first.name) or not is_word(word) else f", with `name: {first.name}` on the line below"
    )
    shown = escaped(word if named else first.name)
    reading.report(
        faults.WRONG_VALUE,
        Span(node.span.file, *first.key.span[1:]),
        f"{what} must be a list of layers, and is a mapping: its keys have no order and may not repeat",
        help=f"start each layer with `- `: `- {shown}: ...`{named}",
    )

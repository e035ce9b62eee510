"""Slips of writing that leave valid YAML: a colon left out, a comment without a space before it."""

import re
from collections.abc import Callable

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import layer_type, main_field, names, stated
from cnncalc.spec import faults
from cnncalc.spec.reading import Reading
from cnncalc.text import Mapping, Scalar, escaped

# `upsample 2`, `conv {filters: 8}`; `conv=64`; `conv(64)`.
_NO_COLON = re.compile(r"(?P<word>[A-Za-z_]\w*)(?P<between>\s+|\s*=\s*)(?P<value>\S.*)", re.ASCII | re.DOTALL)
_CALLED = re.compile(r"(?P<word>[A-Za-z_]\w*)\((?P<value>[^()]*)\)", re.ASCII)
_COMMENT = re.compile(r"(?P<value>[^\s#]+)#.*", re.DOTALL)


def report_slip(reading: Reading, key: Scalar, is_word: Callable[[str], bool]) -> bool:
    """Report a word that is a layer or block with its value behind it but no colon; whether it is one."""
    text = key.raw
    match = _NO_COLON.fullmatch(text) or _CALLED.fullmatch(text)
    if match is None or not is_word(match["word"]):
        return False
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
    if re.fullmatch(r"[^\s,]+,", bare):
        return "the comma is a part of it, as nothing separates lines", bare[:-1]
    if re.fullmatch(r"\(?\s*\d{1,9}(?:\s*[,; ]\s*\d{1,9}){1,2}\s*\)?", bare):
        return "a list stands in brackets", f"[{', '.join(re.findall(r'[0-9]+', bare))}]"
    return None


def report_mapping(reading: Reading, node: Mapping, what: str, is_word: Callable[[str], bool]) -> None:
    """Report layers that are written as the keys of a mapping."""
    first = node.entries[0]
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

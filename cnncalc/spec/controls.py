"""The control keys: the keys beside a layer, as in an Ansible task."""

import re
from collections.abc import Iterator
from typing import Any

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import shown
from cnncalc.spec import faults
from cnncalc.spec.item_types import Allowed, Controls
from cnncalc.spec.reading import RESERVED, Reading
from cnncalc.spec.values import ValueExpr, Word, unreadable
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped, scalar_value

# Words that a block may have as its name: they were no control keys once, and then they are none in that spec.
FREE = frozenset(("next", "freeze", "module"))
CONTROLS = FREE | frozenset(
    ("name", "from", "repeat", "first", "when", "only", "expect", "share", "allow", "place", "shortcut")
)
NO_CONTROLS = Controls()
MODES = ("training", "inference")
NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?"
FLAG = "true, false or an expression"
CODE = r"[A-Z][0-9]{3}"


# If one of these can't be read, the item is unknown.
DECISIVE = ("source", "repeat", "when", "only", "share")


def controls(reading: Reading, beside: list[Entry]) -> tuple[Controls, bool]:
    """The control keys of one item, and whether all could be read; each error in them is reported."""
    values: dict[str, Any] = {}
    for entry in beside:
        name, node = entry.name, entry.value
        if name == "name":
            values["name"] = layer_name(reading, node)
            values["lost_name"] = values["name"] is None
        elif name == "only":
            values["only"] = _only(reading, node)
        elif name == "allow":
            with reading.without_figures():
                values["allow"] = _allow(reading, node)
        elif name == "from":
            values["source"] = _reference(reading, node, "from")
        elif name == "share":
            values["share"] = _reference(reading, node, "share")
        elif name == "place":
            from cnncalc.spec.placement import device

            with reading.without_figures():
                values["place"] = device(reading, node)
        elif name == "expect":
            with reading.without_figures():
                values["expect"] = reading.given(node)
        elif name == "repeat":
            values["repeat"] = _checked(reading, node, "repeat", "a whole number, 0 or more", is_count)
        elif name == "when":
            values["when"] = _checked(reading, node, "when", FLAG, _is_flag)
        elif name == "freeze":
            values["freeze"] = _checked(reading, node, "freeze", FLAG, _is_flag)
        elif name == "module":
            values["module"] = _checked(reading, node, "module", FLAG, _is_flag)
    return Controls(**values), all(values.get(name, 0) is not None for name in DECISIVE)


def is_count(value: Any) -> bool:
    """Whether a value is a count: a whole number, 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _checked(reading: Reading, node: Node, name: str, words: str, fits: Any) -> ValueExpr | None:
    given = reading.value(node)
    if given.constant and not fits(given.value):
        written = escaped(str(getattr(node, "raw", "a list or mapping")))
        if isinstance(node, Scalar) and not node.plain and fits(meant := scalar_value(node.raw)[0]):
            # `"yes"` would be refused without its quotes too.
            instead = shown(meant)
            help = "remove the quotes" if instead == node.raw else f"write {instead}"
            reading.report(
                faults.WRONG_VALUE,
                node.span,
                f'`{name}` must be {words}, not the text "{written}"',
                help=f"{help}: `{name}: {instead}`",
                fixes=[Fix(f"write {instead}", (Edit(node.span, instead),))],
            )
            return None
        message = (
            f"`{name}` must be {words}, not {written}" if written else f"`{name}` needs a value: {words}"
        )
        reading.report(faults.WRONG_VALUE, node.span, message)
        return None
    return given


def _reference(reading: Reading, node: Node, name: str) -> ValueExpr | None:
    if isinstance(node, Scalar) and node.doubtful:
        return unreadable(node.span)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        # A name can depend on parameters, but not on the input.
        was, reading.entered = reading.entered, False
        given = reading.value(node)
        reading.entered = was
        return given
    message, help = f"`{name}` must be the name of an earlier layer", None
    fixes: list[Fix] = []
    if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
        message += f", not an index: {node.raw}"
        help, fixes = index_help(node, node.value, name)
    reading.report(faults.WRONG_VALUE, node.span, message, help=help, fixes=fixes)
    return None


def index_help(node: Scalar, index: int, key: str) -> tuple[str, list[Fix]]:
    """What to write instead of the index of a layer: -1 is the previous layer, others need a name."""
    if index == -1:
        return "the previous layer is `prev`", [Fix("write prev", (Edit(node.span, "prev"),))]
    return f"put `name: c3` beside that layer, and write `{key}: c3`", []


def _is_name(text: str) -> bool:
    """Whether `NAME` matches. (Nearly all names are letters, digits and `_`: for them it need not be compiled.)"""
    plain = text.isascii() and text.replace("_", "0").isalnum() and len(text) <= 100
    return plain or re.fullmatch(NAME, text) is not None


def layer_name(reading: Reading, node: Node, what: str = "a name") -> Word | None:
    """A layer's own name; an error and None if it is not a valid name."""
    text = node.raw if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and node.doubtful:
        return None
    if text is None or not _is_name(text):
        written = "a list or mapping" if text is None else f"`{escaped(text)}`"
        corrected = re.sub(r"[^A-Za-z0-9_.-]+", "_", text or "").strip("_.-")[:100]
        fixes = (
            [Fix(f"write `{corrected}`", (Edit(node.span, corrected),))]
            if _is_name(corrected) and corrected not in RESERVED
            else []
        )
        reading.report(
            faults.BAD_NAME,
            node.span,
            f"{what} has up to 100 letters, digits, `_`, `-` and `.`; {written} does not fit",
            help=f"write `{corrected}`" if fixes else None,
            fixes=fixes if text and len(text) <= 100 else (),
        )
        return None
    if isinstance(node, Scalar) and text in RESERVED:
        from cnncalc.spec.reserved import report_reserved

        report_reserved(reading, node, what)
        return None
    return Word(text, node.span)


def _only(reading: Reading, node: Node) -> str | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and node.doubtful:
        return None
    if value in MODES:
        return str(value)
    written = escaped(str(value)) if isinstance(node, Scalar) else "a list or mapping"
    message = f"`only` must be training or inference, not {written}"
    reading.unknown_word(faults.WRONG_VALUE, node.span, message, written, MODES, "key")
    return None


def _allow(reading: Reading, node: Node) -> dict[str, Allowed]:
    allowed = {}
    for code, reason, span in _accepted(reading, node):
        allowed[code] = entry = Allowed(code, reason, span)
        reading.allowed.append(entry)
    return allowed


def _accepted(reading: Reading, node: Node) -> Iterator[tuple[str, str, Span]]:
    """Each code of `allow:` with its reason, and its place."""
    if not isinstance(node, Mapping):
        reading.report(
            faults.BAD_ALLOW,
            node.span,
            "`allow` is a mapping from a code to the reason for accepting it",
            help="write `allow: {S001: as published}`",
        )
        # Its meaning is clear: the finding that it accepts need not be reported too.
        words = node.items if isinstance(node, Sequence) else [node]
        yield from (
            (word.raw, "", word.span)
            for word in words
            if isinstance(word, Scalar) and re.fullmatch(CODE, word.raw)
        )
        return
    for entry in node:
        reason = (
            entry.value.raw.strip()
            if isinstance(entry.value, Scalar) and entry.value.value is not None
            else ""
        )
        if not re.fullmatch(CODE, entry.name):
            reading.report(
                faults.BAD_ALLOW,
                entry.key.span,
                f"`{escaped(entry.name)}` is not a diagnostic's code",
                help="a code is a letter and three digits, as in `S001`; `cnncalc explain` lists them",
            )
        elif not reason:
            span: Span = entry.key.span
            reading.report(
                faults.BAD_ALLOW,
                span,
                f"`allow` of {entry.name} has no reason",
                help=f"write why it is accepted: `allow: {{{entry.name}: as published}}`",
            )
            yield entry.name, "", span
        else:
            yield entry.name, reason, entry.key.span

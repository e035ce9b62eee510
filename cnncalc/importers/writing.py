"""The text of a spec as a person would write it: a line for each layer, sizes as `224x224x3`, few quotes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.shape import AXES
from cnncalc.text.from_data import scalar as quoted
from cnncalc.text.resolve import resolve

# Characters of a line at most; a longer mapping or list is written over several.
WIDTH = 100
STEP = "  "
# Text that a person writes without quotes: words, names, expressions. A comma would end it inside `{...}`.
PLAIN = re.compile(r"[A-Za-z$(][A-Za-z0-9_.$()+*/<>=&-]*(?: [A-Za-z0-9_.$()+*/<>=&-]+)*")
# The keys that stand at the top of a spec, in this order.
HEAD = ("cnncalc", "name", "source", "input", "inputs", "outputs", "params", "defaults", "blocks", "layers")


def text(document: Mapping[str, Any]) -> str:
    """The text of a document (`document`, `fold`)."""
    keys = [*(key for key in HEAD if key in document), *(key for key in document if key not in HEAD)]
    return "".join(f"{line}\n" for key in keys for line in _top(key, document[key]))


def _top(key: str, value: Any) -> Iterator[str]:
    if key == "input":
        yield f"input: {size(value)}"
    elif key == "inputs":
        yield "inputs:"
        yield from (f"{STEP}{scalar(name)}: {size(shape)}" for name, shape in value.items())
    elif key == "blocks":
        yield "blocks:"
        for name, block in value.items():
            yield from _block(name, block)
    elif key == "layers":
        yield "layers:"
        yield from items(value, STEP)
    elif isinstance(value, Mapping) and key in ("defaults", "params") and len(value) > 1:
        yield f"{key}:"
        yield from (f"{STEP}{scalar(name)}: {flow(inside)}" for name, inside in value.items())
    else:
        yield f"{key}: {flow(value)}"


def _block(name: str, block: Any) -> Iterator[str]:
    if not isinstance(block, Mapping):
        yield f"{STEP}{scalar(name)}: {flow(block)}"
        return
    yield f"{STEP}{scalar(name)}:"
    for key, value in block.items():
        if key == "layers":
            yield f"{STEP * 2}layers:"
            yield from items(value, STEP * 3)
        else:
            yield from _value(f"{STEP * 2}{key}:", value, STEP * 2)


def items(value: "list[Any]", margin: str) -> Iterator[str]:
    """The lines of a list of items."""
    for item in value:
        yield from _item(item, margin)


def _item(item: Any, margin: str) -> Iterator[str]:
    if not isinstance(item, Mapping):
        yield f"{margin}- {flow(item)}"
        return
    (first, value), *controls = item.items()
    if value is None and not controls:
        yield f"{margin}- {scalar(first)}"
        return
    inside = f"{margin}{STEP}"
    begin = f"{margin}- {scalar(first)}:"
    yield from _value(begin, value, inside)
    for key, control in controls:
        yield from _value(f"{inside}{key}:", control, inside)


def _value(begin: str, value: Any, margin: str) -> Iterator[str]:
    """A key with its value: on one line if there is room, else over several."""
    if value is None:
        yield begin
        return
    line = f"{begin} {flow(value)}"
    if (
        (len(line) <= WIDTH and not _deep(value))
        or not value
        or not isinstance(value, list | tuple | Mapping)
    ):
        yield line
    elif isinstance(value, Mapping) and not any(isinstance(item, list | Mapping) for item in value.values()):
        yield from _wrapped(begin, value)
    elif isinstance(value, Mapping):
        yield begin
        for key, inside in value.items():
            yield from _value(f"{margin}{STEP}{scalar(key)}:", inside, f"{margin}{STEP}")
    else:
        yield begin
        for element in value:
            if isinstance(element, list | tuple) and (
                len(f"{margin}{STEP}- {flow(element)}") > WIDTH or _has_controls(element)
            ):
                yield from _branch(element, f"{margin}{STEP}")
            else:
                yield from _item(element, f"{margin}{STEP}")


def _wrapped(begin: str, value: Mapping[str, Any]) -> Iterator[str]:
    """A long mapping in braces over several lines."""
    line = f"{begin} {{"
    margin = " " * len(line)
    entries = [f"{scalar(key)}: {flow(inside)}" for key, inside in value.items()]
    ends = [","] * (len(entries) - 1) + ["}"]
    for number, (entry, end) in enumerate(zip(entries, ends, strict=True)):
        text = f"{line}{entry}{end}"
        if len(text) > WIDTH and number:
            yield line.rstrip()
            text = f"{margin}{entry}{end}"
        line = f"{text} "
    yield line.rstrip()


def _branch(elements: "list[Any] | tuple[Any, ...]", margin: str) -> Iterator[str]:
    """A list inside a list, which is one branch: its first item on the line of the dash."""
    lines = list(items(list(elements), f"{margin}{STEP}"))
    yield f"{margin}- {lines[0].strip()}"
    yield from lines[1:]


def _deep(value: Any) -> bool:
    """Whether a value is a list that is read more easily over lines: several items, branches, or control keys."""
    if not isinstance(value, list):
        return False
    return (
        (len(value) > 2 and any(isinstance(item, Mapping) for item in value))
        or (
            len(value) > 1
            and len(flow(value)) > WIDTH // 2
            and not any(isinstance(item, list) for item in value)
        )
        or any(isinstance(item, list) and len(item) > 1 for item in value)
        or _has_controls(value)
    )


def _has_controls(items: "list[Any] | tuple[Any, ...]") -> bool:
    """Whether an item of a list, or of a list in it, has keys beside its layer."""
    return any(
        len(item) > 1 if isinstance(item, Mapping) else isinstance(item, list | tuple) and _has_controls(item)
        for item in items
    )


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(key)}: {flow(inside)}' for key, inside in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_element(item) for item in value)}]"
    return scalar(value)


def _element(item: Any) -> str:
    """An element of a list: a mapping of one key needs no braces there."""
    if isinstance(item, Mapping) and len(item) == 1:
        ((key, value),) = item.items()
        return scalar(key) if value is None else f"{scalar(key)}: {flow(value)}"
    return flow(item)


def size(shape: Any) -> str:
    """A volume as a spec has it: `224x224x3`, or `100` for features."""
    if not isinstance(shape, Mapping):
        return flow(shape)
    if "features" in shape:
        return str(shape["features"])
    for axes in AXES.values():
        if axes and {"channels", *axes} == shape.keys() and axes == ("height", "width"):
            return "x".join(str(shape[axis]) for axis in (*axes, "channels"))
    return flow(shape)


def scalar(value: Any) -> str:
    """A value that is neither a list nor a mapping, in quotes only where it needs them."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and isinstance(resolve(value), str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return repr(value)
    return quoted(value)

"""The control key `place`: the name of the device that computes an item. It changes no shape and no count."""

import re
from typing import Any

from cnncalc.diagnostic import Edit, Fix
from cnncalc.layers import shown
from cnncalc.spec import faults
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import ValueExpr, unreadable
from cnncalc.text import Node, Scalar, escaped

# A device: `gpu0`, or PyTorch's `cuda:0`.
DEVICE = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.:-]{0,58}[A-Za-z0-9_-])?")
RULE = "`place` is a device's name (a letter, then up to 59 letters, digits, `_`, `-`, `.` and `:`)"


def device(reading: Reading, node: Node) -> ValueExpr:
    """The device of an item as written; one that is not a valid name is reported. It can depend on parameters only."""
    was, reading.entered = reading.entered, False
    given = reading.value(node)
    reading.entered = was
    if not given.constant:
        return given
    fault = no_device(given.value)
    if fault is None:
        return given
    message, instead = fault
    fixes = []
    if instead is not None and isinstance(node, Scalar):
        fixes = [Fix(f"write `{instead}`", (Edit(node.span, instead),))]
    reading.report(
        faults.WRONG_VALUE, node.span, message, help=f"write `place: {instead or 'gpu0'}`", fixes=fixes
    )
    return unreadable(node.span)


def no_device(value: Any) -> tuple[str, str | None] | None:
    """Why a value is not the name of a device, and what is probably meant; None for a valid name."""
    if isinstance(value, str) and DEVICE.fullmatch(value):
        return None
    if value is None:
        return f"{RULE}, and here is none", None
    single = isinstance(value, str | int | float)
    number = single and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000
    written = f"`{escaped(shown(value))}`" if single else "a list or mapping"
    return f"{RULE}, not {written}", f"gpu{value}" if number else None

"""What is on standard input: a spec, or a file of another program, which is recognised by its content."""

import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnncalc.spec import Spec, read_spec
from cnncalc.text import from_bytes
from cnncalc.text.source import LIMIT

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

STDIN = "<stdin>"
_START = 65536
_SPEC = re.compile(rb"(?m)^[\'\"]?cnncalc[\'\"]?\s*:")


def read_stdin() -> bytes:
    """The bytes on standard input, one more at most than a reader accepts."""
    start = sys.stdin.buffer.read(_START)
    if start[:1] != b"\x08":
        # A text.
        return start + sys.stdin.buffer.read(LIMIT + 1 - len(start))
    from cnncalc.importers.reading import BINARY_LIMIT

    return start + sys.stdin.buffer.read(BINARY_LIMIT + 1 - len(start))


def foreign_stdin(data: bytes, inputs: "Iterable[Wanted]" = ()) -> Spec | None:
    """The spec of content of another format; None for what may be a spec."""
    if not data or _SPEC.search(data[:_START]):
        return None
    from cnncalc.folding.foreign import foreign_content

    return foreign_content(data, STDIN, inputs)


def spec_on_stdin(inputs: "Iterable[Wanted]" = ()) -> Spec:
    """The spec on standard input; `inputs` are for a file of another program that does not say its own."""
    data = read_stdin()
    foreign = foreign_stdin(data, inputs)
    return read_spec(*from_bytes(data, STDIN)) if foreign is None else foreign

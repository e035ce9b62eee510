"""The gradient of a tensor of which three parts were taken: queries, keys and values."""

from collections.abc import Callable, Iterator

from cnncalc.vocabulary.allocation import Step, Tensor
from cnncalc.vocabulary.attending import KEYS, QUERIES, VALUES


def selected_backward(rows: Callable[[str, int], Tensor], *, subclasses: bool) -> Iterator[Step]:
    """From `grad_values`, `grad_keys` and `grad_queries` to `grad_stacked`; `rows` makes a tensor of a number of parts.

    Each part's gradient becomes one of all three, with zeros, and autograd adds them up: those of `subclasses` never in
    place.
    """
    before = f"grad_stacked_{VALUES}"
    yield Step((rows(before, 3),), (f"grad_{VALUES}",))
    for part in (KEYS, QUERIES):
        more = f"grad_stacked_{part}"
        yield Step((rows(more, 3),), (f"grad_{part}",))
        if subclasses:
            yield Step((rows(f"grad_stacked_with_{part}", 3),), (before, more))
            before = f"grad_stacked_with_{part}"
        else:
            yield Step((), (more,))
    yield Step(passes=(("grad_stacked", before),), frees=(before,))

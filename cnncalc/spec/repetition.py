"""`next` beside a repeated block: which layers of one repetition are the arguments of the next one."""

from collections.abc import Mapping as MappingOf

from cnncalc.spec import faults
from cnncalc.spec.item_types import BlockItem
from cnncalc.spec.model import Parameter
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Entry, Mapping, Scalar, escaped


def following(
    reading: Reading,
    item: BlockItem,
    parameters: MappingOf[str, Parameter],
    entry: Entry,
    *,
    repeated: bool,
) -> dict[str, ValueExpr] | None:
    """For each parameter in `next` the name of a layer in the repetition before; None if an error is reported."""
    if not repeated:
        reading.report(
            faults.CONFLICTING_KEYS,
            entry.key.span,
            "`next` is for the repetitions after the first, but there is no `repeat` here",
            help="put `repeat` beside it, or remove it",
        )
        return None
    if not isinstance(entry.value, Mapping) or not len(entry.value):
        reading.report(
            faults.WRONG_VALUE,
            entry.value.span,
            "`next` must be a mapping from parameter to the name of a layer inside the block",
            help=_example(parameters),
        )
        return None
    names: dict[str, ValueExpr] = {}
    whole = entry.value.whole
    for part in entry.value:
        if part.name not in parameters:
            whole = False
            what = f"block `{item.block}` has no parameter `{escaped(part.name)}`"
            reading.unknown_word(faults.UNKNOWN_KEY, part.key.span, what, part.name, parameters)
        elif not isinstance(part.value, Scalar) or not isinstance(part.value.value, str):
            whole = False
            if isinstance(part.value, Scalar) and part.value.doubtful:
                continue
            written = escaped(part.value.raw) if isinstance(part.value, Scalar) else "a list or mapping"
            reading.report(
                faults.WRONG_VALUE,
                part.value.span,
                f"`{part.name}` in `next` must be the name of a layer inside the block, not {written}",
                help=f"arguments of all repetitions go inside: `{item.block}: {{{part.name}: ...}}`",
            )
        else:
            was, reading.entered = reading.entered, False
            names[part.name] = reading.value(part.value)
            reading.entered = was
    return names if whole else None


def _example(parameters: MappingOf[str, Parameter]) -> str:
    first = next(iter(parameters), "x")
    return f"write `next: {{{first}: NAME}}`, with the name of a layer in the block"

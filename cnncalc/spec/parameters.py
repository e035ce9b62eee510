"""Parameters: the network's, and those of blocks."""

from collections.abc import Container, Iterator
from collections.abc import Mapping as MappingOf

from cnncalc.diagnostic import Edit, Fix
from cnncalc.spec import faults
from cnncalc.spec.extends import Family
from cnncalc.spec.model import Parameter
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import unreadable
from cnncalc.text import Mapping, Scalar, Sequence, escaped


def network_parameters(reading: Reading, found: Family, meant: Container[str]) -> dict[str, Parameter]:
    """The network's parameters, an extending spec's values over those it extends.

    A key that could not be read may mean `params` (is it in `meant`?): then any of them may have another value.
    """
    knobs: dict[str, Parameter] = {}
    order: dict[str, int] = {}
    for entry in reversed(list(found.entries("params"))):
        if not isinstance(entry.value, Mapping):
            reading.report(
                faults.WRONG_VALUE, entry.value.span, "`params` must be a mapping from name to value"
            )
            _may_be_meant(knobs, Mapping(entry.value.span, []))
            reading.unsure = True
            continue
        declared = bool(knobs) or entry is not found.roots[-1].get("params")
        unknown = False
        for one in entry.value:
            if declared and one.name not in knobs:
                what = f"the extended spec has no parameter `{escaped(one.name)}`"
                reading.unknown_word(faults.UNKNOWN_KEY, one.key.span, what, one.name, knobs)
                unknown = True
                continue
            if not _named(reading, one.key):
                reading.lost = True
                continue
            # A value is made of those before it, and an extending spec keeps the order.
            reading.knobs = knobs if one.name not in knobs else Earlier(knobs, order, order[one.name])
            order.setdefault(one.name, len(order))
            knobs[one.name] = Parameter(one.name, one.key.span, reading.value(one.value))
        if unknown or not entry.value.whole:
            _may_be_meant(knobs, entry.value)
        reading.lost = reading.lost or not entry.value.whole
    if "params" in meant:
        reading.unsure = True
        _may_be_meant(knobs, Mapping(found.roots[0].span, []))
    return knobs


def _may_be_meant(knobs: dict[str, Parameter], written: Mapping) -> None:
    """Make the parameters unreadable that a key of `written` may mean that could not be read: all but those in it."""
    for name, knob in knobs.items():
        if name not in written and knob.default is not None:
            knobs[name] = knob._replace(default=unreadable(knob.default.span))


class Earlier(MappingOf[str, Parameter]):
    """The parameters that are declared before one of them."""

    def __init__(self, knobs: MappingOf[str, Parameter], order: MappingOf[str, int], end: int) -> None:
        self._knobs, self._order, self._end = knobs, order, end

    def __contains__(self, name: object) -> bool:
        return name in self._knobs and self._order[str(name)] < self._end

    def __getitem__(self, name: str) -> Parameter:
        if name not in self:
            raise KeyError(name)
        return self._knobs[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._knobs if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def block_parameters(reading: Reading, node: Mapping) -> dict[str, Parameter] | None:
    """The parameters of a block; None where they can't be read, and what uses them would be unknown."""
    entry = node.get("params")
    if entry is None:
        return {}
    if not isinstance(entry.value, Mapping):
        written, fixes = "{filters: required}", []
        if isinstance(entry.value, Sequence) and all(
            isinstance(item, Scalar) and item.raw.isidentifier() for item in entry.value
        ):
            names = [item.raw for item in entry.value if isinstance(item, Scalar)]
            written = f"{{{', '.join(f'{name}: required' for name in names)}}}"
            if entry.value.span.line == entry.value.span.end_line and len(set(names)) == len(names) > 0:
                fixes = [Fix(f"write {written}", (Edit(entry.value.span, written),))]
        reading.report(
            faults.WRONG_VALUE,
            entry.value.span,
            "`params` must be a mapping from name to default, or to `required`",
            help=f"write `params: {written}`; a default stands in place of `required`",
            fixes=fixes,
        )
        return None
    parameters: dict[str, Parameter] = {}
    whole = entry.value.whole
    for one in entry.value:
        if not _named(reading, one.key):
            whole = False
            continue
        required = isinstance(one.value, Scalar) and one.value.plain and one.value.raw == "required"
        reading.local = parameters
        default = None if required else reading.value(one.value)
        parameters[one.name] = Parameter(one.name, one.key.span, default)
    reading.local = None
    return parameters if whole else None


def _named(reading: Reading, key: Scalar) -> bool:
    if key.raw.isidentifier() and key.raw.isascii() and key.raw not in ("in", "i"):
        return True
    reading.report(
        faults.BAD_NAME,
        key.span,
        f"a parameter is named by letters, digits and `_`, and not `in` or `i`; `{escaped(key.raw)}` is not",
    )
    return False

"""Goes through the rows of a model file: what each reads, its arguments, and the layers of its module."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from cnncalc.importers import faults
from cnncalc.importers.formats._ultralytics.heads import HeadSettings, unknown_head
from cnncalc.importers.formats._ultralytics.kinds import (
    EVERY,
    HEADS,
    KINDS,
    NEWER,
    OTHER_HEADS,
    OTHERS,
    ModuleKind,
)
from cnncalc.importers.formats._ultralytics.model import Numbers
from cnncalc.importers.formats._ultralytics.rows import BadRow, ModuleRow
from cnncalc.importers.formats._ultralytics.tracing import Tracing
from cnncalc.shape import Shape
from cnncalc.spec import nearest
from cnncalc.text import escaped


class UltralyticsWalk:
    """The modules so far. `values` has what each row gives: a layer, or a list of layers."""

    def __init__(self, tracing: Tracing, numbers: Numbers, names: Mapping[str, Any], training: bool) -> None:
        self.tracing, self.numbers, self.names = tracing, numbers, names
        self.building = tracing.building
        self.training = training
        self.values: list[str | list[str]] = []
        self.heads: list[str] = []
        self.unused: dict[str, int] = {}
        self.legacy = True

    def outputs(self) -> list[str]:
        """What the last row gives."""
        last = self.values[-1] if self.values else "input"
        return last if isinstance(last, list) else [last]

    def lost(self) -> None:
        """A row that could not be read."""
        self.values.append(self.building.lost(f"row{len(self.values)}"))

    def add(self, row: ModuleRow) -> None:
        """Add the module of a row. Raises `BadRow`."""
        t = self.tracing
        t.span = row.span
        sources = [self._source(number, row) for number in row.sources]
        kind = row.kind.removeprefix("torch.")
        self.legacy = self.legacy and kind not in NEWER
        with t.inside(f"model.{len(self.values)}", kind):
            if kind in HEADS or kind in OTHER_HEADS:
                value: str | list[str] = self._head(row, kind, sources)
            elif kind in KINDS:
                value = self._module(row, KINDS[kind], kind, sources)
            else:
                value = self._other(row, kind, sources)
        self.values.append(value)

    def _source(self, number: int, row: ModuleRow) -> str | list[str]:
        here = len(self.values)
        index = here + number if number < 0 else number
        if here == 0 and number == -1:
            return "input"
        if not 0 <= index < here:
            self.building.fault(
                faults.BAD_REFERENCE,
                row.span,
                f"row {here} reads row {number}, which {'comes later' if index >= here else 'does not exist'}",
                help=f"rows before it are 0 to {here - 1}; negative numbers count back from here",
            )
            raise BadRow
        return self.values[index]

    def _only(self, row: ModuleRow, sources: list[str | list[str]]) -> str:
        first = sources[0]
        if len(sources) > 1 or isinstance(first, list):
            message = f"`{row.kind}` reads one layer, and row {len(self.values)} gives it several"
            self.building.fault(faults.BAD_VALUE, row.span, message)
            raise BadRow
        return first

    def _module(
        self, row: ModuleRow, kind: ModuleKind, name: str, sources: list[str | list[str]]
    ) -> str | list[str]:
        x: Any = sources if kind.several else self._only(row, sources)
        arguments = list(row.arguments)
        count = self.numbers.repeated(row.number)
        if name == "Conv" and self.tracing.old and arguments and arguments[0] == self.numbers.outputs:
            pass
        elif kind.scaled:
            arguments[:1] = [self._scaled(row)]
        if kind.repeats is not None:
            arguments.insert(kind.repeats, count)
            count = 1
        if name == "C3k2" and self.numbers.scale in ("m", "l", "x"):
            arguments[2:3] = [True]
        if name == "A2C2f" and self.numbers.scale in ("l", "x"):
            arguments += [True, 1.2]
        for index in range(count):
            if count > 1:
                with self.tracing.inside(str(index), name):
                    x = self._traced(row, kind.trace, x, arguments)
            else:
                x = self._traced(row, kind.trace, x, arguments)
        return x  # type: ignore[no-any-return]

    def _scaled(self, row: ModuleRow) -> int:
        first = row.arguments[0] if row.arguments else None
        if isinstance(first, bool) or not isinstance(first, int | float) or first <= 0:
            message = f"the first argument of `{row.kind}` is its number of channels"
            self.building.fault(faults.BAD_VALUE, row.arguments_span, message)
            raise BadRow
        return self.numbers.channels(first)

    def _traced(self, row: ModuleRow, function: Callable[..., Any], x: Any, arguments: list[Any]) -> Any:
        """Call a module's function, after a check of each argument."""
        signature = inspect.signature(function)
        positional = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        given = [item for item in signature.parameters.values() if item.kind in positional][2:]
        variable = any(item.kind is item.VAR_POSITIONAL for item in given)
        needed = sum(item.default is item.empty and item.kind is not item.VAR_POSITIONAL for item in given)
        if not needed <= len(arguments) or (len(arguments) > len(given) and not variable):
            counts = f"{needed} to {len(given)}" if needed < len(given) else str(needed)
            message = f"`{row.kind}` takes {counts} arguments, and here are {len(arguments)}"
            self.building.fault(faults.BAD_VALUE, row.arguments_span, message)
            raise BadRow
        for item, value in zip(given, arguments, strict=False):
            if not _fits(item.annotation, value):
                message = f"the argument `{item.name}` of `{row.kind}` cannot be `{escaped(str(value))}`"
                self.building.fault(faults.BAD_VALUE, row.arguments_span, message)
                raise BadRow
        return function(self.tracing, x, *arguments)

    def _head(self, row: ModuleRow, kind: str, sources: list[str | list[str]]) -> list[str]:
        xs = [source for part in sources for source in (part if isinstance(part, list) else [part])]
        if any(self.building.shapes[x] is None for x in xs):
            return [self.building.lost(kind)]
        if any(not (shape := self.building.shapes[x]) or not shape.rank for x in xs):
            self.building.fault(faults.DOES_NOT_FIT, row.span, f"`{kind}` reads images")
            raise BadRow
        arguments = list(row.arguments)
        first = arguments[0] if arguments else self.numbers.classes
        if isinstance(first, bool) or not isinstance(first, int) or first < 1:
            self.building.fault(
                faults.BAD_VALUE, row.arguments_span, f"the first argument of `{kind}` is the classes"
            )
            raise BadRow
        bins = self.names.get("reg_max", 16)
        model = HeadSettings(
            first,
            bins if isinstance(bins, int) and bins > 0 else 16,
            self.names.get("end2end") is True,
            self.legacy,
            self.training,
            self.numbers.anchors,
            self.numbers.channels,
            self.unused,
        )
        if kind in OTHER_HEADS:
            return unknown_head(self.tracing, xs, model, kind)
        rest = arguments[2:] if self.tracing.old else arguments[1:]
        if kind == "Pose" and not (rest and _is_pair(rest[0])):
            self.building.fault(
                faults.BAD_VALUE, row.arguments_span, "`Pose` needs `kpt_shape`, as in `[17, 3]`"
            )
            raise BadRow
        if not all(isinstance(item, int | list) for item in rest[:2]) or len(rest) > 3:
            self.building.fault(
                faults.BAD_VALUE, row.arguments_span, f"`{kind}` does not take these arguments"
            )
            raise BadRow
        if self.training and not self.tracing.old and model.bins > 1 and kind in HEADS:
            self.unused[f"model.{len(self.values)}.dfl.conv.weight"] = model.bins
        return HEADS[kind](self.tracing, xs, model, *rest[:2])

    def _other(self, row: ModuleRow, kind: str, sources: list[str | list[str]]) -> str:
        if kind in OTHERS:
            x = self._only(row, sources)
            shape = self.building.shapes[x]
            channels = self._scaled(row)
            result = None if shape is None else Shape(channels, shape.spatial)
            return self.tracing.unknown(kind, x, shape=result)
        close = nearest(kind, EVERY)
        known = kind in EVERY
        self.building.fault(
            faults.UNKNOWN_KIND,
            row.kind_span,
            f"the shape that `{escaped(kind)}` gives is not known here"
            if known
            else f"Ultralytics has no module `{escaped(kind)}` that is known here",
            help=f"did you mean `{close}`?" if close and not known else None,
        )
        raise BadRow


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(item, int) for item in value)


def _fits(annotation: Any, value: Any) -> bool:
    """Whether a value can be an argument: numbers are not negative, flags are true or false."""
    if annotation is inspect.Parameter.empty or annotation is Any:
        return True
    if isinstance(value, bool):
        return annotation is bool or annotation == "bool"
    if isinstance(value, list):
        return annotation == list[int] and all(
            isinstance(item, int) and not isinstance(item, bool) and item >= 0 for item in value
        )
    if annotation is bool:
        return False
    if isinstance(value, float) and not value.is_integer():
        return annotation is float
    try:
        fits = isinstance(value, annotation) or (annotation is float and isinstance(value, int))
    except TypeError:
        # A union with a tuple: a number.
        fits = isinstance(value, int)
    return fits and (not isinstance(value, int | float) or value >= 0)

"""Arguments of constructors as expressions."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.exporters.torch_source.base import Base
from cnncalc.exporters.torch_source.choosing import chosen, conditions, holds
from cnncalc.exporters.torch_source.expression import Expr, const, name
from cnncalc.exporters.torch_source.parts import Instance
from cnncalc.spec import ValueExpr


class Expressing(Base):
    """Finds expressions for values."""

    def express(
        self,
        values: Sequence[Any],
        instances: Sequence[Instance],
        word: str,
        hints: Sequence[Expr] = (),
        more: Sequence[Expr] = (),
    ) -> Expr:
        """An expression with these values; a new parameter where there is none. Raises `Unexpressible`."""
        names = [name(key) for key in instances[0].names if key != "i"]
        expr = chosen(values, instances, hints, [*more, *names, *self.pool.values()])
        return expr if expr is not None else self.names.hidden(word, values, instances)

    def hints_of(
        self, givens: Mapping[str, ValueExpr], instances: Sequence[Instance], channels: Expr | None
    ) -> dict[str, list[Expr]]:
        """What the expressions of a spec may be in Python, by field."""
        more = self._more(instances, channels)
        return {key: self.names.translations(given, more) for key, given in givens.items()}

    def _more(self, instances: Sequence[Instance], channels: Expr | None) -> dict[str, Expr]:
        more: dict[str, Expr] = {}
        if channels is not None:
            more["in.channels"] = channels
        if "i" in instances[0].names:
            more["i"] = name("i")
        else:
            turns = {instance.entry.scope.repetition for instance in instances if instance.entry is not None}
            if len(turns) == 1:
                more["i"] = const(turns.pop())
        shapes = [self._entering_shape(instance) for instance in instances]
        for word, axis in (("height", 0), ("width", 1), ("length", 0)):
            sizes = {
                shape.spatial[axis] if shape is not None and len(shape.spatial) > axis else None
                for shape in shapes
            }
            if len(sizes) == 1 and None not in sizes:
                more[f"in.{word}"] = const(sizes.pop())
        return more

    def _entering_shape(self, instance: Instance) -> Any:
        entry = instance.entry
        return None if entry is None or entry.entering is None else self.graph.nodes[entry.entering].shape

    def condition(
        self, flags: Sequence[bool], instances: Sequence[Instance], word: str, hints: Sequence[Expr] = ()
    ) -> Expr:
        """A condition that is true in exactly these places; a new parameter if there is none."""
        for hint in hints:
            if holds(hint, flags, instances):
                return hint
        names = [name(key) for key in instances[0].names]
        expr = conditions(flags, instances, [*names, *self.pool.values()])
        return expr if expr is not None else self.names.hidden(word, flags, instances)

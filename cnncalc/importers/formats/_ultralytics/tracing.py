"""The layers of Ultralytics' modules while they are traced: the module calls around them, and the usual activation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Scope
from cnncalc.shape import Shape

# Ultralytics sets these after building a model.
NORM = {"eps": 0.001, "momentum": 0.03}

Activation = tuple[str, dict[str, float]] | None


class Tracing:
    """Adds layers to a draft, inside the module calls that are open.

    `activation` is that of `Conv`; `old` says that the modules are those of the YOLOv5 repository.
    """

    def __init__(self, building: Building, activation: Activation, *, old: bool) -> None:
        self.building, self.activation, self.old = building, activation, old
        self.scopes: tuple[Scope, ...] = ()
        self.span: Span = building.start
        self._calls = 0

    @contextmanager
    def inside(self, name: str, kind: str) -> Iterator[None]:
        """The call of a module, the attribute `name` of the module around it."""
        outer = self.scopes
        path = f"{outer[-1].path}.{name}" if outer else name
        self._calls += 1
        self.scopes = (*outer, Scope(path, kind, self._calls))
        try:
            yield
        finally:
            self.scopes = outer

    def add(self, type: str, fields: Mapping[str, Any], *sources: str, name: str = "", **more: Any) -> str:
        """A layer: the module `name` of the module around it, or an operation without a name."""
        path = self.scopes[-1].path if self.scopes else ""
        label = ".".join(part for part in (path, name or type) if part)
        added = self.building.add(
            type,
            fields,
            sources,
            name=label.replace(".", "_"),
            span=self.span,
            scopes=self.scopes,
            **more,
        )
        if name:
            self.building.take(added, label)
        return added

    def unknown(
        self, op: str, *sources: str, shape: Shape | None, params: int | None = None, macs: int | None = None
    ) -> str:
        path = self.scopes[-1].path if self.scopes else op
        return self.building.unknown(
            op,
            sources,
            shape,
            name=path.replace(".", "_"),
            span=self.span,
            params=params,
            macs=macs,
            scopes=self.scopes,
        )

    def shape(self, source: str) -> Shape | None:
        return self.building.shapes[source]

    def channels(self, source: str) -> int:
        """The channels of what a layer gives; 0 if its shape is not known, after an error."""
        shape = self.building.shapes[source]
        return 0 if shape is None else shape.channels

    def act(self, source: str, activation: Activation) -> str:
        if activation is None:
            return source
        return self.add(activation[0], activation[1], source, name="act")

"""One call of a Keras layer: its configuration and what it reads."""

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.importers.building import Building
from cnncalc.importers.draft import Scope
from cnncalc.importers.formats._keras.config import BadKerasLayer, KerasConfig
from cnncalc.shape import AXES, Shape
from cnncalc.text import Node


class KerasCall:
    """A call of a layer. `owners` are the nodes of its first call, by suffix, whose weights later calls share."""

    def __init__(
        self,
        building: Building,
        name: str,
        config: KerasConfig,
        sources: list[str],
        scopes: tuple[Scope, ...],
        owners: dict[str, str],
        *,
        channels_first: bool,
        keras_2: bool,
        result: Shape | None,
    ) -> None:
        self.building, self.name, self.config = building, name, config
        self.sources, self.scopes, self.owners = sources, scopes, owners
        self._is_again = bool(owners)
        self.channels_first, self.keras_2, self.result = channels_first, keras_2, result

    @property
    def source(self) -> str:
        """The only thing that it reads."""
        return self.sources[0]

    @property
    def shape(self) -> Shape:
        """The shape of what it reads first. Raises `BadKerasLayer` if it is not known."""
        shape = self.building.shapes[self.sources[0]]
        if shape is None:
            raise BadKerasLayer
        return shape

    def add(self, type: str, fields: Mapping[str, Any], sources: Iterable[str], suffix: str = "") -> str:
        """A layer; the layer of the same suffix in an earlier call has its weights."""
        owner = self.owners.get(suffix)
        name = self.building.add(
            type,
            fields,
            sources,
            name=f"{self.name}_{suffix}" if suffix else self.name,
            span=self.config.span,
            scopes=self.scopes,
        )
        if owner is None:
            self.owners[suffix] = name
        elif (fit := self.building.fits.get(name)) is not None and fit.layer.weights(fit.inputs):
            self.building.share(name, owner, self.config.span)
        return name

    def unknown(
        self,
        op: str,
        sources: Iterable[str],
        shape: Shape | None,
        params: int | None = None,
        macs: int | None = None,
    ) -> str:
        """An operation without a layer. The weights of a layer that was called before are counted there."""
        name = self.building.unknown(
            op,
            sources,
            shape,
            name=self.name,
            span=self.config.span,
            params=0 if self._is_again else params,
            macs=macs,
            scopes=self.scopes,
        )
        self.owners.setdefault("", name)
        return name

    def axis(self, number: int, shape: Shape) -> str | None:
        """The name of an axis by its number, with the images as axis 0; None for the images, or none at all."""
        names = [*AXES[shape.rank]]
        names = ["images", "channels", *names] if self.channels_first else ["images", *names, "channels"]
        if not -len(names) <= number < len(names) or names[number] == "images":
            return None
        return names[number]

    def sized(self, sizes: list[int]) -> Shape:
        """A shape from sizes in Keras' order, without the images."""
        if len(sizes) == 1:
            return Shape(sizes[0])
        return (
            Shape(sizes[0], tuple(sizes[1:])) if self.channels_first else Shape(sizes[-1], tuple(sizes[:-1]))
        )

    def at(self, name: str) -> Node | None:
        return self.config.at(name)

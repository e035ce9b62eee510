"""From an arrangement to layers: the reshapes, permutations and shuffles that give a volume its places."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.importers.onnx.values import BATCH, CHANNELS, AxisPart, NoLayer, Values, joined, plain
from cnncalc.shape import AXES, Shape

# Spatial axes at most.
MOST = max(AXES)


class Rearranging:
    """Settles arrangements. `batch` is the size of the batch in the file."""

    batch: int
    views: dict[tuple[str, str, str], str]

    if TYPE_CHECKING:

        def emit(
            self,
            type_: str,
            sources: Iterable[str],
            shape: Shape,
            fields: Mapping[str, Any] | None = None,
        ) -> str: ...

    def settled(self, values: Values, channel: int | None = None) -> Values:
        """The tensor as the output of one layer: axis `channel` is its channels, the others its spatial axes in order.

        Raises `NoLayer` if no layers give it this shape.
        """
        dim = values.channel_dim if channel is None else channel % len(values.dims)
        if not values.dims or values.dims[0] != (AxisPart(BATCH, self.batch),):
            raise NoLayer("its batch is in another axis")
        if len(values.dims) == 1:
            values = Values(values.node, values.shape, (*values.dims, ()))
            dim = 1
        if dim == 0:
            raise NoLayer("it computes over the batch")
        others = [index for index in range(1, len(values.dims)) if index != dim]
        if len(others) > MOST:
            raise NoLayer(f"it has {len(others)} spatial axes")
        sizes = values.sizes
        shape = Shape(sizes[dim], tuple(sizes[index] for index in others))
        axes = (values.dims[dim], *(values.dims[index] for index in others))
        order = [0] * len(values.dims)
        for place, index in enumerate((dim, *others)):
            order[index] = place + 1
        name = self._moved(values, axes, shape)
        return plain(name, shape, self.batch, tuple(order))

    def _moved(self, values: Values, axes: tuple[tuple[AxisPart, ...], ...], shape: Shape) -> str:
        entering = values.shape
        whole = [part for index in range(entering.rank + 1) for part in values.axis(index + 1)]
        parts = [part for axis in axes for part in axis]
        if list(joined(parts)) == whole:
            return self._reshaped(values.node, entering, shape)
        if sorted(parts) == sorted(whole) and all(len(axis) <= 1 for axis in axes):
            # Whole axes in another order.
            squeezed = self._squeezed(values, axes)
            names = ("channels", *AXES[squeezed.shape.rank])
            places = self._places(squeezed, axes)
            order = [names[place - 1] for place in (*places[1:], places[0])]
            turned = Shape(*_split([squeezed.shape.torch[place - 1] for place in places]))
            name = self._once("permute", squeezed.node, turned, {"order": order})
            return self._reshaped(name, turned, shape)
        known = self._known(entering, axes)
        if known is not None:
            return self.emit(known[0], (values.node,), shape, known[1])
        return self._step_by_step(values, axes, shape)

    def _reshaped(self, name: str, entering: Shape, shape: Shape) -> str:
        if entering == shape:
            return name
        if not shape.rank:
            return self._once("flatten", name, shape, {})
        return self._once("reshape", name, shape, dict(shape.asdict()))

    def _once(self, type_: str, source: str, shape: Shape, fields: dict[str, Any]) -> str:
        """A layer that only shows another one in another way: one for all that read it so."""
        key = (type_, source, repr(fields))
        if key not in self.views:
            self.views[key] = self.emit(type_, (source,), shape, fields)
        return self.views[key]

    def _squeezed(self, values: Values, axes: tuple[tuple[AxisPart, ...], ...]) -> Values:
        """The volume with as many axes of size 1 as it is to have."""
        entering = values.shape
        if entering.rank + 1 == len(axes):
            return values
        long = [size for size in entering.spatial if size > 1]
        ones = len(axes) - 1 - len(long)
        if ones < 0:
            # The channels were 1, and an axis takes their place: the volume keeps its axes.
            return values
        shape = Shape(entering.channels, (*long, *(1,) * ones))
        name = self._reshaped(values.node, entering, shape)
        return Values(name, shape, ())

    def _places(self, values: Values, axes: tuple[tuple[AxisPart, ...], ...]) -> list[int]:
        """For each axis of the result, which axis of the volume it is. Axes of size 1 take any that is left."""
        sizes = values.shape.torch
        left = list(range(1, len(sizes) + 1))
        places = []
        long = [index for index, size in enumerate(sizes, 1) if size > 1]
        # Squeezing keeps the order of long axes, so that parts are found by their order among them.
        ranked = sorted({part.axis for axis in axes for part in axis})
        for axis in axes:
            place = (
                long[ranked.index(axis[0].axis)]
                if axis
                else next((index for index in left if sizes[index - 1] == 1), 0)
            )
            if place == 0 or place not in left or len(axis) > 1:
                raise NoLayer("no layers reorder it so")
            left.remove(place)
            places.append(place)
        places += left
        return places

    def _known(
        self, entering: Shape, axes: tuple[tuple[AxisPart, ...], ...]
    ) -> tuple[str, dict[str, Any]] | None:
        """The layer that computes an arrangement of parts at once."""
        rank = entering.rank
        if len(axes) != rank + 1:
            return None
        channels, *spatial = axes
        still = all(axis == Values("", entering, ()).axis(index + 2) for index, axis in enumerate(spatial))
        if still and len(channels) == 2 and all(part.axis == CHANNELS for part in channels):
            inner, outer = channels
            if inner.step == 1 and outer.step == inner.size:
                return "channel_shuffle", {"groups": outer.size}
        if rank != 2:
            return None
        grown = _blocks(axes, entering, 2)
        if grown is not None:
            return grown
        return _gathered(axes, entering)

    def _step_by_step(self, values: Values, axes: tuple[tuple[AxisPart, ...], ...], shape: Shape) -> str:
        """Every part as an axis of its own, then in the new order, then with the axes joined."""
        parts = [part for axis in axes for part in axis]
        if any(part.axis == BATCH for part in parts):
            raise NoLayer("its batch is in another axis")
        base = sorted(parts, key=lambda part: (part.axis, -part.step))
        runs = _runs(axes, base)
        ordered = sorted(runs, key=lambda run: base.index(run[0]))
        if not 2 <= len(runs) <= MOST + 1 or prod(part.size for part in parts) != values.shape.size:
            raise NoLayer("no layers reorder it so")
        split = Shape(*_split([prod(part.size for part in run) for run in ordered]))
        name = self._reshaped(values.node, values.shape, split)
        names = ("channels", *AXES[split.rank])
        places = [ordered.index(run) for run in runs]
        turned = Shape(*_split([split.torch[place] for place in places]))
        order = [names[place] for place in (*places[1:], places[0])]
        name = self._once("permute", name, turned, {"order": order})
        return self._reshaped(name, turned, shape)


def _runs(axes: tuple[tuple[AxisPart, ...], ...], base: list[AxisPart]) -> list[list[AxisPart]]:
    """Parts in their new order; those that follow each other before and after, in one axis, together."""
    runs: list[list[AxisPart]] = []
    for axis in axes:
        for index, part in enumerate(axis):
            if index and base.index(part) == base.index(axis[index - 1]) + 1:
                runs[-1].append(part)
            else:
                runs.append([part])
    return runs


def _split(sizes: list[int]) -> tuple[int, tuple[int, ...]]:
    return sizes[0], tuple(sizes[1:])


def _blocks(
    axes: tuple[tuple[AxisPart, ...], ...], entering: Shape, rank: int
) -> tuple[str, dict[str, Any]] | None:
    """Channels that become blocks of positions: `pixel_shuffle` or `depth_to_space`."""
    channels, *spatial = axes
    steps: list[AxisPart] = []
    for index, axis in enumerate(spatial):
        if (
            len(axis) != 2
            or axis[0] != AxisPart(index + 2, entering.spatial[index])
            or axis[1].axis != CHANNELS
        ):
            return None
        steps.append(axis[1])
    factor = steps[0].size
    if any(step.size != factor for step in steps):
        return None
    area = factor**rank
    rest = entering.channels // area
    kept = channels or (AxisPart(CHANNELS, 1, area),)
    if len(kept) != 1:
        return None
    if [step.step for step in steps] == [factor, 1] and (not channels or kept[0] == (CHANNELS, rest, area)):
        return "pixel_shuffle", {"upscale_factor": factor}
    if [step.step for step in steps] == [factor * rest, rest] and kept[0] == (CHANNELS, rest, 1):
        return "depth_to_space", {"block": factor, "order": "dcr"}
    return None


def _gathered(axes: tuple[tuple[AxisPart, ...], ...], entering: Shape) -> tuple[str, dict[str, Any]] | None:
    """Blocks of positions that become channels: `pixel_unshuffle` or `space_to_depth`."""
    channels, *spatial = axes
    for index, axis in enumerate(spatial):
        if (
            len(axis) != 1
            or axis[0].axis != index + 2
            or axis[0].size * axis[0].step != entering.spatial[index]
        ):
            return None
    factor = spatial[0][0].step
    if any(axis[0].step != factor for axis in spatial):
        return None
    block = tuple(AxisPart(index + 2, factor, 1) for index in range(entering.rank))
    own = (AxisPart(CHANNELS, entering.channels),) if entering.channels > 1 else ()
    if channels == (*own, *block):
        return "pixel_unshuffle", {"downscale_factor": factor}
    if channels == (*block, *own):
        return "space_to_depth", {"block": factor, "order": "dcr"}
    return None

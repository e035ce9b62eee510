"""The `flatten` that a pattern leaves out: an fc reads features, and what comes before it may be a volume."""

from typing import Any, Literal, TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.layers import REQUIRED, Layer, layer_type, problems, stated
from cnncalc.pattern.parts import GroupPart, LayerPart, Part, each_layer
from cnncalc.pattern.state import scalar
from cnncalc.pattern.values import known_fields
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Inputs

# What lies between two layers: a volume, a volume of one position (after a global pooling), or features.
State: TypeAlias = Literal["volume", "one position", "features"]
CHANNELS, SIDE = 48, 64
# The axes of an image.
PLANE = 2
FLATTEN = "flatten"
# The fault of a layer that reads features and is given a volume.
NOT_FLAT = "S009"


def sample(state: State, rank: int) -> Shape:
    """A shape that stands for a state."""
    if state == "features" or not rank:
        return Shape(CHANNELS)
    return Shape(CHANNELS, (SIDE if state == "volume" else 1,) * rank)


def reads_features(layer: type[Layer], rank: int) -> bool:
    """Whether a layer can't read a volume."""
    made = layer(**dict(layer.examples[0].fields))
    return any(found.fault.code == NOT_FLAT for found in problems(made, (sample("volume", rank),)))


def after(layer: type[Layer], fields: dict[str, Any], state: State, rank: int) -> State:
    """What a layer makes of a state. `fields` are those whose values are known; the others are as in its example."""
    example = layer.examples[0]
    given = {
        name: example.fields[name]
        for name, (_, default) in stated(layer).items()
        if default is REQUIRED and name in example.fields
    }
    shapes: Inputs = (sample(state, rank),)
    made = layer(**{**given, **fields})
    if any(found.blocking for found in problems(made, shapes)):
        # It does not fit the sample: as it fits its example.
        made, shapes = layer(**dict(example.fields)), example.inputs
        if any(found.blocking for found in problems(made, shapes)):
            return state
    return _state(made.output(shapes))


def _state(shape: Shape) -> State:
    if not shape.rank:
        return "features"
    return "one position" if all(size == 1 for size in shape.spatial) else "volume"


def flattened(parts: list[Part], rank: int) -> list[Part]:
    """The parts with a `flatten` before each fc that reads a volume.

    Of a part that is repeated it stands before the whole part where only the first repetition reads a volume.
    """
    return _Flattening(rank).of(parts, "features" if not rank else "volume")[0]


class _Flattening:
    def __init__(self, rank: int) -> None:
        self.rank = rank

    def of(self, parts: list[Part], state: State) -> tuple[list[Part], State]:
        found: list[Part] = []
        for part in parts:
            before = state
            if isinstance(part, GroupPart):
                if self.waits(part, before):
                    found.append(_flatten(part.span))
                    before = "features"
                part.parts, state = self.of(part.parts, before)
            else:
                if self.needs(part, before):
                    found.append(_flatten(part.key.span))
                    before = "features"
                state = self.step(part, before)
            found.append(part)
            if part.controls.optional is not None or _may_be_none(part):
                state = before if before == "volume" else state
        return found, state

    def waits(self, group: GroupPart, state: State) -> bool:
        """Whether a volume is flattened before a whole group: nothing in it needs one, and features come out of it."""
        if state != "volume":
            return False
        for part in each_layer(group.parts):
            if self.needs(part, state):
                return self.of(_copied(group.parts), "features")[1] == "features"
            if not part.known or layer_type(part.key.raw).takes != "any":
                return False
            if self.step(part, "volume") != "volume" or self.step(part, "features") != "features":
                return False
        return False

    def needs(self, part: LayerPart, state: State) -> bool:
        return (
            state == "volume"
            and part.known
            and part.flattened
            and reads_features(layer_type(part.key.raw), self.rank)
        )

    def step(self, part: LayerPart, state: State) -> State:
        if not part.known:
            return state
        layer = layer_type(part.key.raw)
        return after(layer, known_fields(layer, part.fields), state, self.rank)


def _copied(parts: list[Part]) -> list[Part]:
    return [
        GroupPart(_copied(part.parts), part.span, part.controls) if isinstance(part, GroupPart) else part
        for part in parts
    ]


def _may_be_none(part: Part) -> bool:
    count = part.controls.repeat
    return count is not None and (count.value == 0 or isinstance(count.value, str))


def _flatten(span: Span) -> LayerPart:
    return LayerPart(scalar(FLATTEN, span), span, FLATTEN)

"""The change of each remedy, as figures and names: `cnncalc.render.memory.words` has the words."""

from cnncalc.record import NamedTuple


class AccumulatedParts(NamedTuple):
    """The batch in parts of `images` (the last part may have fewer); a step adds up `accumulate` of them."""

    parts: int
    images: int
    batch: int
    accumulate: int


class OptionLeftOut(NamedTuple):
    """The same optimizer without one of its options."""

    optimizer: str
    option: str


class OptimizerReplaced(NamedTuple):
    """Another optimizer."""

    before: str
    after: str


class OptionTurnedOn(NamedTuple):
    """An option of the run that was off: `expandable_segments`, `bucket_view`, or what is offloaded."""

    option: str


class StateNarrowed(NamedTuple):
    """The same optimizer with its state in fewer bits."""

    before: str
    after: str


class BlocksCheckpointed(NamedTuple):
    """Blocks that are computed again in the backward pass, and how many uses they have together."""

    blocks: tuple[str, ...]
    uses: int


class CountLowered(NamedTuple):
    """A number of repetitions, how the spec calls it, and by how many layers the network shrinks.

    `parameter` is the network's parameter that has the number, if one has.
    """

    label: str
    before: int
    after: int
    layers: int
    parameter: str | None


class LayerRemoved(NamedTuple):
    """A layer that is left out."""

    layer: str


class MadeInPlace(NamedTuple):
    """Lines of the spec that say `inplace: false`."""

    lines: tuple[int, ...]


class StrideRaised(NamedTuple):
    """The strides of a layer along each axis."""

    layer: str
    before: tuple[int, ...]
    after: tuple[int, ...]


class StepReplaced(NamedTuple):
    """How the optimizer's step is computed: `fused` or `single`."""

    implementation: str


class DevicesAdded(NamedTuple):
    """The total number of devices. `sharded`: whether parameters are split over them; `newly`: by this change."""

    devices: int
    sharded: bool
    newly: bool


class TypeReplaced(NamedTuple):
    """The type of the model; of `autocast` the type that autocast computes in. `training`: whether it is trained so."""

    dtype: str
    autocast: bool
    training: bool


class BatchLowered(NamedTuple):
    """Images in a batch."""

    images: int


Change = (
    AccumulatedParts
    | OptionLeftOut
    | OptionTurnedOn
    | OptimizerReplaced
    | BlocksCheckpointed
    | CountLowered
    | LayerRemoved
    | MadeInPlace
    | StrideRaised
    | StateNarrowed
    | StepReplaced
    | DevicesAdded
    | TypeReplaced
    | BatchLowered
)

"""What a verification gives: plain values, which whoever shows them can hold without PyTorch."""

from typing import NamedTuple

from cnncalc.pytorch.compared import Compared


class MeasuredPeak(NamedTuple):
    """Bytes at the peak, and what they are of."""

    nbytes: int
    of: str


class Seen(NamedTuple):
    """What came out of one node: shape without the batch, and type."""

    shape: tuple[int, ...]
    dtype: str


class MeasuredRun(NamedTuple):
    """What a run showed. `kept_bytes` is None where nothing was trained; `nan` where nothing was computed.

    `overwritten` counts tensors that were kept for the backward pass and written over before it.

    `macs` are of one image: a float where the counter's sum is no whole number of them. `seconds` are of the watched
    run, which is slower than one that nobody watches.
    """

    seen: dict[int, Seen]
    macs: int | float
    kept_bytes: int | None
    overwritten: int | None
    nan: bool | None
    seconds: float
    peak: MeasuredPeak | None


class LayerCheck(NamedTuple):
    """One layer: its output's shape and type, its parameters and buffers."""

    name: str
    kind: str
    figures: tuple[Compared, ...]

    @property
    def ok(self) -> bool:
        return all(figure.ok is not False for figure in self.figures)


class Verification(NamedTuple):
    """Every comparison of one spec, and what made it."""

    name: str
    device: str
    dtype: str
    batch: int
    training: bool
    layers: tuple[LayerCheck, ...]
    totals: tuple[Compared, ...]
    run: MeasuredRun

    @property
    def ok(self) -> bool:
        return all(layer.ok for layer in self.layers) and all(total.ok is not False for total in self.totals)


class Follower:
    """Follows a verification; this one does nothing with it."""

    def at(self, where: str) -> None:
        """What is about to be run: a layer's name, or a part of the work, as a sentence names it."""

    def done(self, node: int) -> None:
        """The layer of this index has been run."""


SILENT = Follower()

"""The result of a verification: plain values, which renderers can use without PyTorch."""

from typing import NamedTuple

from cnncalc.pytorch.compared import Compared


class MeasuredPeak(NamedTuple):
    """Bytes at the peak, and how they were measured."""

    nbytes: int
    of: str


class Seen(NamedTuple):
    """The output of one node: shape without the batch, and type."""

    shape: tuple[int, ...]
    dtype: str


class MeasuredRun(NamedTuple):
    """The measurements of a run. `kept_bytes` is None without training; `nan` is None if nothing was computed.

    `overwritten` counts tensors that were kept for the backward pass but overwritten before it.

    `macs` are for one image: a float if the counter's sum is not a whole number. `seconds` are those of the observed
    run, which is slower than a normal run.
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
    """All comparisons of one spec, and the settings of the run."""

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
        """Called before a part runs: `where` is a layer's name, or a part of the work, as used in a sentence."""

    def done(self, node: int) -> None:
        """Called after the layer of this index has run."""


SILENT = Follower()

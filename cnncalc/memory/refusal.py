"""Batches that PyTorch refuses to run: a normalisation would take the variance of one value."""

from typing import Any

from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.exact import grouped
from cnncalc.graph import Graph, Node
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.value_faults import ONE_VALUE_TO_NORMALISE


class Refusal(NamedTuple):
    """The first layer that refuses a batch, and how many others do.

    `share` is how many images the device with the fewest gets; `least` is the smallest batch that no layer refuses,
    None where there is none.
    """

    node: Node
    others: int
    batch: int
    share: int
    least: int | None
    training: bool

    @property
    def reason(self) -> str:
        """`bn3` (and 2 more layers) would normalise one value a channel (1x1x256)`."""
        assert self.node.fit is not None
        more = f" (and {self.others} more layer{'s' * (self.others > 1)})" if self.others else ""
        return f"`{self.node.name}`{more} would normalise one value, of {self.node.fit.inputs[0]}"

    @property
    def words(self) -> str:
        """The message of the error: what PyTorch refuses, and why."""
        run = "train on" if self.training else "run"
        here = f", where a device gets {_images(self.share)}" if self.share != self.batch else ""
        return f"PyTorch refuses to {run} a batch of {grouped(self.batch)}{here}: {self.reason}"

    @property
    def help(self) -> str:
        """The help of the error: what PyTorch runs."""
        if self.least is None:
            return "remove the norm there"
        every = "; `drop_last` leaves out a smaller last batch of an epoch" if self.training else ""
        return f"use a batch of {grouped(self.least)} or more, or remove the norm there{every}"

    def asdict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "batch": self.batch,
            "images": self.share,
            "layer": self.node.name,
            "more_layers": self.others,
            "least_batch": self.least,
            "message": self.words,
        }

    def diagnostic(self, graph: Graph) -> Diagnostic:
        """As an error, at the layer."""
        item = self.node.item
        assert item is not None
        return ONE_VALUE_TO_NORMALISE.at(item.span, self.words, help=self.help, severity=Severity.ERROR)


def _images(count: int) -> str:
    return f"{grouped(count)} image{'s' * (count != 1)}"


def smallest_share(batch: int, devices: int) -> int:
    """The smallest number of images that a device gets, among the devices that get any."""
    return max(1, batch // devices)


def refusers(graph: Graph, images: int, *, training: bool, synced: int = 1) -> tuple[Node, ...]:
    """The layers that refuse a batch of this number of images; `synced` devices may take statistics together."""
    return tuple(
        node for node in graph.layers if _counts(node, images, training=training, synced=synced) == 1
    )


def _counts(node: Node, images: int, *, training: bool, synced: int) -> int | None:
    """How many values of a channel a layer normalises, if it does."""
    if node.fit is None:
        return None
    layer = node.fit.layer
    together = images * synced if layer.synchronises else images
    return layer.normalised(node.fit.inputs, together, training=training)


def least_share(graph: Graph, *, training: bool, synced: int = 1) -> int | None:
    """The fewest images that no layer refuses; None where a layer refuses any number: it counts one image's values."""
    runs = (images for images in (1, 2) if not refusers(graph, images, training=training, synced=synced))
    return next(runs, None)


def refusal(graph: Graph, setup: Setup, batch: int) -> Refusal | None:
    """Why PyTorch refuses a batch; None where it runs it. With accumulated gradients, `batch` is one of the batches."""
    share, training = smallest_share(batch, setup.devices), setup.mode == "training"
    synced = setup.devices if setup.sync_bn else 1
    refusing = refusers(graph, share, training=training, synced=synced)
    if not refusing:
        return None
    least = least_share(graph, training=training, synced=synced)
    return Refusal(
        refusing[0],
        len(refusing) - 1,
        batch,
        share,
        None if least is None else least * setup.devices,
        training,
    )

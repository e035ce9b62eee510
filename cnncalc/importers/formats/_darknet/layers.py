"""The network of a Darknet configuration, section by section."""

from collections.abc import Callable

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._darknet import connections, recurrent, windows
from cnncalc.importers.formats._darknet.activations import WORDS, activate
from cnncalc.importers.formats._darknet.network import DarknetNetwork
from cnncalc.importers.formats._darknet.sections import BadSection, Section
from cnncalc.spec import nearest
from cnncalc.text import escaped

Reader = Callable[[DarknetNetwork, Section], str]

# What computes the loss or decodes boxes: the network ends before it.
_ENDS = ("yolo", "Gaussian_yolo", "region", "detection", "cost", "contrastive", "iseg")


def _connected(network: DarknetNetwork, section: Section) -> str:
    building = network.building
    source = network.last
    shape = building.shapes[source]
    if shape is not None and shape.positions > 1:
        source = building.add(
            "flatten", {}, [source], name=f"{network.name(section)}_flat", span=section.span
        )
    normed = section.number("batch_normalize", 0) > 0
    fields = {"units": section.number("output", 1, low=1), "bias": not normed}
    last = building.add("fc", fields, [source], name=network.name(section), span=section.span)
    return network.ended(section, last, normed, "logistic")


def _activation(network: DarknetNetwork, section: Section) -> str:
    word = section.word("activation", "linear", WORDS)
    return activate(network.building, word, network.last, network.name(section), section.span)


def _batchnorm(network: DarknetNetwork, section: Section) -> str:
    return network.building.add("bn", {}, [network.last], name=network.name(section), span=section.span)


def _dropout(network: DarknetNetwork, section: Section) -> str:
    probability = section.decimal("probability", 0.5)
    if not 0 <= probability <= 1:
        raise section.bad("probability", f"`probability` must be from 0 to 1, not {probability:g}")
    return network.building.add(
        "dropout", {"p": probability}, [network.last], name=network.name(section), span=section.span
    )


def _softmax(network: DarknetNetwork, section: Section) -> str:
    building, source = network.building, network.last
    shape = building.shapes[source]
    name, span = network.name(section), section.span
    plain = section.number("groups", 1) == 1 and "tree" not in section
    if shape is None or (plain and (shape.positions == 1 or section.number("spatial", 0))):
        return building.add("softmax", {}, [source], name=name, span=span)
    return building.unknown("softmax in groups", [source], shape, name=name, span=span, params=0, macs=0)


def _normalization(network: DarknetNetwork, section: Section) -> str:
    size = section.number("size", 5, low=1)
    fields = {
        # Darknet does not divide by the size.
        "size": size,
        "alpha": section.decimal("alpha", 0.0001) * size,
        "beta": section.decimal("beta", 0.75),
        "k": section.decimal("kappa", 1),
    }
    return network.building.add("lrn", fields, [network.last], name=network.name(section), span=section.span)


READERS: dict[str, Reader] = {
    "convolutional": windows.convolutional,
    "conv": windows.convolutional,
    "deconvolutional": windows.deconvolutional,
    "deconv": windows.deconvolutional,
    "local": windows.local,
    "maxpool": windows.maxpool,
    "max": windows.maxpool,
    "local_avgpool": windows.local_avgpool,
    "local_avg": windows.local_avgpool,
    "avgpool": windows.avgpool,
    "avg": windows.avgpool,
    "crop": windows.crop,
    "reorg": windows.reorg,
    "reorg3d": windows.reorg,
    "upsample": windows.upsample,
    "route": connections.route,
    "shortcut": connections.shortcut,
    "scale_channels": connections.scale_channels,
    "sam": connections.sam,
    "implicit": connections.implicit,
    "silence": connections.same,
    "empty": connections.same,
    "rnn": recurrent.rnn,
    "gru": recurrent.gru,
    "lstm": recurrent.lstm,
    "crnn": recurrent.crnn,
    "conv_lstm": recurrent.conv_lstm,
    "connected": _connected,
    "conn": _connected,
    "activation": _activation,
    "batchnorm": _batchnorm,
    "dropout": _dropout,
    "softmax": _softmax,
    "soft": _softmax,
    "normalization": _normalization,
    "lrn": _normalization,
}


class DarknetLayers(DarknetNetwork):
    """The network so far."""

    def __init__(self, building: Building, source: str) -> None:
        super().__init__(building, source)
        self.ends: list[str] = []

    def add(self, section: Section) -> None:
        """Add the layers of a section."""
        kind, building = section.kind, self.building
        if kind in _ENDS:
            if kind != "cost":
                self.ends.append(self.last)
            message = f"`[{kind}]` decodes or compares what the network gives: the spec ends before it"
            building.note(faults.LEFT_OUT, section.span, message)
            self.after.append(self.last)
            return
        reader = READERS.get(kind)
        if reader is None:
            close = nearest(kind, (*READERS, *_ENDS))
            help = f"did you mean `[{close}]`?" if close else None
            message = f"Darknet has no section `[{escaped(kind)}]`"
            building.fault(faults.UNKNOWN_KIND, section.span, message, help=help)
            self.after.append(building.lost(self.name(section)))
            return
        try:
            self.after.append(reader(self, section))
        except BadSection:
            self.after.append(building.lost(self.name(section)))

    def outputs(self) -> list[str]:
        """What the network gives: what each end reads, else the last layer."""
        return self.ends or [self.last]

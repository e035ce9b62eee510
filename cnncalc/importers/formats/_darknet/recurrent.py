"""Darknet's recurrent sections. Their steps are Darknet's own, so they have no layer: only figures of one step."""

from cnncalc.importers.formats._darknet.activations import WORDS
from cnncalc.importers.formats._darknet.network import DarknetNetwork
from cnncalc.importers.formats._darknet.sections import Section
from cnncalc.importers.formats._darknet.windows import padding
from cnncalc.shape import Shape


def _parts(network: DarknetNetwork, section: Section, products: list[tuple[int, int]], output: int) -> str:
    """A section made of fully-connected layers, each with its inputs and units."""
    normed = section.number("batch_normalize", 0) > 0
    macs = sum(inputs * units for inputs, units in products)
    # A bias for each unit, and a scale for each where the layers are normalised.
    params = macs + sum(units for _, units in products) * (2 if normed else 1)
    return network.building.unknown(
        section.kind,
        [network.last],
        Shape(output),
        name=network.name(section),
        span=section.span,
        params=params,
        macs=macs,
        why="its figures are those of one step",
    )


def _inputs(network: DarknetNetwork) -> int:
    shape = network.building.shapes[network.last]
    return 0 if shape is None else shape.size


def rnn(network: DarknetNetwork, section: Section) -> str:
    hidden, output = section.number("hidden", 1, low=1), section.number("output", 1, low=1)
    section.word("activation", "logistic", WORDS)
    products = [(_inputs(network), hidden), (hidden, hidden), (hidden, output)]
    return _parts(network, section, products, output)


def gru(network: DarknetNetwork, section: Section) -> str:
    output = section.number("output", 1, low=1)
    return _parts(network, section, [(_inputs(network), output), (output, output)] * 3, output)


def lstm(network: DarknetNetwork, section: Section) -> str:
    output = section.number("output", 1, low=1)
    return _parts(network, section, [(_inputs(network), output), (output, output)] * 4, output)


def crnn(network: DarknetNetwork, section: Section) -> str:
    """Three convolutions with the size of the image: of the input, of the state, and of the output."""
    shape = network.image(section)
    size, groups = section.number("size", 3, low=1), section.number("groups", 1, low=1)
    hidden, output = section.number("hidden", 1, low=1), section.number("output", 1, low=1)
    stride, pad = section.number("stride", 1, low=1), padding(section, size)
    normed = section.number("batch_normalize", 0) > 0
    section.word("activation", "logistic", WORDS)
    params, macs, result = 0, 0, None
    if shape is not None:
        sides = tuple((side + 2 * pad - size) // stride + 1 for side in shape.spatial)
        if min(sides) < 1 or sides != shape.spatial:
            raise section.bad("size", "`[crnn]` must keep the size of the image: the state has it too")
        result = Shape(output, sides)
        for channels, filters in ((shape.channels, hidden), (hidden, hidden), (hidden, output)):
            weights = channels // groups * filters * size * size
            params += weights + filters * (2 if normed else 1)
            macs += weights * result.positions
    return network.building.unknown(
        "crnn",
        [network.last],
        result,
        name=network.name(section),
        span=section.span,
        params=params,
        macs=macs,
        why="its figures are those of one step",
    )


def conv_lstm(network: DarknetNetwork, section: Section) -> str:
    shape = network.image(section)
    output = section.number("output", 1, low=1)
    return network.building.unknown(
        "conv_lstm",
        [network.last],
        shape and Shape(output, shape.spatial),
        name=network.name(section),
        span=section.span,
    )

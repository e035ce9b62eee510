"""Darknet's sections that read other sections: routes, shortcuts, and scaling by another layer."""

from cnncalc.importers import faults
from cnncalc.importers.formats._darknet.activations import WORDS, activate
from cnncalc.importers.formats._darknet.network import DarknetNetwork
from cnncalc.importers.formats._darknet.sections import Section
from cnncalc.shape import Shape


def same(network: DarknetNetwork, section: Section) -> str:
    return network.last


def route(network: DarknetNetwork, section: Section) -> str:
    """The channels of several sections, one after another; with `groups`, one group of each."""
    building, name, span = network.building, network.name(section), section.span
    sources = [
        network.after[network.layer(number, section, "layers")] for number in section.numbers("layers")
    ]
    groups, group = section.number("groups", 1, low=1), section.number("group_id", 0)
    if group >= groups:
        raise section.bad("group_id", f"`group_id={group}` is not below `groups={groups}`")
    if groups > 1:
        parts = [f"{name}_part{index}" if len(sources) > 1 else name for index in range(len(sources))]
        fields = {"of": groups, "index": group}
        sources = [
            building.add("chunk", fields, [source], name=part, span=span)
            for source, part in zip(sources, parts, strict=True)
        ]
    if len(sources) == 1:
        return sources[0]
    return building.add("concat", {}, sources, name=name, span=span)


def shortcut(network: DarknetNetwork, section: Section) -> str:
    """The sum with other sections. Of other numbers of channels the first ones count; the shape stays."""
    building, name, span = network.building, network.name(section), section.span
    numbers = section.numbers("from")
    sources = [network.after[network.layer(number, section, "from")] for number in numbers]
    word = section.word("activation", "linear", WORDS)
    own = building.shapes[network.last]
    weights = section.word("weights_type", "none", ("none", "per_feature", "per_layer", "per_channel"))
    if weights != "none" and own is not None:
        count = (len(sources) + 1) * (own.channels if weights == "per_channel" else 1)
        last = building.unknown(
            "weighted shortcut", [network.last, *sources], own, name=name, span=span, params=count, macs=0
        )
        return activate(building, word, last, name, span)
    last = network.last
    for index, source in enumerate(sources):
        shape = building.shapes[source]
        label = name if index == len(sources) - 1 else f"{name}_{index}"
        last = _sum(network, section, last, source, own, shape, label)
    return activate(building, word, last, name, span)


def _sum(
    network: DarknetNetwork,
    section: Section,
    last: str,
    source: str,
    own: Shape | None,
    shape: Shape | None,
    name: str,
) -> str:
    building, span = network.building, section.span
    if own is None or shape is None or own == shape or own.rank != shape.rank:
        return building.add("add", {}, [last, source], name=name, span=span)
    if own.spatial != shape.spatial and (step := _step(own, shape)):
        # Darknet takes every position whose index is a multiple of the step.
        for axis in own.axes:
            fields = {"axis": axis, "step": step}
            source = building.add("slice", fields, [source], name=f"{name}_{axis}", span=span)
        shape = shape._replace(spatial=own.spatial)
        return _sum(network, section, last, source, own, shape, name)
    if own.spatial != shape.spatial:
        return building.unknown(
            "shortcut of another size", [last, source], own, name=name, span=span, params=0, macs=0
        )
    if shape.channels > own.channels:
        part = building.add("slice", {"stop": own.channels}, [source], name=f"{name}_part", span=span)
        return building.add("add", {}, [last, part], name=name, span=span)
    first = building.add("slice", {"stop": shape.channels}, [last], name=f"{name}_first", span=span)
    rest = building.add("slice", {"start": shape.channels}, [last], name=f"{name}_rest", span=span)
    total = building.add("add", {}, [first, source], name=f"{name}_sum", span=span)
    return building.add("concat", {}, [total, rest], name=name, span=span)


def _step(own: Shape, shape: Shape) -> int | None:
    """How many times larger every side of `shape` is; None if that is no whole number of at least 2."""
    steps = {-(-side // ours) for side, ours in zip(shape.spatial, own.spatial, strict=True)}
    return steps.pop() if len(steps) == 1 and min(steps) > 1 else None


def _times(network: DarknetNetwork, section: Section) -> str:
    building, name = network.building, network.name(section)
    (number, *more) = section.numbers("from")
    if more:
        raise section.bad("from", f"`[{section.kind}]` reads one other section")
    source = network.after[network.layer(number, section, "from")]
    last = building.add("mul", {}, [source, network.last], name=name, span=section.span)
    return activate(building, section.word("activation", "linear", WORDS), last, name, section.span)


def scale_channels(network: DarknetNetwork, section: Section) -> str:
    """Another section, each channel (or each position) scaled by a value of the last one."""
    return _times(network, section)


def sam(network: DarknetNetwork, section: Section) -> str:
    """Another section, value by value scaled by the last one."""
    return _times(network, section)


def implicit(network: DarknetNetwork, section: Section) -> str:
    """A learned vector, which reads nothing."""
    filters, atoms = section.number("filters", 128, low=1), section.number("atoms", 1, low=1)
    if atoms > 1:
        network.building.note(
            faults.ASSUMED, section.place("atoms"), "`atoms` are the positions of the vector"
        )
    shape = {"channels": filters, "height": atoms, "width": 1}
    return network.building.add(
        "learned", {"shape": shape}, [], name=network.name(section), span=section.span
    )

"""Darknet's `.cfg`: a section for each layer, numbered from 0 after `[net]`."""

import re
from typing import ClassVar

from cnncalc.diagnostic import Diagnostic
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Draft
from cnncalc.importers.foreign_text import source_of
from cnncalc.importers.formats._darknet.layers import DarknetLayers
from cnncalc.importers.formats._darknet.sections import BadSection, Section, sections
from cnncalc.importers.formats._format import ForeignFormat, ImportRequest
from cnncalc.importers.unreadable import Unreadable
from cnncalc.shape import Shape

# What a network reads while faults of its layers are looked for, where nothing says it.
USUAL = Shape(3, (416, 416))


class Darknet(ForeignFormat):
    """Darknet: pjreddie's, AlexeyAB's and hank-ai's, whose sections and defaults it has."""

    title = "Darknet"
    suffixes: ClassVar[tuple[str, ...]] = (".cfg",)

    @classmethod
    def recognises(cls, start: bytes) -> bool:
        """A line that is a section or an option. Other programs have `.cfg` files too: those have no `[net]`."""
        spec = re.search(rb"(?m)^cnncalc\s*:", start)
        return spec is None and re.search(rb"(?m)^\s*(\[\s*\w+|\w+\s*=)", start) is not None

    @classmethod
    def begins(cls, start: bytes) -> bool:
        """The first line that is no comment is a section with a word for its name, and not a list of YAML."""
        first = re.search(rb"(?m)^(?!\s*(?:[#;].*)?$).*$", start)
        section = first is not None and re.fullmatch(rb"\s*\[\s*[a-z_0-9]+\s*\]\s*", first[0])
        return bool(section) and re.search(rb"(?m)^\s*\w+\s*=", start) is not None

    @classmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        building = Building(source_of(content, file), "Darknet")
        parts = list(sections(building))
        if building.faults:
            raise Unreadable(building.faults, building.source)
        if not parts or parts[0].kind not in ("net", "network"):
            place = parts[0].span if parts else building.start
            what = f"`[{parts[0].kind}]`" if parts else "nothing"
            building.fault(
                faults.NO_NETWORK,
                place,
                f"a Darknet network begins with `[net]`; here it begins with {what}",
                help="write `[net]` with `width=`, `height=` and `channels=` before the first layer",
            )
            raise Unreadable([*building.faults, *_others(building, parts, asked)], building.source)
        _input(building, parts[0], asked)
        if building.faults:
            raise Unreadable([*building.faults, *_others(building, parts[1:], asked)], building.source)
        network = DarknetLayers(building, "input")
        for section in parts[1:]:
            network.add(section)
        if not building.nodes and not building.faults:
            building.fault(faults.NO_NETWORK, parts[0].span, "the file has `[net]`, and no layer after it")
        stem = re.split(r"[\\/]", file)[-1].removesuffix(".cfg")
        return building.draft(asked.name or stem, network.outputs())


def _input(building: Building, net: Section, asked: ImportRequest) -> None:
    """The input as `[net]` states it: an image, or a number of features."""
    try:
        height, width = net.number("height", 0), net.number("width", 0)
        channels, inputs = net.number("channels", 0), net.number("inputs", 0)
    except BadSection:
        return
    own = None
    if height and width and channels:
        own = Shape(channels, (height, width))
    elif inputs:
        own = Shape(inputs)
    shape = asked.shape("input", own)
    if shape is None:
        missing = [
            name for name, size in (("width", width), ("height", height), ("channels", channels)) if not size
        ]
        building.fault(
            faults.NO_INPUT_SIZE,
            net.span,
            f"`[net]` does not say the input: {', '.join(f'`{name}`' for name in missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing",
            help="give it, as in `--input 416x416x3`",
        )
        return
    building.input("input", shape)


def _others(building: Building, parts: list[Section], asked: ImportRequest) -> list[Diagnostic]:
    """The faults of layers whose input is not known: those that no shape depends on."""
    other = Building(building.source, building.format)
    other.input("input", asked.shape("input", None) or USUAL)
    for section in parts:
        section.building = other
    network = DarknetLayers(other, "input")
    try:
        for section in parts:
            network.add(section)
    except Unreadable:
        # There are many.
        pass
    return [
        item for item in other.faults if item.code not in (faults.DOES_NOT_FIT.code, faults.TOO_LARGE.code)
    ]

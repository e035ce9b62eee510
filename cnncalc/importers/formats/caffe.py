"""Caffe's `.prototxt`: protobuf's text format of a network."""

import re
from typing import ClassVar

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Draft
from cnncalc.importers.foreign_text import source_of
from cnncalc.importers.formats._caffe.network import CaffeNetwork
from cnncalc.importers.formats._caffe.text_format import parse
from cnncalc.importers.formats._format import ForeignFormat, ImportRequest
from cnncalc.importers.unreadable import Unreadable


class Caffe(ForeignFormat):
    """Caffe: BVLC's, with layers of well-known forks, and the older names of 2013."""

    title = "Caffe"
    suffixes: ClassVar[tuple[str, ...]] = (".prototxt",)

    @classmethod
    def recognises(cls, start: bytes) -> bool:
        """Every `.prototxt`: no other program has files with this name."""
        return True

    @classmethod
    def begins(cls, start: bytes) -> bool:
        """A layer with braces around it, and blobs."""
        layer = re.search(rb"(?m)(^|[\"\s}])layers?\s*:?\s*\{[^,]*?\w+\s*[:{]", start)
        return layer is not None and re.search(rb"\b(bottom|top|type)\s*:\s*[\"'A-Z]", start) is not None

    @classmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        building = Building(source_of(content, file), "Caffe")
        root = parse(building.source)
        if not root.messages("layer", "layers"):
            nets = [value for name in ("net", "train_net", "test_net") for value in root.values(name)]
            building.fault(
                faults.NO_NETWORK,
                nets[0].span if nets else building.start,
                "this file sets up a solver, and has no layers" if nets else "the file has no `layer`",
                help=f"its network is in `{nets[0].text}`" if nets else "a layer is written `layer { ... }`",
            )
            raise Unreadable(building.faults, building.source)
        network = CaffeNetwork(building, root, asked)
        network.build()
        if not building.inputs and not building.faults:
            building.fault(
                faults.NO_INPUT_SIZE,
                building.start,
                "the file has no input: no `input`, and no layer that gives data",
                help='begin the file with `input: "data"`, and give its size with `--input 224x224x3`',
            )
        if not building.nodes and not building.faults:
            building.fault(faults.NO_NETWORK, building.start, "no layer of the file is in the network")
        stem = re.split(r"[\\/]", file)[-1].removesuffix(".prototxt")
        return building.draft(asked.name or root.text("name") or stem, network.outputs())

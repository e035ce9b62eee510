"""What is true of every picture: of its places, and of its markup."""

import pytest

from cnncalc.drawing.parts import OUT
from cnncalc.drawing.scene import Box, Scene
from tests.drawing._drawn import SVG, read

# What may be in a picture. Nothing in it loads, runs or links.
ELEMENTS = "svg title desc style defs marker path pattern rect g text circle"
ATTRIBUTES = (
    "class x y width height rx cx cy r d fill-opacity stroke stroke-width text-anchor marker-end transform viewBox "
    "role aria-labelledby id refX refY markerWidth markerHeight orient markerUnits patternUnits patternTransform"
)


def check_picture(picture: str) -> None:
    root = read(picture)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS.split()
        assert set(element.attrib) <= set(ATTRIBUTES.split())
        for value in element.attrib.values():
            assert "url(" not in value or value in ("url(#a)", "url(#r)", "url(#u)")
            assert "nan" not in value
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    assert root.attrib["viewBox"] == f"0 0 {width:g} {height:g}"
    for text in root.iter(f"{SVG}text"):
        assert "".join(text.itertext()).strip()


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    """Pairs of boxes that cover each other."""
    pairs: list[tuple[Box, Box]] = []
    above: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.y):
        above = [other for other in above if other.y + other.height > box.y + 0.01]
        pairs += [
            (other, box)
            for other in above
            if other.x + other.width > box.x + 0.01 and box.x + box.width > other.x + 0.01
        ]
        above.append(box)
    return pairs


def check_places(places: Scene) -> None:
    assert overlapping([box for box in places.boxes if box.kind != "frame"]) == []
    beside: dict[int, list[Box]] = {}
    for box in places.boxes:
        beside.setdefault(id(box.block), []).append(box)
    assert [pair for boxes in beside.values() for pair in overlapping(boxes)] == []
    for box in places.boxes:
        assert box.x >= -0.01
        assert box.x + box.width <= places.width + 0.01
        assert box.y + box.height <= places.height + 0.01
    # Frames hold their boxes, and do not cut through others.
    frames = {id(box.part): box for box in places.boxes if box.kind == "frame"}
    for box in places.boxes:
        frame = frames.get(id(box.block))
        if frame is not None:
            assert frame.x <= box.x + 0.01
            assert box.x + box.width <= frame.x + frame.width + 0.01
            assert frame.y <= box.y
            assert box.y + box.height <= frame.y + frame.height + 0.01
    by_part = {(id(box.part), box.kind in ("entry", "exit")): box for box in places.boxes}
    for edge in places.edges:
        (x, top), (end, bottom) = edge.points[0], edge.points[-1]
        assert top <= bottom
        if edge.source is not None:
            source = by_part[id(edge.source), False]
            assert source.x <= x <= source.x + source.width
            assert top == pytest.approx(source.y + source.height)
        if edge.wire.target != OUT:
            assert edge.reader is not None
            reader = by_part[id(edge.reader), False]
            assert reader.x <= end <= reader.x + reader.width
            assert bottom == pytest.approx(reader.y)

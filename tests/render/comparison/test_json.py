"""The JSON of a comparison: one document, written piece by piece."""

import json

import pytest

import cnncalc
from cnncalc.comparison import compare, side
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.json import CHUNK, render


@pytest.mark.parametrize("layers", [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 3])
def test_the_pieces_are_one_indented_document(layers: int) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu:\n    repeat: {layers}\n  - conv: 3\n"
    side_json = side(cnncalc.analyse(cnncalc.load(text)), ())
    pieces = list(render(compare(side_json, side_json), (), ComparisonPage()))
    document = json.loads("".join(pieces))
    assert json.dumps(document, indent=2) + "\n" == "".join(pieces)
    assert len(document["layers"]) == len(side_json.layers)
    assert max(piece.count('"status"') for piece in pieces) <= CHUNK


def test_nothing_to_list_is_an_empty_list() -> None:
    none = side(cnncalc.analyse(cnncalc.load("cnncalc: 1\n")), ())
    assert json.loads("".join(render(compare(none, none), (), ComparisonPage())))["layers"] == []

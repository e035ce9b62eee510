"""Pixels that positions see, set by set."""

import cnncalc
from cnncalc.analysis import Analysis

# Of the grid that is resized only the last row and column lie on the image.
TOKENS = """
cnncalc: 1
input: 3x3x4
layers:
  - identity:
    name: skip
  - conv: {filters: 2, kernel: 1, stride: 3, padding: 1}
    allow: {S001: a border that reads padding alone}
  - resize_to: {of: [prev, skip], mode: bilinear}
  - concat: [prev, skip]
  - patch_embed: {filters: 4, patch: 1}
  - conv: {filters: 4, kernel: 2, padding: 1}
"""


def test_tokens_of_two_rows_are_not_a_block_of_pixels() -> None:
    """Tokens 2 and 3 are the pixels (0, 2) and (1, 0); none of (1, 2), through which the last row is seen."""
    graph = cnncalc.load(TOKENS)
    (work,) = Analysis(graph).fieldworks
    rows, columns = work.walk(graph, graph.nodes[-1].index, (1 << 3,)).pixels
    assert (rows, columns) == (0b011, 0b101)

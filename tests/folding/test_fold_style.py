"""Specs in the style of folding: flattened and folded, each is what it was, word for word."""

import pytest

import cnncalc
from cnncalc.folding import fold
from cnncalc.importers import text
from tests.importers.drafts import draft_of

HEAD = "cnncalc: 1\nname: net\n"

RESIDUAL = """\
input: 64x64x3
defaults: {conv: {padding: half, norm: bn, act: relu}}
blocks:
  bottleneck:
    params: {width: required, stride: 1}
    layers:
      - residual:
          - conv: $width
          - conv: {filters: $width, kernel: 3, stride: $stride}
          - conv: {filters: $width * 4, act: none}
        shortcut: project
      - relu
layers:
  - conv: {filters: 64, kernel: 7, stride: 2}
  - maxpool: {kernel: 3, stride: 2, padding: 1}
  - bottleneck: 64
    repeat: 3
  - bottleneck: 128
    repeat: 4
    first: {stride: 2}
  - global_avgpool
  - fc: 10
"""

OPTIONAL = """\
input: 32x32x3
defaults:
  conv: {norm: bn, act: silu}
  bn: {eps: 0.001}
blocks:
  squeeze_excite: std/squeeze_excite
  inverted_residual:
    params: {filters: required, kernel: 3, stride: 1}
    layers:
      - residual:
          - conv: $in.channels * 6
          - depthwise_conv: {kernel: $kernel, stride: $stride, padding: half, norm: bn, act: silu}
          - squeeze_excite: {squeeze: $in.channels / 24, act: silu}
          - conv: {filters: $filters, act: none}
        shortcut: optional
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - inverted_residual: 24
    repeat: 3
    first: {stride: 2}
  - inverted_residual: 40
    repeat: 2
    first: {stride: 2}
  - inverted_residual: {filters: 80, kernel: 5}
"""

NO_ADDITION = """\
input: 32x32x8
defaults: {conv: {kernel: 3, padding: half, norm: bn}}
blocks:
  unit:
    params: {filters: required, shortcut: optional}
    layers:
      - residual:
          - conv: {filters: $filters, act: relu}
          - conv: $filters
        shortcut: $shortcut
layers:
  - unit: 8
  - unit: {filters: 8, shortcut: false}
  - unit: 16
  - unit: {filters: 16, shortcut: false}
"""

DENSE = """\
input: 32x32x24
defaults: {conv: {bias: false}}
blocks:
  dense_layer:
    layers:
      - concat:
          - []
          - [bn, relu, conv: {filters: 48, norm: bn}, conv: {filters: 12, kernel: 3, padding: half}]
  transition:
    layers:
      - bn
      - relu
      - conv: $in.channels / 2
      - avgpool: 2
layers:
  - dense_layer:
    repeat: 3
  - transition
  - dense_layer:
    repeat: 4
  - transition
  - dense_layer:
    repeat: 2
  - bn
  - relu
"""

SHARED = """\
inputs:
  left: 32x32x1
  right: 32x32x1
defaults: {conv: {kernel: 3, padding: half, act: relu}}
blocks:
  tower:
    layers:
      - conv: 8
      - maxpool: 2
      - conv: 16
      - maxpool: 2
      - conv: 32
      - flatten
layers:
  - tower:
    from: left
    name: first
  - tower:
    from: right
    share: first
  - sub: [first, prev]
  - fc: 1
"""

NORMS = """\
input: 32x32x16
defaults: {conv: {kernel: 3, padding: half, bias: false, act: silu}}
blocks:
  unit:
    params: {filters: required, stride: 1}
    layers:
      - conv: {filters: $filters, stride: $stride, norm: {gn: $filters / 8}}
      - conv: {filters: $filters, norm: {gn: $filters / 8}}
layers:
  - unit: 32
    repeat: 2
    first: {stride: 2}
  - unit: 64
    repeat: 2
    first: {stride: 2}
"""

WORDS = """\
input: 32x32x16
defaults: {conv: {kernel: 3, padding: half, norm: bn}}
blocks:
  unit:
    params: {filters: required, act: relu}
    layers:
      - conv: {filters: $filters, act: $act}
      - conv: {filters: $filters, stride: 2, act: $act}
      - conv: {filters: $filters, kernel: 1}
layers:
  - unit: 16
  - unit: 24
  - unit: 32
  - unit: {filters: 32, act: silu}
"""

PLAIN = """\
input: 32x32x8
outputs: [relu1, fc1]
layers:
  - conv: 8
  - bn
  - add: [prev, in]
  - relu:
    name: relu1
  - sequence: [conv: {filters: 8, kernel: 3, padding: half, act: relu}, maxpool: 2]
    repeat: 3
  - mul: [prev, 0.5]
  - flatten
  - fc: {units: 10, bias: false}
    name: fc1
"""

NAMES = {
    "residual": RESIDUAL,
    "optional": OPTIONAL,
    "no addition": NO_ADDITION,
    "dense": DENSE,
    "shared": SHARED,
    "norms": NORMS,
    "words": WORDS,
}


@pytest.mark.parametrize("spec", NAMES.values(), ids=NAMES)
def test_the_style_is_stable(spec: str) -> None:
    written = HEAD + spec
    graph = cnncalc.load(written)
    assert graph.ok, [item.message for item in graph.diagnostics]
    assert text(fold(draft_of(graph))) == written


def test_without_modules_equal_structure_is_a_block() -> None:
    draft = draft_of(cnncalc.load(HEAD + RESIDUAL), scopes=False)
    assert text(fold(draft)) == HEAD + RESIDUAL.replace("bottleneck", "residual_block")


def test_a_plain_list_stays_one() -> None:
    graph = cnncalc.load(HEAD + PLAIN)
    assert graph.ok, [item.message for item in graph.diagnostics]
    folded = text(fold(draft_of(graph)))
    assert "blocks:" not in folded
    assert "  - residual: [conv: {filters: 8, norm: bn}]\n" in folded
    assert "repeat: 3\n" in folded
    assert "  - mul: [prev, 0.5]\n" in folded


def test_uses_of_blocks_are_module_calls_where_that_is_asked_for() -> None:
    draft = draft_of(cnncalc.load(HEAD + RESIDUAL))
    folded = text(fold(draft, modules=True))
    assert folded.count("module: true") == 2
    calls = [node.module.name for node in cnncalc.load(folded).nodes if node.module is not None]
    assert len(set(calls)) == 7
    # Without modules in the source there are none.
    assert "module: true" not in text(
        fold(draft_of(cnncalc.load(HEAD + RESIDUAL), scopes=False), modules=True)
    )

"""Specs in the style of folding: flattened and folded, each is what it was, word for word."""

import struct

import pytest

import cnncalc
from cnncalc.folding import fold
from cnncalc.importers import matching, text
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

LACKING = """\
input: 32x32x16
defaults: {conv: {norm: bn, act: relu}}
blocks:
  squeeze_excite: std/squeeze_excite
  bneck:
    params: {width: required, filters: required, kernel: 3, stride: 1, squeeze: 0}
    layers:
      - residual:
          - conv: $width
          - depthwise_conv: {kernel: $kernel, stride: $stride, padding: half, norm: bn, act: relu}
          - squeeze_excite: {squeeze: $squeeze, gate: hardsigmoid}
            when: $squeeze > 0
          - conv: {filters: $filters, act: none}
        shortcut: optional
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - bneck: {width: 72, filters: 24, stride: 2}
  - bneck: {width: 88, filters: 24}
  - bneck: {width: 96, filters: 40, kernel: 5, stride: 2, squeeze: 24}
  - bneck: {width: 240, filters: 40, kernel: 5, squeeze: 64}
    repeat: 2
  - bneck: {width: 120, filters: 48}
  - bneck: {width: 144, filters: 56}
"""

FLAG = """\
input: 32x32x16
defaults: {conv: {kernel: 3, padding: half, norm: bn, act: relu}}
blocks:
  unit:
    params: {filters: required, with_avgpool: false}
    layers:
      - conv: $in.channels
      - avgpool: 2
        when: $with_avgpool
      - conv: $filters
layers:
  - unit: 20
  - unit: {filters: 24, with_avgpool: true}
  - unit: 28
  - unit: {filters: 40, with_avgpool: true}
  - unit: 44
"""

GROWING = """\
input: 32x32x64
defaults: {conv: {norm: bn, act: relu}}
blocks:
  bottleneck:
    params: {width: required, stride: 1, p: 0}
    layers:
      - residual:
          - conv: $width
          - conv: {filters: $width, kernel: 3, stride: $stride, padding: half}
          - conv: {filters: $width * 4, act: none}
          - stochastic_depth: $p
            when: $p > 0
        shortcut: project
      - relu
layers:
  - bottleneck: {width: 16, p: "0.1 * $i / 10"}
    repeat: 3
  - bottleneck: {width: 32, p: "0.1 * ($i + 3) / 10"}
    repeat: 4
    first: {stride: 2}
  - bottleneck: {width: 64, p: "0.1 * ($i + 7) / 10"}
    repeat: 4
    first: {stride: 2}
"""

# Each cell reads the two before it.
CELLS = """\
input: 32x32x16
defaults: {conv: {norm: bn, act: relu}}
blocks:
  cell:
    params: {filters: required, beside: required}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: half}
        name: conv1
      - conv: $filters
        from: $beside
      - conv: {filters: $filters, kernel: 5, padding: half}
      - add: [conv1, prev]
      - relu
layers:
  - conv: 20
    name: first
  - conv: 24
    name: second
  - cell: {filters: 28, beside: first}
    name: third
  - cell: {filters: 32, beside: second}
    name: fourth
  - cell: {filters: 36, beside: third}
  - cell: {filters: 40, beside: fourth}
"""

# A block with one use, although the sizes in it follow from what enters.
SINGLE = """\
input: 32x32x32
defaults: {conv: {act: silu}}
blocks:
  squeeze_excite: std/squeeze_excite
  unit:
    layers:
      - residual:
          - depthwise_conv: {kernel: 3, padding: half}
          - squeeze_excite: {squeeze: $in.channels / 4, act: silu}
          - conv: {filters: 16, norm: bn}
        shortcut: optional
layers:
  - unit:
    repeat: 2
  - conv: 24
  - conv: 32
"""

# Defaults hold for the layers of shipped blocks too: these are not standardised.
SHIPPED = """\
input: 32x32x32
blocks:
  squeeze_excite: std/squeeze_excite
layers:
  - scale: 0.9805806756909201
  - conv: {filters: 16, kernel: 3, padding: half, standardize: {eps: 0.0001}}
  - squeeze_excite: 8
  - conv: {filters: 24, kernel: 3, padding: half, standardize: {eps: 0.0001}}
  - conv: {filters: 28, kernel: 3, padding: half, standardize: {eps: 0.0001}}
"""

# Numbers with many digits are arguments too, as long as they can be computed with.
DIGITS = """\
input: 32x32x16
blocks:
  unit:
    params: {factor: required, filters: required}
    layers:
      - scale: $factor
      - conv: {filters: $filters, kernel: 3, padding: half}
      - maxpool: {kernel: 3, stride: 1, padding: 1}
      - relu
layers:
  - unit: {factor: 0.9805806756909201, filters: 16}
  - unit: {factor: 0.9622504486493761, filters: 20}
  - unit: {factor: 0.9449111825230679, filters: 24}
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
    "lacking": LACKING,
    "flag": FLAG,
    "digits": DIGITS,
    "growing": GROWING,
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


def test_a_block_with_one_use_is_its_layers() -> None:
    folded = text(fold(draft_of(cnncalc.load(HEAD + SINGLE))))
    assert "blocks:\n  squeeze_excite: std/squeeze_excite\nlayers:\n  - residual:\n" in folded
    assert "    shortcut: optional\n    repeat: 2\n" in folded
    assert "squeeze: $in.channels / 4" in folded


def test_rates_that_code_rounded_grow_evenly_too() -> None:
    draft = draft_of(cnncalc.load(HEAD + GROWING))
    for node in draft.nodes:
        if node.type == "stochastic_depth":
            single = struct.unpack("f", struct.pack("f", node.fields["p"]))[0]
            assert single != node.fields["p"]
            node.fields["p"] = single
    assert text(fold(draft)) == HEAD + GROWING


def test_a_block_may_read_several_values() -> None:
    graph = cnncalc.load(HEAD + CELLS)
    assert graph.ok, [item.message for item in graph.diagnostics]
    folded = text(fold(draft_of(graph)))
    assert "  cell:\n    params: {filters: required, beside: required}\n" in folded
    assert folded.count("  - cell: {filters: ") == 4
    assert len(folded.splitlines()) == len((HEAD + CELLS).splitlines())
    assert matching(graph, cnncalc.load(folded)) is not None


def test_a_block_with_several_values_is_left_out_where_that_is_shorter() -> None:
    spec = CELLS.partition("layers:\n  - conv: 20")
    uses = "  - cell: {filters: 28, beside: first}\n  - cell: {filters: 32, beside: second}\n"
    few = spec[0] + spec[1] + spec[2].partition("  - cell")[0] + uses
    small = few.replace("      - conv: {filters: $filters, kernel: 5, padding: half}\n", "").replace(
        "      - relu\n", ""
    )
    graph = cnncalc.load(HEAD + small)
    assert graph.ok, [item.message for item in graph.diagnostics]
    folded = text(fold(draft_of(graph)))
    assert len(folded.splitlines()) <= len((HEAD + small).splitlines())
    assert matching(graph, cnncalc.load(folded)) is not None


def test_a_rate_may_be_a_parameter_of_the_block_around_it() -> None:
    head, _, _ = GROWING.partition("layers:\n  - bottleneck")
    stage = "  stage:\n    params: {p: required, p_2: required, p_3: required}\n    layers:\n"
    stage += "      - maxpool: 2\n" + "".join(
        f"      - bottleneck: {{width: 16, p: ${name}}}\n" for name in ("p", "p_2", "p_3")
    )
    uses = "".join(f"  - stage: {{p: {p}, p_2: {2 * p}, p_3: 0.3}}\n" for p in (0.1, 0.125))
    graph = cnncalc.load(f"{HEAD}{head}{stage}layers:\n{uses}")
    assert graph.ok
    folded = text(fold(draft_of(graph)))
    assert "blocks:" in folded
    assert matching(graph, cnncalc.load(folded)) is not None


@pytest.mark.parametrize(
    "rates", [(0.1, 0.2, 0.4), (0.1, 0.1234567, 0.1469134), (0.3, 0.2, 0.1), (0.05, 0.1)]
)
def test_rates_that_do_not_grow_evenly_are_written_one_by_one(rates: tuple[float, ...]) -> None:
    spec = GROWING.partition("layers:\n  - bottleneck")[0] + "layers:\n"
    spec += "".join(f"  - bottleneck: {{width: 16, p: {rate}}}\n" for rate in rates)
    folded = text(fold(draft_of(cnncalc.load(HEAD + spec))))
    assert "$i" not in folded
    assert all(str(rate) in folded for rate in rates)


def test_what_layers_of_shipped_blocks_do_not_say_is_no_default() -> None:
    folded = text(fold(draft_of(cnncalc.load(HEAD + SHIPPED))))
    assert "std/squeeze_excite" in folded
    assert "standardize" not in folded.partition("\nlayers:")[0]
    assert folded.count("standardize") == 3

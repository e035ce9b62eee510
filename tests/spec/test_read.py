"""A whole spec: what nothing uses, and every error reported once."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


def places(text: str) -> list[tuple[str, int, int]]:
    """Code, line and column of every diagnostic."""
    return [(item.code, *item.span.start) for item in cnncalc.load(text).diagnostics]


class TestUnused:
    """A warning, and none where a fault may be the reason."""

    @pytest.mark.parametrize(
        ("head", "line"),
        [
            ("params: {width: 3}\n", 3),
            ("params: {width: 3, double: $width}\n", 3),
            ("blocks:\n  unit:\n    params: {k: 1}\n    layers: [relu]\n", 5),
            ("blocks:\n  unit:\n    params: {k: 1, twice: $k * 2}\n    layers: [relu]\n", 5),
        ],
    )
    def test_parameters(self, network: Network, head: str, line: int) -> None:
        graph = network("- unit" if "blocks" in head else "- relu", head=head)
        assert [(item.code, item.span.line) for item in graph.diagnostics] == [("L016", line)]
        assert graph.ok

    @pytest.mark.parametrize(
        "layers",
        [
            "- conv: $widht",
            "- conv: 3 ^ $width",
            "- cnv: $width",
            "- conv: {filters: 3, kernel: 0, strid: $width}",
        ],
    )
    def test_is_not_reported_after_an_error(self, network: Network, layers: str) -> None:
        head = "params: {width: 3}\nblocks:\n  unit:\n    layers: [relu]\n"
        assert {item.code for item in network(layers, head=head).diagnostics}.isdisjoint({"L015", "L016"})


class TestEveryFaultOnce:
    def test_of_several_at_once(self) -> None:
        text = """cnncalc: 1
input: 8x8x3
strict: maybe
params: {width: 8, bad name: 3}
defaults: {conv: {kernel: 3x3}}
blocks:
  unit:
    params: {k: required}
    layers:
      - conv: {filters: $k, kernal: 1}
layers:
  - convv: 3
  - conv: $widht
  - unit
  - relu:
    repeat: -1
  - conv: {filters: 4, kernel: 9}
    from: input
  - maxpool: 2
  - flatten
  - conv: 3
    name: stem
    from: input
  - conv: 3
    name: stem
  - fc: 10
"""
        assert places(text) == [
            ("L003", 3, 9),
            ("L017", 4, 20),
            ("L003", 5, 27),
            ("L001", 10, 29),
            ("L002", 12, 5),
            ("L009", 13, 11),
            ("L004", 14, 5),
            ("L003", 16, 13),
            ("S005", 17, 32),
            ("L012", 25, 11),
        ]

    @pytest.mark.parametrize(
        ("head", "layers", "code"),
        [
            ("params: {j: 3, k: $j ^ 2}\n", "- conv: $k\n- conv: $k * 2", "L008"),
            ("params: {k: $other}\n", "- conv: $k\n- conv: $k * 2", "L009"),
            ("params: k\n", "- conv: $k\n- relu", "L003"),
            ("blocks: unit\n", "- unit: 3\n- unit", "L003"),
            ("", "- conv: 4\n  name: my stem\n- relu:\n  from: my stem\n- add: [prev, my stem]", "L017"),
            ("", "- conv: 4\n  name: [stem]\n- relu", "L017"),
            ("", "- cnv: 4\n  name: stem\n- relu:\n  from: stem\n- add: [prev, stem]", "L002"),
            ("", "- conv: {filters: 4, kernal: 3}\n- flatten\n- fc: 3\n  expect: 8x8x8", "L001"),
            ("", "- conv: 4\n  repeat: two\n  first: {stride: 2}\n- fc: 10", "L003"),
            ("", "- conv: 4\n  repeat: $two\n  first: {stride: 2}\n- fc: 10", "L009"),
            ("", "- maxpool: 2\n  when: $deep\n- conv: 4\n  expect: 8x8x4", "L009"),
            ("", "- conv: 4\n  from: 3\n  expect: 9x9x9", "L003"),
            ("", "- conv: 4\n  only: trainin\n  expect: 9x9x9", "L003"),
            ("", "- add: [[cnv: 3], [conv: 3]]\n- conv: 3\n  expect: 9x9x9", "L002"),
            ("", "- residual: [cnv: 3]\n  shortcut: project\n- relu", "L002"),
            ("", "- conv: 4\n  share: 3\n- relu", "L003"),
            ("", "- conv: {filters: 4, act: rellu}\n- relu", "L003"),
            ("outputs: [stem]\n", "- cnv: 4\n  name: stem", "L002"),
            ("outputs: [stem.conv1]\n", "- stem: 4\n  name: stem", "L002"),
            (
                "blocks: {unit: {params: {k: required}, layers: [conv: $k]}}\n",
                "- unit\n  name: a\n- relu:\n  from: a.conv1".replace("- unit\n", "- unit:\n"),
                "L004",
            ),
        ],
    )
    def test_without_what_follows_from_it(self, network: Network, head: str, layers: str, code: str) -> None:
        graph = network(layers, head=head)
        assert [item.code for item in graph.diagnostics] == [code], [
            item.message for item in graph.diagnostics
        ]

"""Blocks: what they declare."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


class TestBlocks:
    def block(self, network: Network, block: str, layers: str = "- unit") -> list[tuple[str, int]]:
        graph = network(layers, head=f"blocks:\n  {block}\n")
        return [(item.code, item.span.line) for item in graph.diagnostics]

    @pytest.mark.parametrize(
        ("block", "code"),
        [
            ("unit: [relu]", "L003"),
            ("unit: {}", "L004"),
            ("unit: {params: {k: 1}}", "L004"),
            ("unit: {params: {k: 1}, layers: relu}", "L003"),
            ("unit: {params: {k: 1}, layers: [conv: $k], name: unit}", "L001"),
            ("unit: {params: [k], layers: [conv: $k]}", "L003"),
            ("unit: {params: {k: $x}, layers: [conv: $k]}", "L009"),
            ("unit: {params: {k: 3 ^ $x}, layers: [conv: $k]}", "L008"),
            ("unit: {params: {in: 3}, layers: [conv: $in]}", "L017"),
        ],
    )
    def test_that_can_not_be_read_are_reported_once(self, network: Network, block: str, code: str) -> None:
        assert self.block(network, block, "- unit\n- unit: {k: 3}\n- relu") == [(code, 4)]

    @pytest.mark.parametrize(
        "name", ["relu", "conv", "sequence", "residual", "repeat", "name", "from", "concat"]
    )
    def test_may_not_take_a_word_of_the_language(self, network: Network, name: str) -> None:
        assert self.block(network, f"{name}: {{layers: [tanh]}}", "- tanh") == [("L014", 4)]

    @pytest.mark.parametrize("name", ["my block", "-x", '"a b"', "prev"])
    def test_have_names_of_letters(self, network: Network, name: str) -> None:
        assert self.block(network, f"{name}: {{layers: [tanh]}}", f"- {name}") == [("L017", 4)]

    def test_that_nothing_uses(self, network: Network) -> None:
        assert self.block(network, "unit: {layers: [tanh]}", "- relu") == [("L015", 4)]

    def test_without_layers_return_their_input(self, network: Network) -> None:
        assert self.block(network, "unit: {layers: []}", "- conv: 4\n- unit\n- relu") == []

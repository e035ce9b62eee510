"""The names that items give themselves."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize("name", ["a", "A-1", "stem.conv", "_x", "3a", "a" * 100])
def test_names(network: Network, name: str) -> None:
    graph = network(f"- relu:\n  name: {name}")
    assert [node.name for node in graph.layers] == [name]
    assert graph.ok


@pytest.mark.parametrize("name", ["my stem", "-a", "a.", "a/b", "é", "a" * 101, "[/red]", "prev", "$x", '""'])
def test_no_names(network: Network, name: str) -> None:
    written = name if name == '""' else f'"{name}"'
    assert [item.code for item in network(f"- relu:\n  name: {written}").diagnostics] == ["L017"]


@pytest.mark.parametrize(
    ("line", "message", "help"),
    [
        (
            'freeze: "yes"',
            'must be true, false or an expression, not the text "yes"',
            "write true: `freeze: true`",
        ),
        (
            'module: "Off"',
            'must be true, false or an expression, not the text "Off"',
            "write false: `module: false`",
        ),
        (
            'when: "true"',
            'must be true, false or an expression, not the text "true"',
            "remove the quotes: `when: true`",
        ),
        (
            'repeat: "2"',
            'must be a whole number, 0 or more, not the text "2"',
            "remove the quotes: `repeat: 2`",
        ),
        ("repeat:", "`repeat` needs a value: a whole number, 0 or more", None),
        ("freeze:", "`freeze` needs a value: true, false or an expression", None),
        (
            "place: $in.height",
            "`$in.height` can't be used here: this value can't depend on the input",
            "known here: $x",
        ),
        ("from: $x", "its value is true, not the name of a layer", None),
        ("share: $x", "its value is true, not the name of a layer", None),
    ],
)
def test_a_value_of_another_kind_is_named_as_it_is_written(
    network: Network, line: str, message: str, help: str | None
) -> None:
    graph = network(f"- conv: 3\n- conv: 3\n  {line}", head="params: {x: true}\n")
    (fault,) = [item for item in graph.diagnostics if item.code in ("L003", "L009")]
    assert message in fault.message
    assert fault.help is None if help is None else help in (fault.help or "")


@pytest.mark.parametrize("value", ["true", "[1, 2]", "{a: 1}", "0.5"])
def test_an_operand_that_is_no_name_is_shown_as_in_a_spec(network: Network, value: str) -> None:
    graph = network("- conv: 3\n- concat: [prev, $x]", head=f"params: {{x: {value}}}\n")
    (fault,) = [item for item in graph.diagnostics if item.code == "L003"]
    assert value in fault.message

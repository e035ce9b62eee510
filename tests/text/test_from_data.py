"""A dict is read like the text that it would be."""

import sys
from collections import OrderedDict
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc import zoo
from cnncalc.text.from_data import written

SMALL: dict[str, Any] = {
    "cnncalc": 1,
    "name": "Small: a # name, 'quoted'",
    "input": "8x8x3",
    "params": {"width": 8},
    "layers": [
        {"conv": {"filters": "$width * 2", "kernel": (3, 1), "act": "relu"}, "name": "off"},
        "flatten",
        {"fc": 10},
    ],
}


def nodes(graph: cnncalc.Graph) -> list[tuple[object, ...]]:
    return [(node.name, node.kind, node.inputs, node.shape) for node in graph.nodes]


def plain(value: Any) -> Any:
    """Tuples as lists, as YAML has them."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("name", zoo.names()[::7])
def test_a_shipped_spec_is_the_same_as_a_dict(name: str) -> None:
    path = zoo.path(name)
    assert path is not None
    with open(path, encoding="utf-8") as file:
        data = yaml.safe_load(file)
    if "extends" in data:
        data["extends"] = data["extends"].removesuffix(".yaml")
    assert plain(yaml.safe_load(written(data))) == data
    assert nodes(cnncalc.load(data)) == nodes(cnncalc.load(name))


def test_mappings_tuples_and_paths_are_taken() -> None:
    graph = cnncalc.load(SMALL)
    assert graph.ok
    assert [str(node.shape) for node in graph.layers] == ["6x8x16", "6x8x16", "768", "10"]
    assert nodes(cnncalc.load(MappingProxyType(OrderedDict(SMALL)))) == nodes(graph)
    assert written({"extends": PurePosixPath("a/b.yaml")}) == "extends: a/b.yaml\n"


@pytest.mark.parametrize(
    "name", ["off", "yes", "null", "1e3", "0x10", "1_000", "2020-01-01", "~", "", "=", "a: b", "é", "\t"]
)
def test_text_stays_text(name: str) -> None:
    data = {"layers": [{"relu": None, "name": name}]}
    assert yaml.safe_load(written(data)) == data


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(
        st.characters(
            min_codepoint=32,
            max_codepoint=0xFFFF,
            exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn", "Co"],
            exclude_characters="\ufeff",
        )
    ),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.text("abcxyz_-: #'", max_size=5), inside, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=5), VALUES, max_size=4))
def test_what_is_written_is_read_as_the_same(data: dict[str, Any]) -> None:
    read = yaml.safe_load(written(data))
    assert plain(read) == plain(data)


@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=5), VALUES, max_size=4))
def test_any_dict_gives_a_graph(data: dict[str, Any]) -> None:
    graph = cnncalc.load({"cnncalc": 1, **data})
    assert not graph.ok


def test_diagnostics_have_their_place_in_that_text() -> None:
    data = {
        **SMALL,
        "layers": [{"conv": {"filters": 8, "kernle": 3}}, {"residual": [{"conv": {"filters": 0}}]}],
    }
    graph = cnncalc.load(data)
    lines = [graph.sources[item.span.file].line(item.span.line) for item in graph.diagnostics]
    assert any("kernle" in line for line in lines)
    assert any("filters: 0" in line for line in lines)
    assert {item.span.file for item in graph.diagnostics} == {"<dict>"}


@pytest.mark.parametrize(("key", "code"), [(1, "Y013"), (True, "Y013"), (None, "Y013")])
def test_a_key_that_is_not_a_text_is_reported(key: object, code: str) -> None:
    assert code in {item.code for item in cnncalc.load({**SMALL, key: 1}).diagnostics}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"layers": object()}, "at `layers` is a value of type object"),
        ({"layers": [{"conv": {"kernel": {1, 2}}}]}, r"at `layers\[0\].conv.kernel` is a value of type set"),
        ({"layers": [[1, b"x"]]}, r"at `layers\[0\]\[1\]` is a value of type bytes"),
        ({object(): 1}, "as a key is a value of type object"),
    ],
)
def test_what_no_spec_can_hold_is_a_type_error(data: dict[Any, Any], where: str) -> None:
    with pytest.raises(TypeError, match=where):
        cnncalc.load(data)


def test_what_holds_itself_is_a_value_error() -> None:
    layers: list[Any] = ["relu"]
    layers.append(layers)
    with pytest.raises(ValueError, match=r"`layers\[1\]` holds itself"):
        cnncalc.load({"layers": layers})
    data: dict[str, Any] = {}
    data["layers"] = [data]
    with pytest.raises(ValueError, match="holds itself"):
        cnncalc.load(data)


@pytest.mark.parametrize(
    "wrap", [lambda inside: [inside], lambda inside: {"a": inside}, lambda inside: [{"a": inside}]]
)
def test_what_is_nested_too_deep_is_reported(wrap: Any) -> None:
    inside: Any = 1
    for _ in range(sys.getrecursionlimit() * 2):
        inside = wrap(inside)
    assert [item.code for item in cnncalc.load({"cnncalc": 1, "layers": inside}).diagnostics] == ["Y006"]

"""maxunpool: the pooling that it names, where names are looked up, and what does not fit."""

import pytest

import cnncalc
from cnncalc.graph import Graph
from tests.commands._program import run

HEAD = "cnncalc: 1\ninput: 16x16x4\n"
POOL = "  - maxpool: 2\n    name: p\n"
BLOCKS = """blocks:
  down:
    layers:
      - maxpool: 2
        name: pool
  up:
    params: {pool: required}
    layers:
      - maxunpool: $pool
"""


def network(layers: str, blocks: str = "") -> Graph:
    return cnncalc.load(f"{HEAD}{blocks}layers:\n{layers}")


def shape(graph: Graph) -> str:
    assert graph.ok, graph.diagnostics
    return str(graph.nodes[graph.outputs[0]].shape)


@pytest.mark.parametrize(
    ("layers", "blocks"),
    [
        (POOL + "  - maxunpool: p\n", ""),
        (POOL + "  - relu\n  - maxunpool: {pool: p}\n", ""),
        ("  - maxpool: 2\n  - maxunpool: maxpool1\n", ""),
        ("  - maxpool: 2\n  - maxunpool: prev\n", ""),
        ("  - down\n  - maxunpool: down1.pool\n", BLOCKS),
        # A block that ends with the pooling is named for it.
        ("  - down\n  - maxunpool: down1\n", BLOCKS),
        ("  - down\n  - up: {pool: down1.pool}\n", BLOCKS),
        ("  - down\n  - up: {pool: prev}\n", BLOCKS),
        ("  - maxpool: 2\n    name: p\n    repeat: 2\n  - maxunpool: p\n  - maxunpool: p_1\n", ""),
    ],
)
def test_gives_the_size_that_the_pooling_read(layers: str, blocks: str) -> None:
    assert shape(network(layers, blocks)) == "16x16x4"


def test_defaults_may_name_the_pooling() -> None:
    graph = cnncalc.load(f"{HEAD}defaults: {{maxunpool: {{pool: p}}}}\nlayers:\n{POOL}  - maxunpool\n")
    assert shape(graph) == "16x16x4"


@pytest.mark.parametrize(("kernel", "size"), [("2", "15x15"), ("{kernel: 3, stride: 3}", "16x17")])
def test_sizes_that_a_pooling_does_not_divide_come_back(kernel: str, size: str) -> None:
    """Rows that no window reads are zeros."""
    text = f"cnncalc: 1\ninput: {size}x4\nlayers:\n  - maxpool: {kernel}\n    name: p\n"
    graph = cnncalc.load(f"{text}    allow: {{S001: on purpose}}\n  - maxunpool: p\n")
    assert str(graph.nodes[-1].shape) == f"{size}x4"


def test_only_a_pooling_that_is_named_returns_indices() -> None:
    graph = network("  - maxpool: 2\n    name: p\n  - maxpool: 2\n    name: q\n  - maxunpool: q\n")
    for name, returned in (("p", False), ("q", True)):
        fit = graph[name].fit
        assert fit is not None
        assert fit.layer.returns_indices is returned


def test_two_unpoolings_may_read_the_same_indices() -> None:
    graph = network(
        POOL + "  - maxunpool: p\n    name: a\n  - maxunpool: p\n    from: p\n  - add: [a, prev]\n"
    )
    assert shape(graph) == "16x16x4"


def test_another_input_gives_another_size() -> None:
    graph = cnncalc.load(f"{HEAD}layers:\n{POOL}  - maxunpool: p\n", input="32x20x4")
    assert shape(graph) == "32x20x4"


@pytest.mark.parametrize(
    ("layers", "code", "says", "help"),
    [
        ("  - avgpool: 2\n    name: p\n  - maxunpool: p\n", "S035", "is of type avgpool", "name a maxpool"),
        ("  - adaptive_maxpool: 2\n    name: p\n  - maxunpool: p\n", "S035", "adaptive_maxpool", "maxpool"),
        ("  - maxunpool: input\n", "S035", "`input` is of type input", "name a maxpool"),
        (
            POOL + "  - avgpool: 2\n    name: q\n  - maxunpool: q\n    from: p\n",
            "S035",
            "avgpool",
            "write `p`: the output has the same shape, 8x8x4",
        ),
        (
            "  - maxpool: {kernel: 3, stride: 2, padding: same}\n    name: p\n  - maxunpool: p\n",
            "S035",
            "the padded volume and not of its input, 16x16x4",
            "pads itself",
        ),
        (
            POOL + "  - conv: 8\n  - maxunpool: p\n",
            "S008",
            "8x8x8 enters, but `p` has indices of 8x8x4: 8 and 4 in channels",
            "a 1x1 conv with 4 filters",
        ),
        (
            POOL + "  - avgpool: 2\n  - maxunpool: p\n",
            "S008",
            "4 and 8 in height and width",
            "the shape that `p` gave, 8x8x4",
        ),
        (
            POOL + "  - maxpool: 2\n    name: q\n  - maxunpool: p\n",
            "S008",
            "4x4x4 enters",
            "write `q`: the output has the same shape, 4x4x4",
        ),
        (POOL + "  - mean: height\n  - maxunpool: p\n", "S008", "other axes", "8x8x4"),
        (POOL + "  - flatten\n  - maxunpool: p\n", "S010", "256 features", "before `flatten`"),
        (POOL + "  - maxunpool: 2\n", "L003", "must be the name of an earlier layer, not 2", "name: NAME"),
        (POOL + "  - maxunpool: [prev, p]\n", "L003", "not [prev, p]", "name: NAME"),
        (POOL + "  - maxunpool: {pool: p, kernel: 2}\n", "L001", "has no `kernel`", "pool"),
        (POOL + "  - maxunpool\n", "L004", "needs `pool`", "maxunpool: ..."),
        ("  - maxunpool: p\n" + POOL, "L011", "no earlier layer", "put `p` before this one"),
        (POOL + "  - maxunpool: P\n", "L011", "no earlier layer", "did you mean `p`?"),
    ],
)
def test_what_does_not_fit(layers: str, code: str, says: str, help: str) -> None:
    (fault,) = (item for item in network(layers).diagnostics if item.severity.name == "ERROR")
    assert (fault.code, says in fault.message) == (code, True), fault
    assert help in (fault.help or ""), fault


def test_a_pooling_inside_a_block_is_named() -> None:
    graph = network("  - down\n  - maxunpool: pool\n", BLOCKS)
    (fault,) = (item for item in graph.diagnostics if item.severity.name == "ERROR")
    assert fault.code == "L011"
    assert fault.help == "it is inside `down1`: write `down1.pool`"


def test_overlapping_windows_are_a_warning() -> None:
    graph = network("  - maxpool: {kernel: 3, stride: 2, padding: 1}\n    name: p\n  - maxunpool: p\n")
    faults = [item for item in graph.diagnostics if item.code == "S035"]
    assert [item.severity.name for item in faults] == ["WARNING"]
    assert faults[0].help == "write `stride: 3` or `kernel: 2` in `p`: its windows then do not overlap"
    for pool in ("{kernel: 3, stride: 3, padding: 1}", "{kernel: 2, stride: 2}"):
        graph = network(f"  - maxpool: {pool}\n    name: p\n  - maxunpool: p\n")
        assert not [item for item in graph.diagnostics if item.code == "S035"]


def test_an_unknown_pooling_is_counted_and_not_reported() -> None:
    graph = network("  - maxpool: 20\n    name: p\n  - relu\n  - maxunpool: p\n")
    assert [item.code for item in graph.diagnostics] == ["S005"]
    assert graph.not_checked == 2


def test_the_expanded_spec_names_the_pooling_in_full() -> None:
    text = f"{HEAD}{BLOCKS}layers:\n  - down\n  - up: {{pool: down1.pool}}\n"
    expanded = run("expand", "-", stdin=text).out
    assert "maxunpool: {pool: down1.pool}" in expanded
    assert shape(cnncalc.load(expanded)) == "16x16x4"


@pytest.mark.parametrize("name", ["prev", "table"])
def test_a_learned_tensor_is_no_pooling(name: str) -> None:
    graph = network(f"  - learned: 1x1x4\n    name: table\n  - maxunpool: {name}\n")
    assert [item.code for item in graph.diagnostics if item.severity.word == "error"]

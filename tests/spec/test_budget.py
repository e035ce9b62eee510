"""`budget`: limits for figures."""

from typing import Any

import pytest

import cnncalc
from cnncalc.diagnostic import edited
from cnncalc.render.expansion import expansion
from cnncalc.spec import Budget, Limit
from cnncalc.spec.budget import Bound
from cnncalc.spec.budget_values import parse as parse_budget

HEAD = "cnncalc: 1\ninput: 8x8x3\n"
TAIL = "layers: [conv: 8]\n"


def limits(budget: str) -> list[tuple[str, str, int]]:
    graph = cnncalc.load(f"{HEAD}budget: {budget}\n{TAIL}")
    assert graph.ok, [item.message for item in graph.diagnostics]
    return [(limit.figure, *limit.bound) for limit in graph.spec.budget.limits]


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("<= 25M", ("<=", 25_000_000)),
        ("< 25M", ("<", 25_000_000)),
        ("'>= 25M'", (">=", 25_000_000)),
        ("'> 25M'", (">", 25_000_000)),
        ("≤ 25M", ("<=", 25_000_000)),
        ("25M", ("<=", 25_000_000)),
        ("25", ("<=", 25)),
        ("<=25k", ("<=", 25_000)),
        ("<= 25.557032M", ("<=", 25_557_032)),
        ("<= 4.1 G", ("<=", 4_100_000_000)),
        ("<= 2T", ("<=", 2 * 10**12)),
        ("25e6", ("<=", 25_000_000)),
        ("2.5e1", ("<=", 25)),
        ("0", ("<=", 0)),
        ("'25,000,000'", ("<=", 25_000_000)),
        ("30 m", ("<=", 30_000_000)),
    ],
)
def test_a_limit_is_exact(written: str, bound: tuple[str, int]) -> None:
    assert limits(f"{{params: {written}}}") == [("params", *bound)]


@pytest.mark.parametrize(
    ("written", "count"),
    [("8GiB", 8 << 30), ("<= 1.5 GiB", 3 << 29), ("800MB", 800 * 10**6), ("< 4KIB", 4096)],
)
def test_memory_is_bytes(written: str, count: int) -> None:
    ((_, _, limit),) = limits(f"{{memory: {{training: {written}, batch: 32}}}}")
    assert limit == count


def test_a_bare_number_is_meant_as_its_figure_is() -> None:
    assert limits("{macs: 4G, receptive_field: 224}") == [
        ("macs", "<=", 4 * 10**9),
        ("receptive_field", ">=", 224),
    ]


def test_a_list_holds_a_least_and_a_most() -> None:
    assert limits("{params: [<= 25M, '>= 20M']}") == [
        ("params", "<=", 25 * 10**6),
        ("params", ">=", 20 * 10**6),
    ]


def test_each_stands_at_its_place() -> None:
    text = f"{HEAD}budget:\n  macs: [<= 4G, '> 1M']\n  memory: {{training: <= 8GiB, batch: 2}}\n{TAIL}"
    budget = cnncalc.load(text).spec.budget
    lines = text.splitlines()
    order = []
    for limit in budget.limits:
        assert limit.span is not None
        order.append(lines[limit.span.line - 1][limit.span.column - 1 : limit.span.end_column - 1])
    assert order == ["<= 4G", "'> 1M'", "<= 8GiB"]
    assert [limit.batch for limit in budget.limits] == [None, None, 2]
    assert [limit.mode for limit in budget.limits] == ["inference", "inference", "training"]


@pytest.mark.parametrize(
    ("sign", "held"), [("<=", (True, True, False)), ("<", (True, False, False)), (">=", (False, True, True)),
                       (">", (False, False, True))]
)  # fmt: skip
def test_holds(sign: str, held: tuple[bool, ...]) -> None:
    assert tuple(Bound(sign, 5).holds(value) for value in (4, 5, 6)) == held


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ("3", [("L003", "`budget` must be a mapping from figure to limit")]),
        ("", [("L003", "`budget` must be a mapping from figure to limit")]),
        ("{depth: 3}", [("L001", "a budget has no `depth`")]),
        ("{params: }", [("L003", "`params` of a budget must be a limit, not null")]),
        ("{params: []}", [("L003", "`params` of a budget must be a limit, not a list or mapping")]),
        ("{params: {most: 3}}", [("L003", "`params` of a budget must be a limit, not a list or mapping")]),
        ("{params: -3}", [("L025", "`-3` is not a limit")]),
        ("{params: $width}", [("L025", "`$width` is not a limit")]),
        ("{params: '<= 25,00,000'}", [("L025", "`<= 25,00,000` is not a limit")]),
        ("{params: 1e30}", [("L025", "`1e30` has more than 18 digits")]),
        ("{params: 25MB}", [("L025", "`25MB` has an unknown unit, `MB`")]),
        ("{memory: 8GiB}", [("L003", "`memory` of a budget must be a mapping: its limit depends on the batch")]),
        ("{memory: {batch: 3}}", [("L004", "a memory budget needs `training` or `inference`")]),
        ("{memory: {}}", [("L004", "a memory budget needs `batch`: how many images its limit is for")]),
        ("{memory: {training: 8GiB, batch: 1.5}}", [("L003", "`batch` must be a whole number, 1 or more, not 1.5")]),
        ("{memory: {training: 8GiB, batch: true}}", [("L003", "`batch` must be a whole number, 1 or more, not true")]),
        ("{memory: {training: 8G, batch: 1}}", [("L025", "`8G` has an unknown unit, `G`")]),
        ("{memory: {trainig: 8GiB, batch: 1}}", [("L001", "a memory budget has no `trainig`")]),
    ],
)  # fmt: skip
def test_faults(budget: str, expected: list[tuple[str, str]]) -> None:
    graph = cnncalc.load(f"{HEAD}budget: {budget}\n{TAIL}")
    assert sorted((item.code, item.message) for item in graph.diagnostics) == sorted(expected)


def test_one_fault_leaves_the_other_limits() -> None:
    spec = cnncalc.load(f"{HEAD}budget: {{params: 3x, macs: 4G}}\n{TAIL}").spec
    assert [limit.figure for limit in spec.budget.limits] == ["macs"]


@pytest.mark.parametrize("written", ["=> 1M", "= 25M", "25B", "== 3K"])
def test_a_fix_is_a_limit(written: str) -> None:
    text = f"{HEAD}budget: {{params: {written}}}\n{TAIL}"
    (item,) = cnncalc.load(text).diagnostics
    (fix,) = item.fixes
    assert cnncalc.load(edited(text, fix)).diagnostics == ()


class TestOfAConfiguration:
    def test_is_read_as_a_spec_is(self) -> None:
        spec = {"params": "<= 25M", "receptive_field": 224, "memory": {"training": "8GiB", "batch": 32}}
        assert parse_budget(spec, "pyproject.toml") == Budget(
            (
                Limit("params", Bound("<=", 25 * 10**6), "<= 25M", origin="pyproject.toml"),
                Limit("receptive_field", Bound(">=", 224), ">= 224", origin="pyproject.toml"),
                Limit("training", Bound("<=", 8 << 30), "<= 8GiB", 32, origin="pyproject.toml"),
            )
        )

    @pytest.mark.parametrize(
        ("budget", "says"),
        [
            ({"params": "25B"}, "`25B` has an unknown unit, `B`; write `<= 25G`"),
            ({"depth": 3}, "a budget has no `depth`"),
            ({"memory": {"training": "8GiB"}}, "a memory budget needs `batch`: how many images its limit is for; "
             "write `batch: 32` in it"),
            ({3: 3}, "a budget has no `3`"),
        ],
    )  # fmt: skip
    def test_raises_with_one_sentence(self, budget: Any, says: str) -> None:
        with pytest.raises(ValueError, match=says[:9]) as raised:
            parse_budget(budget)
        assert str(raised.value) == says

    def test_is_overridden_by_the_spec(self) -> None:
        own = parse_budget({"params": ["<= 25M", ">= 3M"]})
        house = parse_budget({"params": 10, "macs": "4G"})
        assert own.over(house) == Budget((*own.limits, *house.of("macs")))


def test_a_spec_that_extends_has_a_budget_of_its_own(tmp_path: Any) -> None:
    (tmp_path / "base.yaml").write_text(f"{HEAD}budget: {{params: 1M, macs: 1G}}\n{TAIL}")
    (tmp_path / "wide.yaml").write_text("cnncalc: 1\nextends: base.yaml\nbudget: {params: 2M}\n")
    (tmp_path / "same.yaml").write_text("cnncalc: 1\nextends: base.yaml\n")
    assert [limit.text for limit in cnncalc.load(tmp_path / "wide.yaml").spec.budget.limits] == ["<= 2M"]
    assert [limit.text for limit in cnncalc.load(tmp_path / "same.yaml").spec.budget.limits] == [
        "<= 1M",
        "<= 1G",
    ]


def test_expanded_it_is_the_same() -> None:
    written = (
        "{params: [<= 25M, '>= 1'], receptive_field: 1, memory: {training: 8GiB, inference: < 1GB, batch: 4}}"
    )
    graph = cnncalc.load(f"{HEAD}budget: {written}\n{TAIL}")
    again = cnncalc.load("".join(expansion(graph)))
    assert [limit._replace(span=None) for limit in again.spec.budget.limits] == [
        limit._replace(span=None) for limit in graph.spec.budget.limits
    ]

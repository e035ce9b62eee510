"""`cnncalc window`: the course's formula along one axis, what a remainder loses, and what makes it exact."""

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.render.window import exact_values
from cnncalc.shape import Window
from tests.commands._program import run

# W, F, S, P of the course's table, and what comes out; None where it is rejected.
COURSE = [
    (7, 3, 1, 0, 5),
    (7, 3, 2, 0, 3),
    (5, 3, 1, 1, 5),
    (5, 3, 2, 1, 3),
    (10, 3, 2, 0, None),
    (227, 11, 4, 0, 55),
    (224, 11, 4, 0, None),
    (224, 2, 2, 0, 112),
    (55, 3, 2, 0, 27),
    (11, 5, 2, 0, 4),
]


def window(line: str) -> tuple[int, dict[str, Any]]:
    ended = run("window", *line.split(), "--format", "json")
    assert ended.err == ""
    result: dict[str, Any] = json.loads(ended.out)
    return ended.status, result


def page(line: str) -> list[str]:
    return [" ".join(text.split()) for text in run("window", *line.split(), COLUMNS="200").out.splitlines()]


@pytest.mark.parametrize(("size", "kernel", "stride", "padding", "output"), COURSE)
class TestCourse:
    def test_in_text(self, size: int, kernel: int, stride: int, padding: int, output: int | None) -> None:
        line = f"{size} --kernel {kernel} --stride {stride} --padding {padding}"
        ended = run("window", *line.split())
        assert ended.status == (output is None)
        assert ended.out.startswith(
            f"(W - F + 2P)/S + 1 = ({size} - {kernel} + {2 * padding})/{stride} + 1 = "
        )
        if output is None:
            assert "S001 stride-drops-input: floor gives" in " ".join(page(line))
        else:
            assert f"output {output}" in page(line)

    def test_in_json(self, size: int, kernel: int, stride: int, padding: int, output: int | None) -> None:
        status, result = window(f"{size} -k {kernel} -s {stride} -p {padding}")
        assert status == (output is None)
        assert [item["code"] for item in result["diagnostics"]] == ["S001"] * (output is None)
        if output is not None:
            assert (result["output"], result["value"], result["remainder"], result["unread"]) == (
                output,
                str(output),
                0,
                0,
            )


class TestStrict:
    @pytest.mark.parametrize(
        ("line", "status"),
        [("5 -k3 -s3 -p1", 0), ("56 -k1 -s2", 0), ("112 -k3 -s2 --rounding ceil", 0), ("10 -k3 -s2", 1)],
    )
    def test_rejects_every_remainder(self, line: str, status: int) -> None:
        assert run("window", *line.split()).status == status
        ended = run("window", *line.split(), "--strict")
        assert ended.status == 1
        assert "strict rejected: the remainder is not 0" in page(f"{line} --strict")

    def test_accepts_windows_without_a_remainder(self) -> None:
        assert run("window", "7", "-k3", "-s2", "--strict").status == 0

    def test_says_nothing_of_a_remainder_where_none_is(self) -> None:
        assert "strict" not in run("window", "5", "-k9", "--strict").out


class TestPadding:
    @pytest.mark.parametrize(
        ("padding", "output"), [("0", 8), ("1", 10), ("valid", 8), ("half", 10), ("same", 10), ("causal", 10)]
    )
    def test_in_words_and_numbers(self, padding: str, output: int) -> None:
        assert window(f"10 -k 3 -p {padding}")[1]["output"] == output

    def test_that_is_uneven_is_reported(self) -> None:
        assert "padding 8 before, 0 after" in page("40 -k 3 -d 4 -p causal")
        assert "padding 0 before, 1 after" in page("10 -k 3 -s 2 -p same")

    def test_half_of_an_even_kernel_is_not_a_window(self) -> None:
        status, output = window("5 -k 4 -p half")
        assert status == 1
        assert [output[name] for name in ("formula", "value", "output", "remainder", "unread")] == [None] * 5
        assert page("5 -k 4 -p half") == [
            "S011 half-of-even-kernel: `half` is 1*(4 - 1)/2 = 1.5 for kernel 4",
            "",
            "help use `same`, or an odd kernel: 3 or 5",
        ]

    @pytest.mark.parametrize("padding", ["-1", "1.5", "full", "", "1,1", "9999999999", "²"])
    def test_of_another_kind_is_a_usage_error(self, padding: str) -> None:
        ended = run("window", "10", "-k", "3", "-p", padding)
        assert (ended.status, ended.out) == (2, "")
        assert "is not a whole number of 0 or more, half, same, valid or causal" in ended.err


class TestDilation:
    def test_spreads_the_kernel(self) -> None:
        assert "extent F = 2*(3 - 1) + 1 = 5, dilated" in page("7 -k 3 -d 2")
        assert window("7 -k 3 -d 2")[1]["output"] == 3

    def test_that_is_dense_is_not_mentioned(self) -> None:
        assert "dilated" not in run("window", "7", "-k", "3").out


class TestRounding:
    def test_up_as_pytorch_does(self) -> None:
        assert "output 56 (rounded up)" in page("112 -k 3 -s 2 --rounding ceil")

    def test_up_starts_no_window_in_the_padding(self) -> None:
        assert window("4 -k 2 -s 3 -p 1 --rounding ceil")[1]["output"] == 2

    def test_one_that_is_larger_than_the_input(self) -> None:
        status, output = window("2 -k 3 -s 2 --rounding ceil")
        assert (status, output["output"], output["value"], output["remainder"]) == (0, 1, "0.5", 1)
        lines = page("2 -k 3 -s 2 --rounding ceil")
        assert "output 1 (rounded up)" in lines
        assert "exact with input 3, kernel 2" in lines
        status, output = window("2 -k 3 -s 1 --rounding ceil")
        assert (status, output["output"], output["remainder"]) == (1, 0, None)
        assert [entry["code"] for entry in output["diagnostics"]] == ["S005"]


class TestTooLarge:
    def test_is_reported_with_what_fits(self) -> None:
        assert page("5 -k 3 -d 4")[2:] == [
            "output 0",
            "extent F = 4*(3 - 1) + 1 = 9, dilated",
            "remainder none: the window does not fit (9 > 5)",
            "S005 window-too-large: a window of 9 does not fit an input of 5",
            "help it fits with padding 2, or kernel 2, or input 9",
        ]

    def test_in_json(self) -> None:
        status, output = window("5 -k 9")
        assert status == 1
        assert (output["output"], output["remainder"], output["exact"]) == (0, None, {})


class TestWaysOut:
    def test_of_the_courses_example(self) -> None:
        assert page("10 -k 3 -s 2")[5:] == [
            "exact with input 9 or 11, kernel 2 or 4, stride 1 or 7",
            "no symmetric padding works: 7 + 2P is odd",
            "one-sided padding works: 0 before and 1 after gives 5",
        ]

    def test_one_sided_padding_is_said_where_no_symmetric_one_is_exact(self) -> None:
        assert "one-sided padding works" not in " ".join(page("5 -k 3 -s 3"))
        assert window("5 -k 3 -s 3")[1]["one_sided_padding"] == {"before": 0, "after": 1, "output": 2}

    @given(st.integers(1, 300), st.integers(1, 20), st.integers(1, 12), st.integers(0, 10), st.integers(1, 4))
    def test_each_is_exact_and_none_is_nearer(
        self, size: int, kernel: int, stride: int, padding: int, dilation: int
    ) -> None:
        now = {"input": size, "kernel": kernel, "stride": stride, "padding": padding}

        def window(of: dict[str, int]) -> Window:
            return Window(of["input"], of["kernel"], of["stride"], of["padding"], of["padding"], dilation)

        def whole(name: str, value: int) -> bool:
            current = window({**now, name: value})
            return current.span >= 0 and current.remainder == 0

        assume(window(now).span >= 0 and window(now).remainder)
        exact = exact_values(window(now))
        assert exact
        for name, values in exact.items():
            for value in values:
                assert whole(name, value)
                between = range(min(value, now[name]) + 1, max(value, now[name]))
                assert not any(whole(name, other) for other in between)


@pytest.mark.parametrize(
    "line",
    [
        "0 -k 3",
        "-5 -k 3",
        "x -k 3",
        "10 -k 0",
        "10 -k 3 -s 0",
        "10 -k 3 -d 0",
        "10",
        "10 -k 3 --rounding up",
        "1000000000000000000 -k 3",
    ],
)
def test_numbers_that_make_no_window_are_usage_errors(line: str) -> None:
    ended = run("window", *line.split())
    assert (ended.status, ended.out) == (2, "")


def test_large_numbers_are_computed() -> None:
    ended = run("window", str(10**18 - 1), "-k", str(10**9), "-s", str(10**9 - 1))
    assert "= 1000000000.999" in ended.out


def test_json_has_its_keys() -> None:
    output = window("10 -k 3 -s 2")[1]
    assert list(output) == [
        "version",
        "formula",
        "value",
        "output",
        "remainder",
        "unread",
        "exact",
        "one_sided_padding",
        "diagnostics",
    ]
    assert output["version"] == 1
    assert output["formula"] == "(10 - 3 + 0)/2 + 1"
    assert output["exact"] == {"input": [9, 11], "kernel": [2, 4], "stride": [1, 7]}
    (item,) = output["diagnostics"]
    assert list(item) == ["code", "name", "severity", "message", "notes", "help"]

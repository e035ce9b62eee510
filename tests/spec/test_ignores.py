"""Ignore comments: how they are read, and what they accept."""

import pytest

import cnncalc
from cnncalc.spec import Ignore, Spec, read_spec
from cnncalc.text import from_text

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
LOSES = "layers:\n  - conv: {filters: 8, kernel: 4, stride: 3}"


def read(text: str) -> Spec:
    return read_spec(*from_text(text))


def summary(ignore: Ignore) -> tuple[list[str], bool, bool]:
    return [word.text for word in ignore.codes], ignore.whole_file, ignore.misplaced


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# cnncalc: ignore[S001]", ["S001"]),
        ("# cnncalc: ignore[S001, D002] as published", ["S001", "D002"]),
        ("#cnncalc:ignore[S001 D002,G001]", ["S001", "D002", "G001"]),
        ("# 3x3  # cnncalc: ignore [S001]", ["S001"]),
        ("# cnncalc: ignore[]", []),
        ("# cnncalc: ignore, please", []),
        ("# cnncalc: ignore[S001", []),
    ],
)
def test_are_read(comment: str, codes: list[str]) -> None:
    (ignore,) = read(f"{HEAD}{LOSES}  {comment}\n").ignores
    assert summary(ignore) == (codes, False, False)
    assert ignore.span.line == 4


@pytest.mark.parametrize(
    "comment", ["# cnncalc: ignored[S001]", "# ignore[S001]", "# cnncalc: 1, ignore this"]
)
def test_other_comments_are_none(comment: str) -> None:
    assert read(f"{HEAD}{LOSES}  {comment}\n").ignores == ()


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# cnncalc: ignore[S001] why  # noqa", "# cnncalc: ignore[S001] why"),
        ("# cnncalc: ignore[S001] see #12  ", "# cnncalc: ignore[S001] see #12"),
        ("# 3x3  # cnncalc: ignore[S001]", "# cnncalc: ignore[S001]"),
    ],
)
def test_end_where_another_comment_begins(comment: str, said: str) -> None:
    text = f"{HEAD}{LOSES}  {comment}\n"
    (ignore,) = read(text).ignores
    assert text.splitlines()[3][ignore.span.column - 1 : ignore.span.end_column - 1] == said


def test_of_the_file_stand_above_the_spec() -> None:
    comment = "# cnncalc: ignore-file[S001] old\n"
    assert [summary(ignore) for ignore in read(f"# a net\n{comment}{HEAD}{LOSES}\n").ignores] == [
        (["S001"], True, False)
    ]
    for text in (f"{HEAD}{comment}{LOSES}\n", f"{HEAD}{LOSES}\n{comment}", f"{HEAD}{LOSES}  {comment}"):
        (ignore,) = read(text).ignores
        assert summary(ignore) == (["S001"], True, True)


class TestAccepting:
    """What a comment accepts is accepted as by `allow:`, wherever a spec is read."""

    def test_a_remainder_is_floored(self) -> None:
        graph = cnncalc.load(f"{HEAD}{LOSES}  # cnncalc: ignore[S001]\n  - relu\n")
        assert graph.ok
        assert str(graph.nodes[-1].shape) == "10x10x8"
        assert [span.column for span in graph.accepted] == [65]

    def test_for_the_whole_file(self) -> None:
        assert cnncalc.load(f"# cnncalc: ignore-file[S001]\n{HEAD}{LOSES}\n").ok

    @pytest.mark.parametrize("comment", ["ignore[S002]", "ignore", "ignore-file[S001]"])
    def test_accept_nothing_else(self, comment: str) -> None:
        assert not cnncalc.load(f"{HEAD}{LOSES}  # cnncalc: {comment}\n").ok

    def test_of_a_layer_on_several_lines_it_is_the_line_of_the_finding(self) -> None:
        text = "layers:\n  - conv:\n      filters: 8\n      kernel: 4\n      stride: 3  # cnncalc: ignore[S001]\n"
        assert cnncalc.load(HEAD + text).ok
        assert not cnncalc.load(HEAD + text.replace("  # cnncalc: ignore[S001]", "").replace(
            "conv:", "conv:  # cnncalc: ignore[S001]")).ok  # fmt: skip

    def test_warnings_of_the_language_and_of_rules(self) -> None:
        text = f"{HEAD}params: {{unused: 1}}  # cnncalc: ignore[L016]\n{LOSES.replace('3}', '4}')}\n"
        assert cnncalc.findings(cnncalc.analyse(cnncalc.load(text))) == ()
        dead = (
            f"{HEAD}layers:\n  - conv: 3\n    name: a\n  - tanh  # cnncalc: ignore[G001] later\n"
            "  - relu:\n    from: a\n"
        )
        assert cnncalc.findings(cnncalc.analyse(cnncalc.load(dead))) == ()

    @pytest.mark.parametrize(
        "line", ["  - conv: {filters: 8, kernal: 3}", "  - nothing", "  - conv: {filters: 8, kernel: 50}"]
    )
    def test_never_what_leaves_the_network_open(self, line: str) -> None:
        graph = cnncalc.load(f"{HEAD}layers:\n{line}  # cnncalc: ignore[L001, L002, S005]\n")
        assert not graph.ok

    def test_on_the_last_line_of_a_text_of_several(self) -> None:
        text = f'{HEAD}params:\n  unused: "a\n    b"  # cnncalc: ignore[L016]\nlayers: [relu]\n'
        assert len(cnncalc.load(text).diagnostics) == 1

"""Ignore comments for all that is found."""

import pytest

from cnncalc.lint.adopting import adopted
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.settings import Settings
from cnncalc.lint.written import WrittenText
from cnncalc.rules import Choice, Selection
from cnncalc.spec import read_spec
from cnncalc.text import from_bytes

NAME = "net.yaml"
HEAD = "cnncalc: 1\ninput: 32x32x3\n"
LOSES = "  - conv: {filters: 8, kernel: 4, stride: 3, act: relu}"
SOME = Settings(Selection((Choice(("S", "L", "Y")),)))


def look(written: WrittenText) -> CheckedSpec:
    return check(read_spec(*from_bytes(written.encoded(), NAME)), SOME)


def adopt(text: str, reason: str = "") -> tuple[str, int, list[str]]:
    source, _ = from_bytes(text.encode(), NAME)
    assert source is not None
    after, count, left = adopted(WrittenText(text), source, look, reason)
    return after.text, count, [item.code for item in left.found]


def test_what_appears_afterwards_is_accepted_too() -> None:
    text = f"{HEAD}layers:\n{LOSES}\n{LOSES.replace('kernel: 4', 'kernel: 5')}\n"
    after, count, left = adopt(text, "old")
    assert after.count("  # cnncalc: ignore[S001] old\n") == 2
    assert (count, left) == (2, [])


def test_a_comment_that_is_there_is_added_to() -> None:
    text = f"{HEAD}params: {{unused: 1}}  # a  # cnncalc: ignore[S002] why\nlayers:\n{LOSES}  # first\n"
    after, count, left = adopt(text)
    assert after == text.replace("[S002]", "[S002, L016]").replace("first", "first  # cnncalc: ignore[S001]")
    assert (count, left) == (2, ["L101"])


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}layers:\n  - nothing\n",
        f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 40}}\n",
        f"{HEAD}layers: [\n",
        "",
    ],
)
def test_what_no_comment_can_accept_is_left(text: str) -> None:
    after, count, left = adopt(text)
    assert (after, count) == (text, 0)
    assert left


def test_within_a_text_of_several_lines_there_is_no_room() -> None:
    text = f'{HEAD}params: {{unused: "a\n    b"}}\nlayers:\n{LOSES}\n'
    after, count, left = adopt(text)
    assert (count, left) == (1, ["L016"])
    assert after == text.replace("relu}", "relu}  # cnncalc: ignore[S001]")


def test_line_ends_stay() -> None:
    after, _, _ = adopt(f"{HEAD}layers:\n{LOSES}\n".replace("\n", "\r\n"))
    assert after.endswith("relu}  # cnncalc: ignore[S001]\r\n")
    assert "# cnncalc: ignore[Y018]\r\n" in after
